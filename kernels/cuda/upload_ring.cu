#include "kernels/cuda/upload_ring.cuh"

#include <algorithm>
#include <cassert>

namespace inglenook::cuda {

namespace {

constexpr const char* kDoing = "loading a weight";

} // namespace

UploadRing::UploadRing(size_t pieceBytes, int device, cudaStream_t stream)
    : m_pieceBytes(pieceBytes)
    , m_stream(stream)
{
    check(cudaStreamCreateWithFlags(&m_bus.stream, cudaStreamNonBlocking), kDoing);
    for (Slot& slot : m_slots) {
        slot.pinned = std::make_unique<PinnedMemory>(pieceBytes);
        slot.device = std::make_unique<CudaBuffer>(pieceBytes, device);
        check(cudaEventCreateWithFlags(&slot.arrived, cudaEventDisableTiming), kDoing);
        check(cudaEventCreateWithFlags(&slot.used, cudaEventDisableTiming), kDoing);
    }
}

UploadRing::~UploadRing()
{
    cudaStreamSynchronize(m_bus.stream);
    cudaStreamSynchronize(m_stream);
}

UploadRing::Slot::~Slot()
{
    if (arrived)
        cudaEventDestroy(arrived);
    if (used)
        cudaEventDestroy(used);
}

UploadRing::Bus::~Bus()
{
    if (stream)
        cudaStreamDestroy(stream);
}

/// The slot that was left longest ago, with the piece in its pinned half.
UploadRing::Slot& UploadRing::next(std::span<const std::byte> piece)
{
    assert(piece.size() <= m_pieceBytes);
    if (m_sent > 0) // whatever uses the piece before stands in the stream by now
        check(cudaEventRecord(m_slots[(m_sent - 1) % kSlots].used, m_stream), kDoing);
    Slot& slot = m_slots[m_sent++ % kSlots];
    // Events that were never recorded count as reached
    check(cudaEventSynchronize(slot.used), kDoing);
    std::ranges::copy(piece, slot.pinned->data());
    return slot;
}

void UploadRing::cross(Slot& slot, std::byte* to, size_t bytes)
{
    check(cudaMemcpyAsync(to, slot.pinned->data(), bytes, cudaMemcpyHostToDevice, m_bus.stream),
          kDoing);
    check(cudaEventRecord(slot.arrived, m_bus.stream), kDoing);
    check(cudaStreamWaitEvent(m_stream, slot.arrived, 0), kDoing);
}

std::byte* UploadRing::send(std::span<const std::byte> piece)
{
    Slot& slot = next(piece);
    cross(slot, slot.device->data, piece.size());
    return slot.device->data;
}

void UploadRing::sendTo(std::byte* to, std::span<const std::byte> piece)
{
    cross(next(piece), to, piece.size());
}

} // namespace inglenook::cuda
