// The values pass through pinned host memory. In a recorded step the meeting is a host node of the
// graph, between the two copies; an error there waits for the next read().

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"

#include <utility>

namespace inglenook::cuda {

Meeting::Meeting(GroupMember& self, size_t count, std::shared_ptr<MeetingError> error)
    : m_self(self)
    , m_count(count)
    , m_error(std::move(error))
{
    check(cudaMallocHost(&m_values, bytes()), "taking host memory");
}

Meeting::~Meeting()
{
    cudaFreeHost(m_values);
}

void Meeting::meet(void* meeting)
{
    auto& here = *static_cast<Meeting*>(meeting);
    try {
        here.m_self.allReduce({here.values(), here.m_count});
    } catch (...) {
        const std::scoped_lock lock(here.m_error->mutex);
        here.m_error->failure = std::current_exception();
    }
}

void CudaBackend::allReduce(Tensor x, GroupMember& self)
{
    checkAllReduce(x);
    if (x.rows == 0)
        return;
    begin(x);
    cudaStreamCaptureStatus capturing = cudaStreamCaptureStatusNone;
    check(cudaStreamIsCapturing(m_stream, &capturing), "meeting a group");
    const bool recorded = capturing != cudaStreamCaptureStatusNone;
    const size_t count = static_cast<size_t>(x.rows) * static_cast<size_t>(x.cols);
    if (recorded && m_nextMeeting == m_meetings.size())
        throw std::logic_error("A step met more often when it was recorded.");
    // A capture takes no memory: the run before it has made these.
    if (!recorded)
        m_meetings.push_back(std::make_unique<Meeting>(self, count, m_meetingError));
    Meeting& meeting = *m_meetings[recorded ? m_nextMeeting++ : m_meetings.size() - 1];
    check(cudaMemcpyAsync(meeting.values(), pointer<float>(x), meeting.bytes(),
                          cudaMemcpyDeviceToHost, m_stream),
          "reading what a group adds up");
    check(cudaLaunchHostFunc(m_stream, &Meeting::meet, &meeting), "meeting a group");
    check(cudaMemcpyAsync(pointer<float>(x), meeting.values(), meeting.bytes(),
                          cudaMemcpyHostToDevice, m_stream),
          "writing what a group added up");
    if (recorded)
        return;
    check(cudaStreamSynchronize(m_stream), "meeting a group");
    throwMeetingError();
    if (!m_keepMeetings)
        m_meetings.clear();
}

void CudaBackend::throwMeetingError()
{
    const std::scoped_lock lock(m_meetingError->mutex);
    if (m_meetingError->failure)
        std::rethrow_exception(std::exchange(m_meetingError->failure, nullptr));
}

} // namespace inglenook::cuda
