// Among CUDA devices one kernel does it (exchange.cuh). With others the values pass through pinned
// host memory: a kernel puts them there, a single thread rings and waits for the host's answer
// (launch.cuh), a kernel takes the sums. Both are part of a recorded step; an error of the group
// waits for the next read().

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
    const size_t count = static_cast<size_t>(x.rows) * static_cast<size_t>(x.cols);
    if (const auto* direct = dynamic_cast<const DirectMember*>(&self))
        meetDirectly(pointer<float>(x), count, *direct);
    else
        meetOnHost(pointer<float>(x), count, self);
}

void CudaBackend::meetDirectly(float* values, size_t count, const DirectMember& self)
{
    m_abandoned = self.abandoned;
    for (size_t first = 0; first < count; first += kExchangeValues) {
        const size_t here = std::min(kExchangeValues, count - first);
        launchExchange({kExchangeBlocks, kExchangeThreads}, m_stream,
                       PutValues{self.place, values + first, here, self.listens},
                       TakeSums{self.place, values + first, here, self.listens});
    }
    checkLaunch("meeting a group");
}

void CudaBackend::meetOnHost(float* values, size_t count, GroupMember& self)
{
    cudaStreamCaptureStatus capturing = cudaStreamCaptureStatusNone;
    check(cudaStreamIsCapturing(m_stream, &capturing), "meeting a group");
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
    launch(passKernel, {blocks, kThreads}, m_stream, place.values(), values, count);
    launchMeeting(place.bell(), m_stream);
    launch(passKernel, {blocks, kThreads}, m_stream, values, place.values(), count);
    checkLaunch("meeting a group");
    if (recorded)
        return;
    check(cudaStreamSynchronize(m_stream), "meeting a group");
    m_meetings->throwFailure();
}

std::unique_ptr<Collective> CudaBackend::collectiveOf(std::span<Backend* const> group)
{
    std::vector<DirectCollective::Device> devices;
    for (Backend* backend : group) {
        const auto* own = dynamic_cast<const CudaBackend*>(backend);
        if (!own || devices.size() == kMostRanks)
            return nullptr;
        devices.push_back({own->m_device, own->m_stream});
    }
    return std::make_unique<DirectCollective>(devices);
}

} // namespace inglenook::cuda
