#pragma once

#include "kernels/cuda/pinned_memory.cuh"

#include <array>
#include <cstddef>

namespace inglenook::cuda {

/// Pinned memory for what goes to the device: a copy from it needs no waiting. Two halves take
/// turns; one is used again when the copies from it are done, which by then they mostly are.
class Staging {
public:
    static constexpr size_t kHalfBytes = size_t{512} << 10;

    /// The stream outlives the staging.
    explicit Staging(cudaStream_t stream);
    ~Staging();
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;

    /// Room for a copy put into the stream before the next call. `bytes` <= kHalfBytes.
    [[nodiscard]] std::byte* reserve(size_t bytes);

private:
    cudaStream_t m_stream;
    PinnedMemory m_memory{2 * kHalfBytes};
    std::array<cudaEvent_t, 2> m_copied{}; // when the half was left
    size_t m_half = 0;
    size_t m_used = 0; // bytes of it
};

} // namespace inglenook::cuda
