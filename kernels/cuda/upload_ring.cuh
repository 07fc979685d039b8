#pragma once

#include "kernels/cuda/check.cuh"
#include "kernels/cuda/cuda_buffer.cuh"
#include "kernels/cuda/pinned_memory.cuh"

#include <array>
#include <memory>
#include <span>

namespace inglenook::cuda {

/// The way of weights to the device, in pieces: the processor copies one into pinned memory, which
/// the bus reads at its full speed, while the piece before crosses the bus, in a stream of its own,
/// and the one before that is repacked.
class UploadRing {
public:
    /// Pieces of up to so many bytes, used by work in `stream`, which outlives this.
    UploadRing(size_t pieceBytes, int device, cudaStream_t stream);
    ~UploadRing();
    UploadRing(const UploadRing&) = delete;
    UploadRing& operator=(const UploadRing&) = delete;

    [[nodiscard]] size_t pieceBytes() const { return m_pieceBytes; }
    /// Sends a piece, whose bytes may go when this returns, and lets the stream wait for it. The
    /// returned memory of the device is the caller's until the second next call of it.
    [[nodiscard]] std::byte* send(std::span<const std::byte> piece);
    /// The same, to memory that is to keep it.
    void sendTo(std::byte* to, std::span<const std::byte> piece);

private:
    static constexpr size_t kSlots = 3;
    struct Slot {
        ~Slot();
        std::unique_ptr<PinnedMemory> pinned;
        std::unique_ptr<CudaBuffer> device;
        cudaEvent_t arrived = nullptr;
        cudaEvent_t used = nullptr; // by what stood in the stream when the next piece was sent
    };
    struct Bus {
        ~Bus();
        cudaStream_t stream = nullptr;
    };

    [[nodiscard]] Slot& next(std::span<const std::byte> piece);
    void cross(Slot& slot, std::byte* to, size_t bytes);

    size_t m_pieceBytes;
    cudaStream_t m_stream;
    Bus m_bus;
    std::array<Slot, kSlots> m_slots;
    size_t m_sent = 0; // pieces
};

} // namespace inglenook::cuda
