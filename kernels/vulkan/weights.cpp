#include "kernels/vulkan/weights.h"

#include "kernels/quant_formats.h"
#include "kernels/vulkan/repack.h"

#include <algorithm>
#include <stdexcept>

namespace inglenook::vulkan {

namespace {

size_t aligned(size_t bytes)
{
    return (bytes + Memory::kAlignment - 1) / Memory::kAlignment * Memory::kAlignment;
}

WeightPlacement place(const PlaneLayout& layout, int out, int in)
{
    WeightPlacement placement;
    for (size_t i = 0; i < layout.bytes.size(); ++i) {
        placement.rowBytes[i] = static_cast<size_t>(layout.blocks(in)) * layout.bytes[i];
        placement.offsets[i] = placement.bytes;
        placement.bytes += aligned(placement.rowBytes[i] * static_cast<size_t>(out));
    }
    return placement;
}

} // namespace

const Memory::Range& DeviceWeight::add(const std::shared_ptr<Context>& context, DType type, int out,
                                       int in, const WeightPlacement& placement)
{
    const PlaneLayout layout = planeLayout(type);
    const Memory::Range& range =
        m_memory.emplace_back(std::make_unique<SharedRange>(context, placement.bytes))->range();
    const auto plane = [&](size_t i) { return range.address() + placement.offsets[i]; };
    const int first = m_parts.empty() ? 0 : m_parts.back().first + m_parts.back().out;
    m_parts.push_back({.type = keptAs(type),
                       .first = first,
                       .out = out,
                       .units = layout.blocks(in) * (layout.blockElements / kUnitElements),
                       .planes = {plane(0), plane(1), plane(2), plane(3)}});
    m_bytes += placement.bytes;
    return range;
}

DeviceLoading::DeviceLoading(std::shared_ptr<Context> context, std::span<const WeightPart> parts,
                             int in)
    : m_context(std::move(context))
    , m_in(in)
    , m_out(rowsOf(parts))
    , m_weight(std::make_shared<DeviceWeight>())
{
    m_context->begin();
    if (parts.size() == 1 && parts[0].out == 1 && parts[0].type != DType::F32) {
        m_vector.resize(static_cast<size_t>(in));
        dequantiseRow(parts[0].type, parts[0].rows, m_vector);
        const WeightPart vector{std::as_bytes(std::span(m_vector)), DType::F32, 1};
        addAlike({&vector, 1});
        return;
    }
    while (!parts.empty()) {
        const DType kept = keptAs(parts.front().type);
        const auto other = std::ranges::find_if(
            parts, [=](const WeightPart& part) { return keptAs(part.type) != kept; });
        const auto alike = static_cast<size_t>(other - parts.begin());
        addAlike(parts.first(alike));
        parts = parts.subspan(alike);
    }
}

/// Parts of one layout become one.
void DeviceLoading::addAlike(std::span<const WeightPart> parts)
{
    const DType type = parts.front().type;
    const int out = rowsOf(parts);
    const WeightPlacement placement = place(planeLayout(type), out, m_in);
    const Memory::Range& range = m_weight->add(m_context, type, out, m_in, placement);
    size_t first = 0;
    for (const WeightPart& part : parts) {
        m_uploads.push_back({.part = part, .placement = placement, .to = &range, .first = first});
        first += static_cast<size_t>(part.out);
    }
}

bool DeviceLoading::advance()
{
    m_context->begin();
    for (size_t bytes = 0; bytes < kLoadPieceBytes && m_next < m_uploads.size();) {
        Upload& upload = m_uploads[m_next];
        bytes += uploadRows(upload);
        if (upload.row == static_cast<size_t>(upload.part.out))
            ++m_next;
    }
    return m_next == m_uploads.size();
}

/// Repacks and copies as many rows as go through the staging memory at once. Returns their bytes.
size_t DeviceLoading::uploadRows(Upload& upload)
{
    const WeightPlacement& placement = upload.placement;
    size_t deviceRow = 0;
    for (const size_t bytes : placement.rowBytes)
        deviceRow += bytes;
    // every plane starts aligned, which takes up to 256 bytes each
    const size_t room = Staging::kChunkBytes - 4 * Memory::kAlignment;
    if (deviceRow > room)
        throw std::runtime_error("A row of " + std::to_string(m_in) +
                                 " weights is too long for a Vulkan device. Use another device.");
    const size_t fileRow = rowBytes(upload.part.type, m_in);
    const size_t rows =
        std::min(room / deviceRow, static_cast<size_t>(upload.part.out) - upload.row);
    std::array<size_t, 4> starts{};
    size_t bytes = 0;
    for (size_t i = 0; i < starts.size(); ++i) {
        starts[i] = bytes;
        bytes += aligned(rows * placement.rowBytes[i]);
    }
    const Staging::Chunk chunk = m_context->staging.reserve(bytes);
    std::array<std::span<std::byte>, 4> planes;
    for (size_t i = 0; i < planes.size(); ++i)
        planes[i] = chunk.host.subspan(starts[i], rows * placement.rowBytes[i]);
    repackRows(upload.part.type, upload.part.rows.subspan(upload.row * fileRow, rows * fileRow),
               m_in, planes);
    for (size_t i = 0; i < planes.size(); ++i)
        if (!planes[i].empty())
            m_context->staging.upload(chunk, starts[i], planes[i].size(), *upload.to,
                                      placement.offsets[i] +
                                          (upload.first + upload.row) * placement.rowBytes[i]);
    upload.row += rows;
    return bytes;
}

Weight DeviceLoading::take()
{
    const size_t bytes = m_weight->bytes();
    return {.data = std::move(m_weight), .out = m_out, .in = m_in, .bytes = bytes};
}

const DeviceWeight& deviceWeight(const Weight& weight)
{
    const auto* ours = dynamic_cast<const DeviceWeight*>(weight.data.get());
    if (!ours)
        throw std::invalid_argument("A weight of another backend was given to a Vulkan device.");
    return *ours;
}

std::span<const uint32_t> FormatShaders::of(DType type) const
{
    switch (type) {
    case DType::F16:
        return f16;
    case DType::BF16:
        return bf16;
    case DType::Q8_0:
        return q8_0;
    case DType::Q4_0:
        return q4_0;
    case DType::Q5_1:
        return q5_1;
    case DType::Q2_K:
        return q2_k;
    case DType::Q3_K:
        return q3_k;
    case DType::Q4_K:
        return q4_k;
    case DType::Q5_K:
        return q5_k;
    case DType::Q6_K:
        return q6_k;
    case DType::IQ4_XS:
        return iq4_xs;
    case DType::MXFP4:
        return mxfp4;
    case DType::F32:
    case DType::Q4_1:
    case DType::Q5_0:
    case DType::IQ4_NL: // kept as others
    case DType::I32:
        break;
    }
    return f32;
}

} // namespace inglenook::vulkan
