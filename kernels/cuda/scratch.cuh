#pragma once

#include "kernels/cuda/cuda_buffer.cuh"

#include <memory>
#include <vector>

namespace inglenook::cuda {

/// Device memory that operators use for themselves. It grows with the largest need and never moves
/// under a recording: outgrown pieces stay, since recorded steps have their addresses.
class Scratch {
public:
    explicit Scratch(int device)
        : m_device(device)
    {
    }

    /// At least `bytes`, undefined. Allocates when it was never so large, which the first run of a
    /// step does, not its recording.
    [[nodiscard]] std::byte* atLeast(size_t bytes)
    {
        if (m_pieces.empty() || m_pieces.back()->bytes() < bytes) {
            const size_t before = m_pieces.empty() ? 0 : m_pieces.back()->bytes();
            m_pieces.push_back(
                std::make_unique<CudaBuffer>(bytes > 2 * before ? bytes : 2 * before, m_device));
        }
        return m_pieces.back()->data;
    }

private:
    int m_device;
    std::vector<std::unique_ptr<CudaBuffer>> m_pieces;
};

} // namespace inglenook::cuda
