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
constexpr size_t kUploadBytes = kLoadPieceBytes;

/// Whole panels of such rows that go through it at once.
size_t rowsAtOnce(const WeightPart& part, int in)
{
    const auto panelRows = static_cast<size_t>(kPanelOutputs);
    return std::max(panelRows, kUploadBytes / rowBytes(part.type, in) / panelRows * panelRows);
}

/// Brings a matrix to the device, each piece waited for: then its bytes are no longer read.
class CudaLoading final : public WeightLoading {
public:
    CudaLoading(std::span<const WeightPart> parts, int in, int device, cudaStream_t stream);

    bool advance() override;
    Weight take() override { return std::move(m_weight); }

private:
    void copyRows(const WeightPart& part, size_t rows);

    int m_device;
    cudaStream_t m_stream;
    std::vector<WeightPart> m_parts;
    std::vector<float> m_vector; // a single row
    std::shared_ptr<CudaWeight> m_data = std::make_shared<CudaWeight>();
    Weight m_weight;
    std::unique_ptr<CudaBuffer> m_upload; // quantised rows on their way
    size_t m_part = 0; // that is next
    size_t m_row = 0; // of it
};

CudaLoading::CudaLoading(std::span<const WeightPart> parts, int in, int device, cudaStream_t stream)
    : m_device(device)
    , m_stream(stream)
    , m_parts(parts.begin(), parts.end())
    , m_weight{.data = m_data, .out = rowsOf(parts), .in = in, .bytes = 0}
{
    if (parts.size() == 1 && parts[0].out == 1) {
        m_vector.resize(static_cast<size_t>(in));
        dequantiseRow(parts[0].type, parts[0].rows, m_vector);
        m_parts = {{.rows = std::as_bytes(std::span(m_vector)), .type = DType::F32, .out = 1}};
    }
    constexpr size_t kAlignment = 256;
    size_t upload = 0;
    int first = 0;
    std::vector<size_t> offsets;
    for (const WeightPart& part : m_parts) {
        const size_t bytes =
            hasBlocks(part.type) ? repackedBytes(part.type, part.out, in) : part.rows.size();
        m_data->parts.push_back({.type = part.type, .firstOut = first, .out = part.out});
        offsets.push_back(m_weight.bytes);
        m_weight.bytes += (bytes + kAlignment - 1) / kAlignment * kAlignment;
        first += part.out;
        if (hasBlocks(part.type))
            upload = std::max(
                upload, std::min(rowsAtOnce(part, in) * rowBytes(part.type, in), part.rows.size()));
    }
    m_data->memory = std::make_unique<CudaBuffer>(m_weight.bytes, device);
    for (size_t i = 0; i < offsets.size(); ++i)
        m_data->parts[i].data = m_data->memory->data + offsets[i];
    if (upload > 0)
        m_upload = std::make_unique<CudaBuffer>(upload, device);
}

bool CudaLoading::advance()
{
    if (m_part == m_parts.size())
        return true;
    const char* doing = "loading a weight";
    check(cudaSetDevice(m_device), "choosing the GPU");
    const WeightPart& part = m_parts[m_part];
    const size_t rows =
        std::min(rowsAtOnce(part, m_weight.in), static_cast<size_t>(part.out) - m_row);
    copyRows(part, rows);
    check(cudaStreamSynchronize(m_stream), doing);
    m_row += rows;
    if (m_row == static_cast<size_t>(part.out)) {
        m_row = 0;
        ++m_part;
    }
    return m_part == m_parts.size();
}

void CudaLoading::copyRows(const WeightPart& part, size_t rows)
{
    const char* doing = "loading a weight";
    const size_t row = rowBytes(part.type, m_weight.in);
    const std::byte* from = part.rows.data() + m_row * row;
    std::byte* to = m_data->parts[m_part].data;
    if (!hasBlocks(part.type)) {
        check(cudaMemcpyAsync(to + m_row * row, from, rows * row, cudaMemcpyHostToDevice, m_stream),
              doing);
        return;
    }
    check(cudaMemcpyAsync(m_upload->data, from, rows * row, cudaMemcpyHostToDevice, m_stream),
          doing);
    repack(part.type, to + repackedBytes(part.type, static_cast<int>(m_row), m_weight.in),
           m_upload->data, static_cast<int>(rows), m_weight.in, m_stream);
    checkLaunch(doing);
}

} // namespace

std::unique_ptr<WeightLoading> CudaBackend::beginLoad(std::span<const WeightPart> parts, int in)
{
    checkLoad(parts, in);
    activateDevice();
    return std::make_unique<CudaLoading>(parts, in, m_device, m_stream);
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
    if (pinned)
        std::ranges::copy(std::span(pinned, to.size()), to.begin());
}

} // namespace inglenook::cuda
