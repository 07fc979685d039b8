#include "kernels/cpu/unpack.h"

#include "kernels/cpu/packing.h"
#include "kernels/cpu/panels.h"
#include "kernels/quant_formats.h"

#include <cstring>

namespace inglenook::cpu {
namespace {

using Dword = uint32_t;
constexpr Dword kLow = 0x0f0f0f0f, kTwoBits = 0x03030303, kOneBit = 0x01010101;

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

float floatAt(const std::byte* record, int index)
{
    float value;
    std::memcpy(&value, record + 4 * index, 4);
    return value;
}

int byteAt(const std::byte* record, int offset)
{
    return static_cast<uint8_t>(record[offset]);
}

int signedByteAt(const std::byte* record, int offset)
{
    return static_cast<int8_t>(record[offset]);
}

/// Nibbles, then the vector of fifth bits.
Dword fiveBits(const std::byte* quants, int group, int lane)
{
    return nibbles(quants, group, lane) |
        (dwordAt(quants + quantBytes(4), 0, lane) >> group & kOneBit) << 4;
}

/// The bodies may not include the tables of the formats, so they have their own.
constexpr bool equal(const int8_t (&values)[16], const uint8_t (&without)[16], int zero)
{
    for (int i = 0; i < 16; ++i)
        if (values[i] != without[i] - zero)
            return false;
    return true;
}
static_assert(equal(kValuesIQ4, kUnsignedIQ4, 128) && equal(kValuesFP4, kUnsignedFP4, 12));

/// Nibbles that stand for the values of a table.
Dword valuesOf(const uint8_t (&table)[16], Dword nibbles)
{
    Dword values = 0;
    for (int c = 0; c < 4; ++c)
        values |= static_cast<Dword>(table[nibbles >> 8 * c & 15]) << 8 * c;
    return values;
}

/// The unsigned quants of group g of block j, and w = scale * (q - zero) - min.
struct Group {
    Dword quants;
    int zero;
    float scale;
    float min = 0.f;
};

Group groupQ8_0(const std::byte* record, int j, int g, int lane)
{
    return {dwordAt(record + 64 + quantBytes(8) * j, g, lane), 128,
            halfAt(record, kPanelRows * j + lane)};
}

Group groupQ4_0(const std::byte* record, int j, int g, int lane)
{
    return {nibbles(record + 64 + quantBytes(4) * j, g, lane), 8,
            halfAt(record, kPanelRows * j + lane)};
}

Group groupQ5_1(const std::byte* record, int j, int g, int lane)
{
    return {fiveBits(record + kQ51Quants + quantBytes(5) * j, g, lane), 0,
            halfAt(record, kPanelRows * j + lane),
            -halfAt(record, kPanelRows * (kPairBlocks + j) + lane)};
}

Group groupMXFP4(const std::byte* record, int j, int g, int lane)
{
    const int exponent = byteAt(record, kPanelRows * j + lane);
    return {valuesOf(kUnsignedFP4, nibbles(record + 64 + quantBytes(4) * j, g, lane)), 12,
            scaleMXFP4(static_cast<uint8_t>(exponent))};
}

Group groupQ2K(const std::byte* record, int j, int g, int lane)
{
    const int half = g / 4;
    const int both = byteAt(record, 64 + 2 * (kPanelRows * j + lane) + half);
    const std::byte* quants = record + kQ2KQuants + quantBytes(2) * j;
    return {dwordAt(quants, half, lane) >> 2 * (g % 4) & kTwoBits, 0,
            halfAt(record, lane) * static_cast<float>(both & 15),
            halfAt(record, kPanelRows + lane) * static_cast<float>(both >> 4)};
}

/// Q3_K and Q6_K have a signed scale for each half of a block.
float scaleOfHalf(const std::byte* record, int j, int g, int lane)
{
    return floatAt(record, lane) *
        static_cast<float>(signedByteAt(record, 64 + kPanelRows * (2 * j + g / 4) + lane));
}

Group groupQ3K(const std::byte* record, int j, int g, int lane)
{
    const std::byte* quants = record + kQ3KQuants + quantBytes(3) * j;
    const auto vector = [&](int v) { return dwordAt(quants, v, lane); };
    Dword q;
    if (g < 6)
        q = vector(g / 2) >> (g % 2 == 0 ? 3 : 0) & 7 * kOneBit;
    else
        q = (vector(g - 6) >> 6 & kTwoBits) | (vector(2) >> g & kOneBit) << 2;
    return {q << 3, 32, scaleOfHalf(record, j, g, lane)};
}

Group groupQ45K(const std::byte* record, int j, int g, int lane, int bits)
{
    const auto byte = [&](int row) {
        return static_cast<float>(byteAt(record, 64 + kPanelRows * row + lane));
    };
    const std::byte* quants = record + kQ4KQuants + quantBytes(bits) * j;
    return {bits == 5 ? fiveBits(quants, g, lane) : nibbles(quants, g, lane), 0,
            halfAt(record, lane) * byte(j), halfAt(record, kPanelRows + lane) * byte(8 + j)};
}

Group groupQ6K(const std::byte* record, int j, int g, int lane)
{
    const std::byte* quants = record + kQ6KQuants + quantBytes(6) * j;
    const auto vector = [&](int f) { return dwordAt(quants, 3 * (g / 4) + f, lane); };
    Dword q = 0;
    if (g % 4 < 3)
        q = vector(g % 4) & ~(kTwoBits << 6);
    else
        for (int f = 0; f < 3; ++f)
            q |= (vector(f) >> 6 & kTwoBits) << 2 * f;
    return {q, 32, scaleOfHalf(record, j, g, lane)};
}

Group groupIQ4XS(const std::byte* record, int j, int g, int lane)
{
    const int scale = signedByteAt(record, 64 + kPanelRows * j + lane);
    const std::byte* quants = record + kIQ4XSQuants + quantBytes(4) * j;
    return {valuesOf(kUnsignedIQ4, nibbles(quants, g, lane)), 128,
            floatAt(record, lane) * static_cast<float>(scale)};
}

Group group(DType type, const std::byte* record, int j, int g, int lane)
{
    switch (type) {
    case DType::Q8_0:
        return groupQ8_0(record, j, g, lane);
    case DType::Q4_0:
        return groupQ4_0(record, j, g, lane);
    case DType::Q5_1:
        return groupQ5_1(record, j, g, lane);
    case DType::MXFP4:
        return groupMXFP4(record, j, g, lane);
    case DType::Q2_K:
        return groupQ2K(record, j, g, lane);
    case DType::Q3_K:
        return groupQ3K(record, j, g, lane);
    case DType::Q4_K:
        return groupQ45K(record, j, g, lane, 4);
    case DType::Q5_K:
        return groupQ45K(record, j, g, lane, 5);
    case DType::IQ4_XS:
        return groupIQ4XS(record, j, g, lane);
    default:
        return groupQ6K(record, j, g, lane);
    }
}

void unpackQuants(DType type, const std::byte* panel, int lane, std::span<float> values)
{
    const Packing how = packing(type);
    const int blocks = how.elements / kBlock;
    for (size_t i = 0; i < values.size(); i += 4) {
        const int k = static_cast<int>(i);
        const std::byte* record = panel + static_cast<size_t>(k / how.elements) * how.recordBytes;
        const Group of = group(type, record, k / kBlock % blocks, k / 4 % 8, lane);
        for (size_t c = 0; c < 4; ++c) {
            const int q = static_cast<int>(of.quants >> 8 * c & 255) - of.zero;
            values[i + c] = of.scale * static_cast<float>(q) - of.min;
        }
    }
}

} // namespace

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
