// The values pass through pinned host memory. In a recorded step the meeting is a host node of the
// graph, between the two copies; an error there waits for the next read().

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"

#include <utility>

namespace inglenook {

void CudaBackend::allReduce(Tensor x, GroupMember& self)
{
    checkAllReduce(x);
    if (x.rows == 0)
        return;
    activateDevice();
    auto meeting = std::make_unique<CudaMeeting>(
        self, static_cast<size_t>(x.rows) * static_cast<size_t>(x.cols), m_meetingError);
    const size_t bytes = meeting->count * sizeof(float);
    check(cudaMemcpyAsync(meeting->values, pointer<float>(x), bytes, cudaMemcpyDeviceToHost,
                          m_stream),
          "reading what a group adds up");
    check(cudaLaunchHostFunc(m_stream, &CudaMeeting::meet, meeting.get()), "meeting a group");
    check(cudaMemcpyAsync(pointer<float>(x), meeting->values, bytes, cudaMemcpyHostToDevice,
                          m_stream),
          "writing what a group added up");

    cudaStreamCaptureStatus capturing = cudaStreamCaptureStatusNone;
    check(cudaStreamIsCapturing(m_stream, &capturing), "meeting a group");
    if (capturing != cudaStreamCaptureStatusNone) {
        m_meetings.push_back(std::move(meeting)); // the recording takes it over
        return;
    }
    check(cudaStreamSynchronize(m_stream), "meeting a group");
    throwMeetingError();
}

CudaMeeting::CudaMeeting(GroupMember& theSelf, size_t theCount,
                         std::shared_ptr<MeetingError> theError)
    : self(theSelf)
    , count(theCount)
    , error(std::move(theError))
{
    check(cudaMallocHost(&values, count * sizeof(float)), "taking host memory");
}

CudaMeeting::~CudaMeeting()
{
    cudaFreeHost(values);
}

void CudaMeeting::meet(void* meeting)
{
    auto& here = *static_cast<CudaMeeting*>(meeting);
    try {
        here.self.allReduce({here.values, here.count});
    } catch (...) {
        const std::scoped_lock lock(here.error->mutex);
        here.error->failure = std::current_exception();
    }
}

void CudaBackend::throwMeetingError()
{
    const std::scoped_lock lock(m_meetingError->mutex);
    if (m_meetingError->failure)
        std::rethrow_exception(std::exchange(m_meetingError->failure, nullptr));
}

} // namespace inglenook
