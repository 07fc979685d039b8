// Device memory: plain allocations, copies in stream order; only read() waits. Quantised weights
// are repacked by the device.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/panels.cuh"
#include "kernels/cuda/repack.cuh"
#include "kernels/quant_formats.h"

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
    auto buffer = std::make_shared<CudaBuffer>(bytes, m_device);
    check(cudaMemsetAsync(buffer->data, 0, bytes, m_stream), "clearing memory");
    return buffer;
}

namespace {

/// Rows of a quantised format go through this much memory on the device on their way into panels.
constexpr size_t kUploadBytes = size_t{16} << 20;

bool hasBlocks(DType type)
{
    return facts(type).blockElements > 1;
}

/// The part in its form on the device. The caller waits for the stream.
CudaWeight::Part uploadPart(const WeightPart& part, int in, int device, cudaStream_t stream)
{
    const char* doing = "loading a weight";
    if (!hasBlocks(part.type)) {
        auto memory = std::make_shared<CudaBuffer>(part.rows.size(), device);
        check(cudaMemcpyAsync(memory->data, part.rows.data(), part.rows.size(),
                              cudaMemcpyHostToDevice, stream),
              doing);
        return {memory, part.type, 0, part.out};
    }
    auto memory = std::make_shared<CudaBuffer>(repackedBytes(part.type, part.out, in), device);
    const size_t bytesPerRow = rowBytes(part.type, in);
    const auto panelRows = static_cast<size_t>(kPanelOutputs);
    const size_t rowsAtOnce =
        std::max(panelRows, kUploadBytes / bytesPerRow / panelRows * panelRows);
    const CudaBuffer upload(std::min(rowsAtOnce * bytesPerRow, part.rows.size()), device);
    const auto out = static_cast<size_t>(part.out);
    for (size_t first = 0; first < out; first += rowsAtOnce) {
        const size_t rows = std::min(rowsAtOnce, out - first);
        check(cudaMemcpyAsync(upload.data, part.rows.data() + first * bytesPerRow,
                              rows * bytesPerRow, cudaMemcpyHostToDevice, stream),
              doing);
        repack(part.type, memory->data + repackedBytes(part.type, static_cast<int>(first), in),
               upload.data, static_cast<int>(rows), in, stream);
    }
    checkLaunch(doing);
    return {memory, part.type, 0, part.out}; // freeing `upload` waits for its readers
}

} // namespace

Weight CudaBackend::load(std::span<const WeightPart> parts, int in)
{
    checkLoad(parts, in);
    activateDevice();
    auto data = std::make_shared<CudaWeight>();
    Weight weight{.data = data, .out = 0, .in = in, .bytes = 0};
    std::vector<float> vector; // a single row
    for (WeightPart part : parts) {
        if (parts.size() == 1 && part.out == 1) {
            vector.resize(static_cast<size_t>(in));
            dequantiseRow(part.type, part.rows, vector);
            part = {.rows = std::as_bytes(std::span(vector)), .type = DType::F32, .out = 1};
        }
        data->parts.push_back(uploadPart(part, in, m_device, m_stream));
        data->parts.back().firstOut = weight.out;
        weight.out += part.out;
        weight.bytes += data->parts.back().memory->bytes();
    }
    check(cudaStreamSynchronize(m_stream), "loading a weight"); // the caller's bytes may go
    return weight;
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
    throwMeetingError();
    if (pinned)
        std::ranges::copy(std::span(pinned, to.size()), to.begin());
}

} // namespace inglenook::cuda
