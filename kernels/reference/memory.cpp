#include "kernels/reference/memory.h"

#include "kernels/quant_formats.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>

namespace inglenook::reference {

namespace {

constexpr size_t kAlignment = 256;

std::byte* start(const Tensor& t, int r)
{
    assert(r >= 0 && r < t.rows);
    const size_t elements = static_cast<size_t>(r) * static_cast<size_t>(t.stride);
    return static_cast<HostBuffer&>(*t.buffer).data() + t.offset + elements * 4;
}

} // namespace

HostBuffer::HostBuffer(size_t bytes)
    : Buffer(bytes)
{
    const size_t rounded = (bytes + kAlignment - 1) / kAlignment * kAlignment;
    m_data.reset(
        static_cast<std::byte*>(std::aligned_alloc(kAlignment, std::max(rounded, kAlignment))));
    if (!m_data)
        throw std::runtime_error("There is no memory for another " + std::to_string(bytes) +
                                 " bytes. Close other programs or choose a smaller model.");
    std::memset(m_data.get(), 0, bytes);
}

HostWeight::HostWeight(int out, int in)
    : m_in(static_cast<size_t>(in))
    , m_values(static_cast<size_t>(out) * m_in)
{
}

void HostWeight::setRow(int i, DType type, std::span<const std::byte> bytes)
{
    dequantiseRow(type, bytes, std::span(m_values).subspan(static_cast<size_t>(i) * m_in, m_in));
}

HostLoading::HostLoading(std::span<const WeightPart> parts, int in)
    : m_parts(parts.begin(), parts.end())
    , m_in(in)
    , m_weight(std::make_shared<HostWeight>(rowsOf(parts), in))
{
}

bool HostLoading::advance()
{
    for (size_t bytes = 0; m_part < m_parts.size() && bytes < kLoadPieceBytes; ++m_part) {
        const WeightPart& part = m_parts[m_part];
        const size_t row = rowBytes(part.type, m_in);
        for (; m_row < part.out && bytes < kLoadPieceBytes; ++m_row, bytes += row)
            m_weight->setRow(m_first + m_row, part.type,
                             part.rows.subspan(static_cast<size_t>(m_row) * row, row));
        if (m_row < part.out)
            return false;
        m_first += part.out;
        m_row = 0;
    }
    return m_part == m_parts.size();
}

Weight HostLoading::take()
{
    const int out = rowsOf(m_parts);
    return {.data = std::move(m_weight),
            .out = out,
            .in = m_in,
            .bytes = static_cast<size_t>(out) * static_cast<size_t>(m_in) * sizeof(float)};
}

std::span<float> row(const Tensor& t, int r)
{
    return {reinterpret_cast<float*>(start(t, r)), static_cast<size_t>(t.cols)};
}

std::span<int32_t> intRow(const Tensor& t, int r)
{
    return {reinterpret_cast<int32_t*>(start(t, r)), static_cast<size_t>(t.cols)};
}

std::span<const float> row(const Weight& w, int i)
{
    return static_cast<const HostWeight&>(*w.data).row(i);
}

namespace {

/// Where the shared layout keeps a head: quants (or halves) of all tokens, then their scales.
KvHead headAt(const KvPages& kv, const AttentionShape& shape, const CachedHead& place)
{
    assert(place.page >= 0 && place.page < kv.pageCount);
    const size_t plane = kvPlaneBytes(shape.headSize, kv.type);
    const auto heads = static_cast<size_t>((place.value ? shape.kvHeads : 0) + place.head);
    const auto token = static_cast<size_t>(place.token);
    std::byte* start = static_cast<HostBuffer&>(*kv.buffer).data() +
        static_cast<size_t>(place.page) * kv.pageBytes(shape) + heads * plane;
    const size_t quants = kvQuantBytes(kv.type, shape.headSize);
    const auto scales = static_cast<size_t>(kvScales(kv.type, shape.headSize));
    return {.quants = reinterpret_cast<uint8_t*>(start) + token * quants,
            .scales = reinterpret_cast<uint16_t*>(start + kPageTokens * quants) + token * scales};
}

} // namespace

CachedHead placeOf(const KvPages& kv, int slot, int position, int head, bool value)
{
    const int page = intRow(kv.pageTable, slot)[static_cast<size_t>(position / kPageTokens)];
    return {.page = page, .token = position % kPageTokens, .head = head, .value = value};
}

void store(const KvPages& kv, const AttentionShape& shape, const CachedHead& place,
           std::span<const float> head)
{
    const KvHead to = headAt(kv, shape, place);
    if (kv.type == KvType::F16)
        std::ranges::transform(head, reinterpret_cast<uint16_t*>(to.quants), floatToHalf);
    else
        encodeHead(kv.type, head, to);
}

std::vector<float> stored(const KvPages& kv, const AttentionShape& shape, const CachedHead& place)
{
    const KvHead from = headAt(kv, shape, place);
    std::vector<float> head(static_cast<size_t>(shape.headSize));
    if (kv.type == KvType::F16)
        std::ranges::transform(
            std::span(reinterpret_cast<const uint16_t*>(from.quants), head.size()), head.begin(),
            halfToFloat);
    else
        decodeHead(kv.type, from, head);
    return head;
}

} // namespace inglenook::reference
