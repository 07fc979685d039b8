// Device memory: plain allocations, copies in stream order; only read() waits.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"

#include <algorithm>
#include <stdexcept>

namespace inglenook::cuda {

CudaBuffer::CudaBuffer(size_t bytes, int device)
    : Buffer(bytes)
    , m_device(device)
{
    const cudaError_t result = cudaMalloc(reinterpret_cast<void**>(&data), bytes > 0 ? bytes : 1);
    if (result == cudaErrorMemoryAllocation) {
        cudaGetLastError();
        size_t free = 0;
        size_t total = 0;
        cudaMemGetInfo(&free, &total);
        throw std::runtime_error("The GPU has no room for " + std::to_string(bytes >> 20) +
                                 " MB more; " + std::to_string(free >> 20) +
                                 " MB are free. Close other programs or choose a smaller context.");
    }
    check(result, "allocating memory");
}

CudaBuffer::~CudaBuffer()
{
    cudaSetDevice(m_device);
    cudaFree(data); // waits for the work that may still read it
}

std::shared_ptr<Buffer> CudaBackend::allocate(size_t bytes)
{
    activateDevice();
    m_rounded.forget(); // the new buffer may have the address of one that is gone
    m_uploads.reset(); // the weights are there: what follows may need its memory
    auto buffer = std::make_shared<CudaBuffer>(bytes, m_device);
    check(cudaMemsetAsync(buffer->data, 0, bytes, m_stream), "clearing memory");
    return buffer;
}

void CudaBackend::write(const Tensor& to, std::span<const std::byte> from)
{
    checkCopy(to, from.size());
    begin(to);
    const size_t row = static_cast<size_t>(to.cols) * 4;
    const std::byte* source = from.data();
    if (from.size() <= Staging::kHalfBytes) { // more is waited for: no step writes so much
        std::byte* pinned = m_staging->reserve(from.size());
        std::ranges::copy(from, pinned);
        source = pinned;
    }
    check(cudaMemcpy2DAsync(pointer<std::byte>(to), static_cast<size_t>(to.stride) * 4, source, row,
                            row, static_cast<size_t>(to.rows), cudaMemcpyHostToDevice, m_stream),
          "writing to the device");
}

void CudaBackend::read(std::span<std::byte> to, const Tensor& from)
{
    checkCopy(from, to.size());
    activateDevice();
    const size_t row = static_cast<size_t>(from.cols) * 4;
    // Pinned memory takes logits at the speed of the bus
    std::byte* pinned = to.size() <= Staging::kHalfBytes ? m_staging->reserve(to.size()) : nullptr;
    check(cudaMemcpy2DAsync(pinned ? pinned : to.data(), row, pointer<std::byte>(from),
                            static_cast<size_t>(from.stride) * 4, row,
                            static_cast<size_t>(from.rows), cudaMemcpyDeviceToHost, m_stream),
          "reading from the device");
    check(cudaStreamSynchronize(m_stream), "waiting for the device");
    m_meetings->throwFailure();
    if (const auto abandoned = m_abandoned.lock())
        abandoned->throwIfRaised();
    if (pinned)
        std::ranges::copy(std::span(pinned, to.size()), to.begin());
}

} // namespace inglenook::cuda
