// Device memory: plain allocations, copies in stream order; only read() waits.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"

#include <stdexcept>

namespace inglenook {

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
    auto buffer = std::make_shared<CudaBuffer>(bytes, m_device);
    check(cudaMemsetAsync(buffer->data, 0, bytes, m_stream), "clearing memory");
    return buffer;
}

Weight CudaBackend::load(std::span<const WeightPart> parts, int in)
{
    checkLoad(parts, in);
    activateDevice();
    auto data = std::make_shared<CudaWeight>();
    Weight weight{.data = data, .out = 0, .in = in, .bytes = 0};
    for (const WeightPart& part : parts) {
        auto memory = std::make_shared<CudaBuffer>(part.rows.size(), m_device);
        check(cudaMemcpyAsync(memory->data, part.rows.data(), part.rows.size(),
                              cudaMemcpyHostToDevice, m_stream),
              "loading a weight");
        data->parts.push_back({memory, part.type, weight.out, part.out, rowBytes(part.type, in)});
        weight.out += part.out;
        weight.bytes += part.rows.size();
    }
    check(cudaStreamSynchronize(m_stream), "loading a weight"); // the caller's bytes may go
    return weight;
}

void CudaBackend::write(const Tensor& to, std::span<const std::byte> from)
{
    checkCopy(to, from.size());
    activateDevice();
    const size_t row = static_cast<size_t>(to.cols) * 4;
    check(cudaMemcpy2DAsync(pointer<std::byte>(to), static_cast<size_t>(to.stride) * 4, from.data(),
                            row, row, static_cast<size_t>(to.rows), cudaMemcpyHostToDevice,
                            m_stream),
          "writing to the device");
}

void CudaBackend::read(std::span<std::byte> to, const Tensor& from)
{
    checkCopy(from, to.size());
    activateDevice();
    const size_t row = static_cast<size_t>(from.cols) * 4;
    check(cudaMemcpy2DAsync(to.data(), row, pointer<std::byte>(from),
                            static_cast<size_t>(from.stride) * 4, row,
                            static_cast<size_t>(from.rows), cudaMemcpyDeviceToHost, m_stream),
          "reading from the device");
    check(cudaStreamSynchronize(m_stream), "waiting for the device");
    throwMeetingError();
}

} // namespace inglenook
