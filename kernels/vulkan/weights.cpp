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

/// Where the planes of a part lie in its range.
struct Placement {
    std::array<size_t, 4> rowBytes{}; // of each plane
    std::array<size_t, 4> offsets{};
    size_t bytes = 0;
};

Placement place(const PlaneLayout& layout, int out, int in)
{
    Placement placement;
    for (size_t i = 0; i < layout.bytes.size(); ++i) {
        placement.rowBytes[i] = static_cast<size_t>(layout.blocks(in)) * layout.bytes[i];
        placement.offsets[i] = placement.bytes;
        placement.bytes += aligned(placement.rowBytes[i] * static_cast<size_t>(out));
    }
    return placement;
}

/// Repacks and copies a part in bounded chunks of rows, to row `first` and on.
void uploadPart(Context& context, const WeightPart& part, int in, const Placement& placement,
                const Memory::Range& to, size_t first)
{
    size_t deviceRow = 0;
    for (const size_t bytes : placement.rowBytes)
        deviceRow += bytes;
    // every plane starts aligned, which takes up to 256 bytes each
    const size_t room = Staging::kChunkBytes - 4 * Memory::kAlignment;
    if (deviceRow > room)
        throw std::runtime_error("A row of " + std::to_string(in) +
                                 " weights is too long for a Vulkan device. Use another device.");
    const size_t fileRow = rowBytes(part.type, in);
    const size_t rowsAtOnce = room / deviceRow;
    const auto out = static_cast<size_t>(part.out);
    for (size_t row = 0; row < out; row += rowsAtOnce) {
        const size_t rows = std::min(rowsAtOnce, out - row);
        std::array<size_t, 4> starts{};
        size_t bytes = 0;
        for (size_t i = 0; i < starts.size(); ++i) {
            starts[i] = bytes;
            bytes += aligned(rows * placement.rowBytes[i]);
        }
        const Staging::Chunk chunk = context.staging.reserve(bytes);
        std::array<std::span<std::byte>, 4> planes;
        for (size_t i = 0; i < planes.size(); ++i)
            planes[i] = chunk.host.subspan(starts[i], rows * placement.rowBytes[i]);
        repackRows(part.type, part.rows.subspan(row * fileRow, rows * fileRow), in, planes);
        for (size_t i = 0; i < planes.size(); ++i)
            if (!planes[i].empty())
                context.staging.upload(chunk, starts[i], planes[i].size(), to,
                                       placement.offsets[i] +
                                           (first + row) * placement.rowBytes[i]);
    }
}

} // namespace

DeviceWeight::DeviceWeight(const std::shared_ptr<Context>& context,
                           std::span<const WeightPart> parts, int in)
{
    if (parts.size() == 1 && parts[0].out == 1 && parts[0].type != DType::F32) {
        std::vector<float> values(static_cast<size_t>(in));
        dequantiseRow(parts[0].type, parts[0].rows, values);
        const WeightPart vector{std::as_bytes(std::span(values)), DType::F32, 1};
        loadParts(context, {&vector, 1}, in, 0);
        return;
    }
    int first = 0;
    while (!parts.empty()) {
        const DType type = parts.front().type;
        const auto other =
            std::ranges::find_if(parts, [=](const WeightPart& part) { return part.type != type; });
        const auto alike = static_cast<size_t>(other - parts.begin());
        loadParts(context, parts.first(alike), in, first);
        first += m_parts.back().out;
        parts = parts.subspan(alike);
    }
}

/// Parts of one format become one.
void DeviceWeight::loadParts(const std::shared_ptr<Context>& context,
                             std::span<const WeightPart> parts, int in, int first)
{
    int out = 0;
    for (const WeightPart& part : parts)
        out += part.out;
    const DType type = parts.front().type;
    const PlaneLayout layout = planeLayout(type);
    const Placement placement = place(layout, out, in);
    const Memory::Range& range =
        m_memory.emplace_back(std::make_unique<SharedRange>(context, placement.bytes))->range();
    size_t row = 0;
    for (const WeightPart& part : parts) {
        uploadPart(*context, part, in, placement, range, row);
        row += static_cast<size_t>(part.out);
    }
    const auto plane = [&](size_t i) { return range.address() + placement.offsets[i]; };
    m_parts.push_back({.type = type,
                       .first = first,
                       .out = out,
                       .units = layout.blocks(in) * (layout.blockElements / kUnitElements),
                       .planes = {plane(0), plane(1), plane(2), plane(3)}});
    m_bytes += placement.bytes;
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
    case DType::Q4_K:
        return q4_k;
    case DType::Q5_K:
        return q5_k;
    case DType::Q6_K:
        return q6_k;
    case DType::F32:
    case DType::I32:
        break;
    }
    return f32;
}

} // namespace inglenook::vulkan
