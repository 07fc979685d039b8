#pragma once

#include "kernels/cuda/check.cuh"

#include <cstddef>
#include <cuda_runtime.h>

namespace inglenook::cuda {

/// Memory of the host that devices read and write too.
class PinnedMemory {
public:
    /// Throws std::runtime_error with a sentence if there is none.
    explicit PinnedMemory(size_t bytes)
    {
        void* memory = nullptr;
        check(cudaMallocHost(&memory, bytes), "reserving memory of the computer");
        m_data = static_cast<std::byte*>(memory);
    }
    ~PinnedMemory() { cudaFreeHost(m_data); }
    PinnedMemory(const PinnedMemory&) = delete;
    PinnedMemory& operator=(const PinnedMemory&) = delete;

    [[nodiscard]] std::byte* data() const { return m_data; }

private:
    std::byte* m_data = nullptr;
};

} // namespace inglenook::cuda
