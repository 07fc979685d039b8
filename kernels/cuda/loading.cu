// Weights on their way to the device (upload_ring.cuh), which puts quantised ones into panels.
// Nothing waits for the device but for room in the ring.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/panels.cuh"
#include "kernels/cuda/repack.cuh"
#include "kernels/quant_formats.h"

#include <algorithm>

namespace inglenook::cuda {
namespace {

/// Whole panels of a format's rows, or rows of numbers, that are one piece.
size_t rowsAtOnce(const WeightPart& part, int in, size_t pieceBytes)
{
    const size_t unit = hasBlocks(part.type) ? static_cast<size_t>(kPanelOutputs) : 1;
    return std::max(unit, pieceBytes / rowBytes(part.type, in) / unit * unit);
}

/// Bytes of the largest piece of a matrix.
size_t largestPiece(std::span<const WeightPart> parts, int in)
{
    size_t most = 0;
    for (const WeightPart& part : parts)
        most = std::max(most, rowsAtOnce(part, in, kLoadPieceBytes) * rowBytes(part.type, in));
    return std::max(most, kLoadPieceBytes);
}

class CudaLoading final : public WeightLoading {
public:
    CudaLoading(std::span<const WeightPart> parts, int in, int device, cudaStream_t stream,
                std::shared_ptr<UploadRing> ring);

    bool advance() override;
    Weight take() override { return std::move(m_weight); }

private:
    void sendRows(const WeightPart& part, size_t rows);

    int m_device;
    cudaStream_t m_stream;
    std::vector<WeightPart> m_parts;
    std::vector<float> m_vector; // a single row
    std::shared_ptr<CudaWeight> m_data = std::make_shared<CudaWeight>();
    Weight m_weight;
    std::shared_ptr<UploadRing> m_ring;
    size_t m_part = 0; // that is next
    size_t m_row = 0; // of it
};

CudaLoading::CudaLoading(std::span<const WeightPart> parts, int in, int device, cudaStream_t stream,
                         std::shared_ptr<UploadRing> ring)
    : m_device(device)
    , m_stream(stream)
    , m_parts(parts.begin(), parts.end())
    , m_weight{.data = m_data, .out = rowsOf(parts), .in = in, .bytes = 0}
    , m_ring(std::move(ring))
{
    if (parts.size() == 1 && parts[0].out == 1) {
        m_vector.resize(static_cast<size_t>(in));
        dequantiseRow(parts[0].type, parts[0].rows, m_vector);
        m_parts = {{.rows = std::as_bytes(std::span(m_vector)), .type = DType::F32, .out = 1}};
    }
    constexpr size_t kAlignment = 256;
    int first = 0;
    std::vector<size_t> offsets;
    for (const WeightPart& part : m_parts) {
        const size_t bytes =
            hasBlocks(part.type) ? repackedBytes(part.type, part.out, in) : part.rows.size();
        m_data->parts.push_back({.type = keptAs(part.type), .firstOut = first, .out = part.out});
        offsets.push_back(m_weight.bytes);
        m_weight.bytes += (bytes + kAlignment - 1) / kAlignment * kAlignment;
        first += part.out;
    }
    m_data->memory = std::make_unique<CudaBuffer>(m_weight.bytes, device);
    for (size_t i = 0; i < offsets.size(); ++i)
        m_data->parts[i].data = m_data->memory->data + offsets[i];
}

bool CudaLoading::advance()
{
    if (m_part == m_parts.size())
        return true;
    check(cudaSetDevice(m_device), "choosing the GPU");
    const WeightPart& part = m_parts[m_part];
    const size_t rows = std::min(rowsAtOnce(part, m_weight.in, m_ring->pieceBytes()),
                                 static_cast<size_t>(part.out) - m_row);
    sendRows(part, rows);
    m_row += rows;
    if (m_row == static_cast<size_t>(part.out)) {
        m_row = 0;
        ++m_part;
    }
    return m_part == m_parts.size();
}

void CudaLoading::sendRows(const WeightPart& part, size_t rows)
{
    const size_t row = rowBytes(part.type, m_weight.in);
    const std::span piece = part.rows.subspan(m_row * row, rows * row);
    std::byte* to = m_data->parts[m_part].data;
    if (!hasBlocks(part.type))
        return m_ring->sendTo(to + m_row * row, piece);
    const std::byte* fileRows = m_ring->send(piece);
    repack(part.type, to + repackedBytes(part.type, static_cast<int>(m_row), m_weight.in), fileRows,
           static_cast<int>(rows), m_weight.in, {.stream = m_stream}); // behind the ring's event
    checkLaunch("loading a weight");
}

} // namespace

std::unique_ptr<WeightLoading> CudaBackend::beginLoad(std::span<const WeightPart> parts, int in)
{
    checkLoad(parts, in);
    activateDevice();
    const size_t piece = largestPiece(parts, in);
    if (!m_uploads || m_uploads->pieceBytes() < piece)
        m_uploads = std::make_shared<UploadRing>(piece, m_device, m_stream);
    return std::make_unique<CudaLoading>(parts, in, m_device, m_stream, m_uploads);
}

} // namespace inglenook::cuda
