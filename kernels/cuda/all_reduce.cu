// The values pass through pinned host memory: a kernel puts them there, a single thread rings and
// waits for the host's answer (launch.cuh), a kernel takes the sums. All three are part of a
// recorded step; an error of the group waits for the next read().

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/instructions.cuh"

#include <algorithm>

namespace inglenook::cuda {
namespace {

constexpr unsigned kThreads = 256;

/// Between the device's memory and the host's, whose bytes no cache may have kept. Many bytes are
/// under way at once, which is what a bus wants; 32 blocks leave the rest of the device to others.
__global__ void passKernel(float* to, const float* from, size_t count)
{
    waitForEarlierKernels();
    for (size_t i = static_cast<size_t>(blockIdx.x) * kThreads + threadIdx.x; i < count;
         i += static_cast<size_t>(gridDim.x) * kThreads)
        to[i] = loadUncached(from + i);
}

} // namespace

void CudaBackend::allReduce(Tensor x, GroupMember& self)
{
    checkAllReduce(x);
    if (x.rows == 0)
        return;
    begin(x);
    cudaStreamCaptureStatus capturing = cudaStreamCaptureStatusNone;
    check(cudaStreamIsCapturing(m_stream, &capturing), "meeting a group");
    const size_t count = static_cast<size_t>(x.rows) * static_cast<size_t>(x.cols);
    // A capture takes no memory: the run before it has made the place
    MeetingPlace& place = m_meetings->atLeast(count * sizeof(float));
    const Meeting meeting{.place = &place, .self = &self, .count = count};
    const bool recorded = capturing != cudaStreamCaptureStatusNone;
    if (recorded)
        m_recordedMeetings.push_back(meeting);
    else
        m_meetings->expect(meeting); // before the stream asks, which never waits in vain

    constexpr size_t kMostBlocks = 32;
    const auto blocks =
        static_cast<unsigned>(std::min(kMostBlocks, (count + kThreads - 1) / kThreads));
    auto* values = pointer<float>(x);
    launch(passKernel, {blocks, kThreads}, m_stream, place.values(), values, count);
    launchMeeting(place.bell(), m_stream);
    launch(passKernel, {blocks, kThreads}, m_stream, values, place.values(), count);
    checkLaunch("meeting a group");
    if (recorded)
        return;
    check(cudaStreamSynchronize(m_stream), "meeting a group");
    m_meetings->throwFailure();
}

} // namespace inglenook::cuda
