#include "kernels/cpu/repack.h"

#include "kernels/cpu/panels.h"
#include "kernels/quant_formats.h"

#include <cstring>

namespace inglenook::cpu {
namespace {

// A vector of quants: 64 bytes, of which lane r owns the dword r.
using Dword = uint32_t;
constexpr Dword kLow = 0x0f0f0f0f, kHigh = 0xf0f0f0f0, kTwoBits = 0x03030303;

Dword dword(const void* bytes, int index)
{
    Dword word;
    std::memcpy(&word, static_cast<const std::byte*>(bytes) + 4 * index, 4);
    return word;
}

void putDword(std::byte* vectors, int vector, int lane, Dword word)
{
    std::memcpy(vectors + 64 * vector + 4 * lane, &word, 4);
}

Dword dwordAt(const std::byte* vectors, int vector, int lane)
{
    return dword(vectors + 64 * vector, lane);
}

void putHalf(std::byte* record, int index, uint16_t half)
{
    std::memcpy(record + 2 * index, &half, 2);
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

void put(const BlockQ8_0& block, std::byte* record, int j, int lane)
{
    putHalf(record, kPanelRows * j + lane, block.d);
    for (int g = 0; g < 8; ++g)
        putDword(record + 64 + quantBytes(8) * j, g, lane, dword(block.q, g) ^ 0x80808080);
}

void put(const BlockQ4_0& block, std::byte* record, int j, int lane)
{
    putHalf(record, kPanelRows * j + lane, block.d);
    for (int v = 0; v < 4; ++v)
        putDword(record + 64 + quantBytes(4) * j, v, lane, dword(block.q, v));
}

/// Nibbles of groups 2 i (low) and 2 i + 1 (high) of 32 elements each, as the K formats pair them.
void putNibblePairs(const uint8_t* source, std::byte* quants, int blockBytes, int lane)
{
    for (int v = 0; v < 4; ++v) {
        const Dword a = dword(source, v), b = dword(source, v + 4);
        putDword(quants, v, lane, (a & kLow) | (b & kLow) << 4);
        putDword(quants + blockBytes, v, lane, (a & kHigh) >> 4 | (b & kHigh));
    }
}

void putScales(std::byte* record, int lane, uint16_t d, uint16_t dmin, const uint8_t (&scales)[12])
{
    putHalf(record, lane, d);
    putHalf(record, kPanelRows + lane, dmin);
    for (int g = 0; g < kSuperBlocks; ++g) {
        const ScaleMin of = scaleMin(scales, g);
        record[64 + kPanelRows * g + lane] = std::byte{of.scale};
        record[64 + kPanelRows * (kSuperBlocks + g) + lane] = std::byte{of.min};
    }
}

void put(const BlockQ4_K& block, std::byte* record, int, int lane)
{
    putScales(record, lane, block.d, block.dmin, block.scales);
    for (int i = 0; i < 4; ++i)
        putNibblePairs(block.q + 32 * i, record + kQ4KQuants + 2 * i * quantBytes(4), quantBytes(4),
                       lane);
}

void put(const BlockQ5_K& block, std::byte* record, int, int lane)
{
    putScales(record, lane, block.d, block.dmin, block.scales);
    for (int j = 0; j < kSuperBlocks; ++j) {
        std::byte* quants = record + kQ4KQuants + j * quantBytes(5);
        if (j % 2 == 0)
            putNibblePairs(block.low + 16 * j, quants, quantBytes(5), lane);
        Dword bits = 0;
        for (int g = 0; g < 8; ++g)
            bits |= (dword(block.high, g) >> j & 0x01010101) << g;
        putDword(quants + quantBytes(4), 0, lane, bits);
    }
}

void put(const BlockQ6_K& block, std::byte* record, int, int lane)
{
    const float d = halfToFloat(block.d);
    std::memcpy(record + 4 * lane, &d, 4);
    for (int g = 0; g < 2 * kSuperBlocks; ++g)
        record[64 + kPanelRows * g + lane] = static_cast<std::byte>(block.scales[g]);
    for (int j = 0; j < kSuperBlocks; ++j) {
        std::byte* quants = record + kQ6KQuants + j * quantBytes(6);
        const int quarter = j % 4;
        const uint8_t* low = block.low + 64 * (j / 4) + 32 * (quarter % 2);
        const uint8_t* high = block.high + 32 * (j / 4);
        const auto six = [&](int g) {
            const Dword nibble = dword(low, g) >> (quarter < 2 ? 0 : 4) & kLow;
            return nibble | (dword(high, g) >> 2 * quarter & kTwoBits) << 4;
        };
        for (int h = 0; h < 2; ++h) {
            const Dword last = six(4 * h + 3);
            for (int f = 0; f < 3; ++f)
                putDword(quants, 3 * h + f, lane, six(4 * h + f) | (last >> 2 * f & kTwoBits) << 6);
        }
    }
}

template <class T> void putElement(T element, std::byte* record, int, int lane)
{
    std::memcpy(record + sizeof(T) * static_cast<size_t>(lane), &element, sizeof(T));
}
void put(float element, std::byte* record, int j, int lane)
{
    putElement(element, record, j, lane);
}
void put(uint16_t element, std::byte* record, int j, int lane)
{
    putElement(element, record, j, lane);
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
    const Packing how = packing(type);
    const int blocks = in / how.elements;
    const size_t bytes = rowBytes(type, in);
    const int lanes = static_cast<int>(rows.size() / bytes);
    // Blocks outermost: the lanes of a record share its cache lines.
    for (int b = 0; b < blocks; ++b) {
        std::byte* record = panel + static_cast<size_t>(b / how.sourceBlocks) * how.recordBytes;
        for (int lane = 0; lane < lanes; ++lane) {
            Block block;
            std::memcpy(&block,
                        rows.data() + static_cast<size_t>(lane) * bytes +
                            static_cast<size_t>(b) * sizeof(Block),
                        sizeof(Block));
            put(block, record, b % how.sourceBlocks, lane);
        }
    }
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
        return packAs<float>(type, panel, rows, in);
    case DType::F16:
    case DType::BF16:
        return packAs<uint16_t>(type, panel, rows, in);
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
