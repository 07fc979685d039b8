#include "kernels/cuda/staging.cuh"

#include <cassert>

namespace inglenook::cuda {

Staging::Staging(cudaStream_t stream)
    : m_stream(stream)
{
    for (cudaEvent_t& event : m_copied)
        check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "opening the device");
}

Staging::~Staging()
{
    for (cudaEvent_t event : m_copied)
        cudaEventDestroy(event);
}

std::byte* Staging::reserve(size_t bytes)
{
    assert(bytes <= kHalfBytes);
    if (m_used + bytes > kHalfBytes) {
        check(cudaEventRecord(m_copied[m_half], m_stream), "copying to the device");
        m_half = 1 - m_half;
        m_used = 0;
        // An event that was never recorded counts as reached
        check(cudaEventSynchronize(m_copied[m_half]), "copying to the device");
    }
    std::byte* room = m_memory.data() + m_half * kHalfBytes + m_used;
    m_used += bytes;
    return room;
}

} // namespace inglenook::cuda
