#include "kernels/cpu/repack.h"

#include "kernels/cpu/panels.h"
#include "kernels/quant_formats.h"

#include <array>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace inglenook::cpu {
namespace {

// A vector of quants: 64 bytes, of which lane r owns the dword r.
using Dword = uint32_t;
constexpr Dword kLow = 0x0f0f0f0f, kHigh = 0xf0f0f0f0, kTwoBits = 0x03030303;
constexpr Dword kOneBit = 0x01010101, kSixBits = 0x3f3f3f3f, kZeroPoints = 0x80808080;

/// A dword of each of four lanes. Panels are written four lanes at a time.
using Quad = Dword __attribute__((vector_size(16)));
constexpr int kQuadLanes = 4;

/// The blocks of four lanes.
struct Blocks {
    const std::byte* lane[kQuadLanes];
};

/// `count` dwords of each lane from `offset` on, turned: of all lanes the first, the second, ...
template <int count> std::array<Quad, count> dwords(const Blocks& from, size_t offset)
{
    std::array<Quad, count> turned;
    for (size_t i = 0; i < count; i += 4) {
        Quad rows[4];
        for (int l = 0; l < kQuadLanes; ++l)
            std::memcpy(&rows[l], from.lane[l] + offset + 4 * i, sizeof(Quad));
        const Quad a = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
        const Quad b = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
        const Quad c = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
        const Quad d = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
        turned[i] = __builtin_shufflevector(a, b, 0, 1, 4, 5);
        turned[i + 1] = __builtin_shufflevector(a, b, 2, 3, 6, 7);
        turned[i + 2] = __builtin_shufflevector(c, d, 0, 1, 4, 5);
        turned[i + 3] = __builtin_shufflevector(c, d, 2, 3, 6, 7);
    }
    return turned;
}

void putQuad(std::byte* vectors, int vector, int quad, Quad words)
{
    std::memcpy(vectors + 64 * vector + 16 * quad, &words, sizeof words);
}

/// One half of each lane into a row of halves.
void putHalves(std::byte* row, int quad, const Blocks& from, size_t offset)
{
    for (int l = 0; l < kQuadLanes; ++l)
        std::memcpy(row + 2 * (kQuadLanes * quad + l), from.lane[l] + offset, 2);
}

using Bytes = uint8_t __attribute__((vector_size(16)));

/// Bytes 0, 8, 1, 9, ... 7, 15.
Bytes mixHalves(Bytes x)
{
    const Bytes high =
        __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    return __builtin_shufflevector(x, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/// Byte g of each lane's dword into row g of rows of bytes.
void putBytes(std::byte* rows, int quad, Quad lanes)
{
    // Twice: byte g of lanes 0 and 2 side by side, then of all four.
    const auto turned =
        reinterpret_cast<Quad>(mixHalves(mixHalves(reinterpret_cast<Bytes>(lanes))));
    for (int g = 0; g < 4; ++g) {
        const Dword four = turned[g];
        std::memcpy(rows + kPanelRows * g + kQuadLanes * quad, &four, 4);
    }
}

void put(std::type_identity<BlockQ8_0>, const Blocks& from, std::byte* record, int j, int quad)
{
    putHalves(record + 2 * kPanelRows * j, quad, from, offsetof(BlockQ8_0, d));
    const auto q = dwords<8>(from, offsetof(BlockQ8_0, q));
    for (int g = 0; g < 8; ++g)
        putQuad(record + 64 + quantBytes(8) * j, g, quad, q[static_cast<size_t>(g)] ^ kZeroPoints);
}

void put(std::type_identity<BlockQ4_0>, const Blocks& from, std::byte* record, int j, int quad)
{
    putHalves(record + 2 * kPanelRows * j, quad, from, offsetof(BlockQ4_0, d));
    const auto q = dwords<4>(from, offsetof(BlockQ4_0, q));
    for (int v = 0; v < 4; ++v)
        putQuad(record + 64 + quantBytes(4) * j, v, quad, q[static_cast<size_t>(v)]);
}

/// Nibbles of groups 2 i (low) and 2 i + 1 (high) of 32 elements each, as the K formats pair them.
void putNibblePairs(const Blocks& from, size_t offset, std::byte* quants, int blockBytes, int quad)
{
    const auto q = dwords<8>(from, offset);
    for (size_t v = 0; v < 4; ++v) {
        const Quad a = q[v], b = q[v + 4];
        const int to = static_cast<int>(v);
        putQuad(quants, to, quad, (a & kLow) | (b & kLow) << 4);
        putQuad(quants + blockBytes, to, quad, (a & kHigh) >> 4 | (b & kHigh));
    }
}

/// The bits of scaleMin() for all groups at once: Q4_K and Q5_K begin alike.
void putScales(const Blocks& from, std::byte* record, int quad)
{
    static_assert(offsetof(BlockQ4_K, scales) == 4 && offsetof(BlockQ5_K, scales) == 4);
    putHalves(record, quad, from, offsetof(BlockQ4_K, d));
    putHalves(record + 2 * kPanelRows, quad, from, offsetof(BlockQ4_K, dmin));
    const auto [halves, a, b, c] = dwords<4>(from, 0);
    std::byte* scales = record + 64;
    std::byte* mins = scales + kPanelRows * kSuperBlocks;
    putBytes(scales, quad, a & kSixBits);
    putBytes(scales + 4 * kPanelRows, quad, (c & kLow) | (a >> 6 & kTwoBits) << 4);
    putBytes(mins, quad, b & kSixBits);
    putBytes(mins + 4 * kPanelRows, quad, (c >> 4 & kLow) | (b >> 6 & kTwoBits) << 4);
}

void put(std::type_identity<BlockQ4_K>, const Blocks& from, std::byte* record, int, int quad)
{
    putScales(from, record, quad);
    for (int i = 0; i < 4; ++i)
        putNibblePairs(from, offsetof(BlockQ4_K, q) + 32 * static_cast<size_t>(i),
                       record + kQ4KQuants + 2 * i * quantBytes(4), quantBytes(4), quad);
}

void put(std::type_identity<BlockQ5_K>, const Blocks& from, std::byte* record, int, int quad)
{
    putScales(from, record, quad);
    const auto high = dwords<8>(from, offsetof(BlockQ5_K, high));
    for (int j = 0; j < kSuperBlocks; ++j) {
        std::byte* quants = record + kQ4KQuants + j * quantBytes(5);
        if (j % 2 == 0)
            putNibblePairs(from, offsetof(BlockQ5_K, low) + 16 * static_cast<size_t>(j), quants,
                           quantBytes(5), quad);
        Quad bits = {};
        for (int g = 0; g < 8; ++g)
            bits |= (high[static_cast<size_t>(g)] >> j & kOneBit) << g;
        putQuad(quants + quantBytes(4), 0, quad, bits);
    }
}

void put(std::type_identity<BlockQ6_K>, const Blocks& from, std::byte* record, int, int quad)
{
    for (int l = 0; l < kQuadLanes; ++l) {
        uint16_t half;
        std::memcpy(&half, from.lane[l] + offsetof(BlockQ6_K, d), 2);
        const float d = halfToFloat(half);
        std::memcpy(record + 4 * (kQuadLanes * quad + l), &d, 4);
    }
    const auto scales = dwords<4>(from, offsetof(BlockQ6_K, scales));
    for (int i = 0; i < 4; ++i)
        putBytes(record + 64 + 4 * kPanelRows * i, quad, scales[static_cast<size_t>(i)]);
    for (int half = 0; half < 2; ++half) {
        const auto low =
            dwords<16>(from, offsetof(BlockQ6_K, low) + 64 * static_cast<size_t>(half));
        const auto high =
            dwords<8>(from, offsetof(BlockQ6_K, high) + 32 * static_cast<size_t>(half));
        for (int quarter = 0; quarter < 4; ++quarter) {
            std::byte* quants = record + kQ6KQuants + (4 * half + quarter) * quantBytes(6);
            const auto six = [&](int g) {
                const auto at = static_cast<size_t>(g);
                const Quad nibble = low[at + (quarter % 2 ? 8 : 0)] >> (quarter < 2 ? 0 : 4) & kLow;
                return nibble | (high[at] >> 2 * quarter & kTwoBits) << 4;
            };
            for (int h = 0; h < 2; ++h) {
                const Quad last = six(4 * h + 3);
                for (int f = 0; f < 3; ++f)
                    putQuad(quants, 3 * h + f, quad,
                            six(4 * h + f) | (last >> 2 * f & kTwoBits) << 6);
            }
        }
    }
}

Dword dwordAt(const std::byte* vectors, int vector, int lane)
{
    Dword word;
    std::memcpy(&word, vectors + 64 * vector + 4 * lane, 4);
    return word;
}

float halfAt(const std::byte* record, int index)
{
    uint16_t half;
    std::memcpy(&half, record + 2 * index, 2);
    return halfToFloat(half);
}

/// Group g of a block as four unsigned quants; the vectors of nibbles begin at `quants`.
Dword nibbles(const std::byte* quants, int group, int lane)
{
    const Dword both = dwordAt(quants, group % 4, lane);
    return (group < 4 ? both : both >> 4) & kLow;
}

/// What a format's blocks become.
struct Packing {
    int elements; // of a source block
    int sourceBlocks; // source blocks in a record
    size_t recordBytes;
};

Packing packing(DType type)
{
    switch (type) {
    case DType::F32:
        return {1, 1, kPanelRows * sizeof(float)};
    case DType::F16:
    case DType::BF16:
        return {1, 1, kPanelRows * sizeof(uint16_t)};
    case DType::Q8_0:
        return {kBlock, kPairBlocks, kQ80Record};
    case DType::Q4_0:
        return {kBlock, kPairBlocks, kQ40Record};
    case DType::Q4_K:
        return {kBlock * kSuperBlocks, 1, kQ4KRecord};
    case DType::Q5_K:
        return {kBlock * kSuperBlocks, 1, kQ5KRecord};
    case DType::Q6_K:
        return {kBlock * kSuperBlocks, 1, kQ6KRecord};
    case DType::I32:
        break;
    }
    return {1, 1, 0};
}

template <class Block>
void packAs(DType type, std::byte* panel, std::span<const std::byte> rows, int in)
{
    static constexpr Block none{}; // of a lane that is not there
    const Packing how = packing(type);
    const int blocks = in / how.elements;
    const size_t bytes = rowBytes(type, in);
    // Blocks outermost: the lanes of a record share its cache lines.
    for (int b = 0; b < blocks; ++b) {
        std::byte* record = panel + static_cast<size_t>(b / how.sourceBlocks) * how.recordBytes;
        for (int quad = 0; quad < kPanelRows / kQuadLanes; ++quad) {
            Blocks from;
            for (int l = 0; l < kQuadLanes; ++l) {
                const size_t row = static_cast<size_t>(kQuadLanes * quad + l) * bytes;
                from.lane[l] = row < rows.size()
                    ? rows.data() + row + static_cast<size_t>(b) * sizeof(Block)
                    : reinterpret_cast<const std::byte*>(&none);
            }
            put(std::type_identity<Block>(), from, record, b % how.sourceBlocks, quad);
        }
    }
}

template <class Element>
void packElements(std::byte* panel, std::span<const std::byte> rows, int in)
{
    const size_t bytes = static_cast<size_t>(in) * sizeof(Element);
    const size_t lanes = rows.size() / bytes;
    for (size_t k = 0; k < static_cast<size_t>(in); ++k)
        for (size_t lane = 0; lane < lanes; ++lane)
            std::memcpy(panel + (k * kPanelRows + lane) * sizeof(Element),
                        rows.data() + lane * bytes + k * sizeof(Element), sizeof(Element));
}

/// The unsigned quants of group g of block j, and w = scale * q - min.
struct Group {
    Dword quants;
    float scale;
    float min;
};

Group groupQ8_0(const std::byte* record, int j, int g, int lane)
{
    const float d = halfAt(record, kPanelRows * j + lane);
    return {dwordAt(record + 64 + quantBytes(8) * j, g, lane), d, d * 128.f};
}

Group groupQ4_0(const std::byte* record, int j, int g, int lane)
{
    const float d = halfAt(record, kPanelRows * j + lane);
    return {nibbles(record + 64 + quantBytes(4) * j, g, lane), d, d * 8.f};
}

Group groupQ45K(const std::byte* record, int j, int g, int lane, int bits)
{
    const auto byte = [&](int row) {
        return static_cast<float>(static_cast<uint8_t>(record[64 + kPanelRows * row + lane]));
    };
    const std::byte* quants = record + kQ4KQuants + quantBytes(bits) * j;
    Dword q = nibbles(quants, g, lane);
    if (bits == 5)
        q |= (dwordAt(quants + quantBytes(4), 0, lane) >> g & 0x01010101) << 4;
    return {q, halfAt(record, lane) * byte(j), halfAt(record, kPanelRows + lane) * byte(8 + j)};
}

Group groupQ6K(const std::byte* record, int j, int g, int lane)
{
    float d;
    std::memcpy(&d, record + 4 * lane, 4);
    const auto scale = static_cast<int8_t>(record[64 + kPanelRows * (2 * j + g / 4) + lane]);
    const std::byte* quants = record + kQ6KQuants + quantBytes(6) * j;
    const auto vector = [&](int f) { return dwordAt(quants, 3 * (g / 4) + f, lane); };
    Dword q = 0;
    if (g % 4 < 3)
        q = vector(g % 4) & ~(kTwoBits << 6);
    else
        for (int f = 0; f < 3; ++f)
            q |= (vector(f) >> 6 & kTwoBits) << 2 * f;
    const float d16 = d * static_cast<float>(scale);
    return {q, d16, d16 * 32.f};
}

Group group(DType type, const std::byte* record, int j, int g, int lane)
{
    switch (type) {
    case DType::Q8_0:
        return groupQ8_0(record, j, g, lane);
    case DType::Q4_0:
        return groupQ4_0(record, j, g, lane);
    case DType::Q4_K:
        return groupQ45K(record, j, g, lane, 4);
    case DType::Q5_K:
        return groupQ45K(record, j, g, lane, 5);
    default:
        return groupQ6K(record, j, g, lane);
    }
}

void unpackQuants(DType type, const std::byte* panel, int lane, std::span<float> values)
{
    const Packing how = packing(type);
    const int blocks = how.elements * how.sourceBlocks / kBlock;
    for (size_t i = 0; i < values.size(); i += 4) {
        const int k = static_cast<int>(i);
        const std::byte* record =
            panel + static_cast<size_t>(k / (kBlock * blocks)) * how.recordBytes;
        const Group of = group(type, record, k / kBlock % blocks, k / 4 % 8, lane);
        for (size_t c = 0; c < 4; ++c)
            values[i + c] = of.scale * static_cast<float>(of.quants >> 8 * c & 255) - of.min;
    }
}

} // namespace

size_t panelBytes(DType type, int in)
{
    const Packing how = packing(type);
    const int elements = how.elements * how.sourceBlocks;
    return static_cast<size_t>((in + elements - 1) / elements) * how.recordBytes;
}

void packPanel(DType type, std::byte* panel, std::span<const std::byte> rows, int in)
{
    switch (type) {
    case DType::F32:
        return packElements<float>(panel, rows, in);
    case DType::F16:
    case DType::BF16:
        return packElements<uint16_t>(panel, rows, in);
    case DType::Q8_0:
        return packAs<BlockQ8_0>(type, panel, rows, in);
    case DType::Q4_0:
        return packAs<BlockQ4_0>(type, panel, rows, in);
    case DType::Q4_K:
        return packAs<BlockQ4_K>(type, panel, rows, in);
    case DType::Q5_K:
        return packAs<BlockQ5_K>(type, panel, rows, in);
    case DType::Q6_K:
        return packAs<BlockQ6_K>(type, panel, rows, in);
    case DType::I32:
        break;
    }
}

void unpackLane(DType type, const std::byte* panel, int lane, std::span<float> values)
{
    if (type != DType::F32 && type != DType::F16 && type != DType::BF16)
        return unpackQuants(type, panel, lane, values);
    for (size_t k = 0; k < values.size(); ++k) {
        const size_t place = k * kPanelRows + static_cast<size_t>(lane);
        uint16_t word;
        if (type == DType::F32) {
            std::memcpy(&values[k], panel + 4 * place, 4);
            continue;
        }
        std::memcpy(&word, panel + 2 * place, 2);
        values[k] = type == DType::F16 ? halfToFloat(word) : bfloatToFloat(word);
    }
}

} // namespace inglenook::cpu
