#include "kernels/quant_formats.h"
#include "kernels/quant_places.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace inglenook {

namespace {

float inverse(float value)
{
    return value != 0.f ? 1.f / value : 0.f;
}

int nearest(float value, int low, int high)
{
    return static_cast<int>(
        std::clamp(std::nearbyint(value), static_cast<float>(low), static_cast<float>(high)));
}

/// The value of greatest magnitude, with its sign.
float extreme(std::span<const float> w)
{
    return *std::ranges::max_element(w, {}, [](float v) { return std::fabs(v); });
}

void encode(std::span<const float, 32> w, BlockQ8_0& block)
{
    block.d = floatToHalf(std::fabs(extreme(w)) / 127.f);
    const float perStep = inverse(halfToFloat(block.d));
    for (size_t i = 0; i < 32; ++i)
        block.q[i] = static_cast<int8_t>(nearest(w[i] * perStep, -127, 127));
}

void encode(std::span<const float, 32> w, BlockQ4_0& block)
{
    block.d = floatToHalf(extreme(w) / -8.f); // the extreme becomes q = 0, the only q with -8
    const float perStep = inverse(halfToFloat(block.d));
    for (size_t i = 0; i < 16; ++i) {
        const int low = nearest(w[i] * perStep + 8.f, 0, 15);
        const int high = nearest(w[i + 16] * perStep + 8.f, 0, 15);
        block.q[i] = static_cast<uint8_t>(low | (high << 4));
    }
}

/// Fits the scales and minimums of a Q4_K or Q5_K block, then rounds its elements to 0..levels.
template <class Block>
void encodeGroups(std::span<const float, 256> w, int levels, Block& block,
                  std::span<uint8_t, 256> q)
{
    float scales[8];
    float mins[8];
    for (size_t g = 0; g < 8; ++g) {
        const auto [least, greatest] = std::ranges::minmax(w.subspan(32 * g, 32));
        mins[g] = std::max(0.f, -least);
        scales[g] = (std::max(0.f, greatest) + mins[g]) / static_cast<float>(levels);
    }
    block.d = floatToHalf(*std::ranges::max_element(scales) / 63.f);
    block.dmin = floatToHalf(*std::ranges::max_element(mins) / 63.f);
    const float d = halfToFloat(block.d);
    const float dmin = halfToFloat(block.dmin);

    std::ranges::fill(block.scales, uint8_t{0});
    for (size_t g = 0; g < 8; ++g) {
        const int scale = nearest(scales[g] * inverse(d), 0, 63);
        const int min = nearest(mins[g] * inverse(dmin), 0, 63);
        if (g < 4) {
            block.scales[g] = static_cast<uint8_t>(block.scales[g] | scale);
            block.scales[g + 4] = static_cast<uint8_t>(block.scales[g + 4] | min);
        } else {
            block.scales[g + 4] = static_cast<uint8_t>((scale & 15) | ((min & 15) << 4));
            block.scales[g - 4] = static_cast<uint8_t>(block.scales[g - 4] | (scale >> 4 << 6));
            block.scales[g] = static_cast<uint8_t>(block.scales[g] | (min >> 4 << 6));
        }
        const float perStep = inverse(d * static_cast<float>(scale));
        const float offset = dmin * static_cast<float>(min);
        for (size_t i = 32 * g; i < 32 * g + 32; ++i)
            q[i] = static_cast<uint8_t>(nearest((w[i] + offset) * perStep, 0, levels));
    }
}

void encode(std::span<const float, 256> w, BlockQ4_K& block)
{
    uint8_t q[256];
    encodeGroups(w, 15, block, q);
    for (size_t i = 0; i < 128; ++i) {
        const size_t e = i / 32 * 64 + i % 32;
        block.q[i] = static_cast<uint8_t>(q[e] | (q[e + 32] << 4));
    }
}

void encode(std::span<const float, 256> w, BlockQ5_K& block)
{
    uint8_t q[256];
    encodeGroups(w, 31, block, q);
    for (size_t i = 0; i < 128; ++i) {
        const size_t e = i / 32 * 64 + i % 32;
        block.low[i] = static_cast<uint8_t>((q[e] & 15) | ((q[e + 32] & 15) << 4));
    }
    for (size_t i = 0; i < 32; ++i) {
        int bits = 0;
        for (size_t g = 0; g < 8; ++g)
            bits |= (q[32 * g + i] >> 4) << g;
        block.high[i] = static_cast<uint8_t>(bits);
    }
}

void encode(std::span<const float, 256> w, BlockQ6_K& block)
{
    float scales[16];
    for (size_t g = 0; g < 16; ++g)
        scales[g] = extreme(w.subspan(16 * g, 16)) / -32.f; // q - 32 = -32 reaches the extreme
    block.d = floatToHalf(std::fabs(extreme(scales)) / 127.f);
    const float d = halfToFloat(block.d);
    std::ranges::fill(block.low, uint8_t{0});
    std::ranges::fill(block.high, uint8_t{0});
    for (size_t e = 0; e < 256; ++e) {
        const size_t g = e / 16;
        block.scales[g] = static_cast<int8_t>(nearest(scales[g] * inverse(d), -127, 127));
        const int q = nearest(w[e] * inverse(d * block.scales[g]) + 32.f, 0, 63);
        const PlaceQ6_K p = placeQ6_K(e);
        block.low[p.low] = static_cast<uint8_t>(block.low[p.low] | ((q & 15) << p.lowShift));
        block.high[p.high] = static_cast<uint8_t>(block.high[p.high] | (q >> 4 << p.highShift));
    }
}

void setNibble(uint8_t* q, size_t i, int value)
{
    q[i % 16] = static_cast<uint8_t>(i < 16 ? value : q[i % 16] | value << 4);
}

/// d and m so that d * q + m reaches from the least to the greatest.
struct Line {
    uint16_t d;
    uint16_t m;

    Line(std::span<const float> w, int levels)
    {
        const auto [least, greatest] = std::ranges::minmax(w);
        d = floatToHalf((greatest - least) / static_cast<float>(levels));
        m = floatToHalf(least);
    }
    [[nodiscard]] int nearestTo(float value, int levels) const
    {
        return nearest((value - halfToFloat(m)) * inverse(halfToFloat(d)), 0, levels);
    }
};

void encode(std::span<const float, 32> w, BlockQ4_1& block)
{
    const Line line(w, 15);
    block.d = line.d;
    block.m = line.m;
    for (size_t i = 0; i < 32; ++i)
        setNibble(block.q, i, line.nearestTo(w[i], 15));
}

void setFiveBits(uint8_t (&low)[16], uint8_t (&high)[4], size_t i, int value)
{
    setNibble(low, i, value & 15);
    high[i / 8] = static_cast<uint8_t>((i % 8 == 0 ? 0 : high[i / 8]) | value >> 4 << i % 8);
}

void encode(std::span<const float, 32> w, BlockQ5_0& block)
{
    block.d = floatToHalf(extreme(w) / -16.f); // the extreme becomes q = 0, the only q with -16
    const float perStep = inverse(halfToFloat(block.d));
    for (size_t i = 0; i < 32; ++i)
        setFiveBits(block.low, block.high, i, nearest(w[i] * perStep + 16.f, 0, 31));
}

void encode(std::span<const float, 32> w, BlockQ5_1& block)
{
    const Line line(w, 31);
    block.d = line.d;
    block.m = line.m;
    for (size_t i = 0; i < 32; ++i)
        setFiveBits(block.low, block.high, i, line.nearestTo(w[i], 31));
}

void encode(std::span<const float, 256> w, BlockQ2_K& block)
{
    float scales[16];
    float mins[16];
    for (size_t g = 0; g < 16; ++g) {
        const auto [least, greatest] = std::ranges::minmax(w.subspan(16 * g, 16));
        mins[g] = std::max(0.f, -least);
        scales[g] = (std::max(0.f, greatest) + mins[g]) / 3.f;
    }
    block.d = floatToHalf(*std::ranges::max_element(scales) / 15.f);
    block.dmin = floatToHalf(*std::ranges::max_element(mins) / 15.f);
    const float d = halfToFloat(block.d);
    const float dmin = halfToFloat(block.dmin);
    std::ranges::fill(block.q, uint8_t{0});
    for (size_t e = 0; e < 256; ++e) {
        const int scale = nearest(scales[e / 16] * inverse(d), 0, 15);
        const int min = nearest(mins[e / 16] * inverse(dmin), 0, 15);
        block.scales[e / 16] = static_cast<uint8_t>(scale | min << 4);
        const float shifted = w[e] + dmin * static_cast<float>(min);
        const int q = nearest(shifted * inverse(d * static_cast<float>(scale)), 0, 3);
        const PlaceOfTwoBits p = placeOfTwoBits(e);
        block.q[p.byte] = static_cast<uint8_t>(block.q[p.byte] | q << p.shift);
    }
}

void encode(std::span<const float, 256> w, BlockQ3_K& block)
{
    float scales[16];
    for (size_t g = 0; g < 16; ++g)
        scales[g] = extreme(w.subspan(16 * g, 16)) / -4.f; // q - 4 = -4 reaches the extreme
    block.d = floatToHalf(std::fabs(extreme(scales)) / 31.f);
    const float d = halfToFloat(block.d);
    std::ranges::fill(block.high, uint8_t{0});
    std::ranges::fill(block.low, uint8_t{0});
    std::ranges::fill(block.scales, uint8_t{0});
    for (size_t g = 0; g < 16; ++g) {
        const int scale = nearest(scales[g] * inverse(d), -32, 31) + 32;
        uint8_t& low = block.scales[g % 8];
        low = static_cast<uint8_t>(low | (scale & 15) << (g < 8 ? 0 : 4));
        uint8_t& high = block.scales[8 + g % 4];
        high = static_cast<uint8_t>(high | scale >> 4 << 2 * (g / 4));
    }
    for (size_t e = 0; e < 256; ++e) {
        const int scale = scaleQ3_K(block.scales, static_cast<int>(e / 16));
        const int q = nearest(w[e] * inverse(d * static_cast<float>(scale)) + 4.f, 0, 7);
        const PlaceOfTwoBits p = placeOfTwoBits(e);
        block.low[p.byte] = static_cast<uint8_t>(block.low[p.byte] | (q & 3) << p.shift);
        block.high[p.highByte] =
            static_cast<uint8_t>(block.high[p.highByte] | q >> 2 << p.highShift);
    }
}

/// The index of the value of a table that is nearest.
int nearestOf(const int8_t (&table)[16], float value)
{
    const auto distance = [=](int8_t v) { return std::fabs(value - static_cast<float>(v)); };
    return static_cast<int>(std::ranges::min_element(table, {}, distance) - table);
}

void encode(std::span<const float, 32> w, BlockIQ4_NL& block)
{
    block.d = floatToHalf(extreme(w) / -127.f); // the value of greatest magnitude
    const float perStep = inverse(halfToFloat(block.d));
    for (size_t i = 0; i < 32; ++i)
        setNibble(block.q, i, nearestOf(kValuesIQ4, w[i] * perStep));
}

void encode(std::span<const float, 256> w, BlockIQ4_XS& block)
{
    float scales[8];
    for (size_t g = 0; g < 8; ++g)
        scales[g] = extreme(w.subspan(32 * g, 32)) / -127.f;
    block.d = floatToHalf(std::fabs(extreme(scales)) / 31.f);
    const float d = halfToFloat(block.d);
    block.scalesHigh = 0;
    std::ranges::fill(block.scalesLow, uint8_t{0});
    for (size_t g = 0; g < 8; ++g) {
        const int scale = nearest(scales[g] * inverse(d), -32, 31) + 32;
        uint8_t& low = block.scalesLow[g / 2];
        low = static_cast<uint8_t>(low | (scale & 15) << 4 * (g % 2));
        block.scalesHigh = static_cast<uint16_t>(block.scalesHigh | scale >> 4 << 2 * g);
    }
    for (size_t e = 0; e < 256; ++e) {
        const int scale = scaleIQ4_XS(block, static_cast<int>(e / 32));
        const float value = w[e] * inverse(d * static_cast<float>(scale));
        setNibble(block.q + e / 32 * 16, e % 32, nearestOf(kValuesIQ4, value));
    }
}

void encode(std::span<const float, 32> w, BlockMXFP4& block)
{
    // The power of two that brings the greatest magnitude to 4 .. 8 (8 becomes 6).
    const float greatest = std::fabs(extreme(w));
    const int power = greatest > 0.f ? std::ilogb(greatest) - 2 : -127;
    block.exponent = static_cast<uint8_t>(std::clamp(power + 127, 0, 254));
    const float perStep = inverse(scaleMXFP4(block.exponent));
    for (size_t i = 0; i < 32; ++i)
        setNibble(block.q, i, nearestOf(kValuesFP4, w[i] * perStep));
}

// Rows

template <class Block, size_t kElements>
void encodeBlocks(std::span<const float> values, std::span<std::byte> row)
{
    for (size_t b = 0; b < values.size() / kElements; ++b) {
        Block block;
        encode(values.subspan(b * kElements).template first<kElements>(), block);
        std::memcpy(row.data() + b * sizeof block, &block, sizeof block);
    }
}

void writeHalf(std::span<std::byte> row, size_t i, uint16_t half)
{
    std::memcpy(row.data() + 2 * i, &half, sizeof half);
}

uint16_t floatToBfloat(float value)
{
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return static_cast<uint16_t>((bits >> 16) | 0x40u);
    return static_cast<uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

} // namespace

void quantiseRow(DType type, std::span<const float> values, std::span<std::byte> row)
{
    checkQuantRow(type, values.size(), row.size());
    switch (type) {
    case DType::F32:
        std::memcpy(row.data(), values.data(), row.size());
        break;
    case DType::F16:
        for (size_t i = 0; i < values.size(); ++i)
            writeHalf(row, i, floatToHalf(values[i]));
        break;
    case DType::BF16:
        for (size_t i = 0; i < values.size(); ++i)
            writeHalf(row, i, floatToBfloat(values[i]));
        break;
    case DType::Q8_0:
        return encodeBlocks<BlockQ8_0, 32>(values, row);
    case DType::Q4_0:
        return encodeBlocks<BlockQ4_0, 32>(values, row);
    case DType::Q4_1:
        return encodeBlocks<BlockQ4_1, 32>(values, row);
    case DType::Q5_0:
        return encodeBlocks<BlockQ5_0, 32>(values, row);
    case DType::Q5_1:
        return encodeBlocks<BlockQ5_1, 32>(values, row);
    case DType::Q2_K:
        return encodeBlocks<BlockQ2_K, 256>(values, row);
    case DType::Q3_K:
        return encodeBlocks<BlockQ3_K, 256>(values, row);
    case DType::Q4_K:
        return encodeBlocks<BlockQ4_K, 256>(values, row);
    case DType::Q5_K:
        return encodeBlocks<BlockQ5_K, 256>(values, row);
    case DType::Q6_K:
        return encodeBlocks<BlockQ6_K, 256>(values, row);
    case DType::IQ4_NL:
        return encodeBlocks<BlockIQ4_NL, 32>(values, row);
    case DType::IQ4_XS:
        return encodeBlocks<BlockIQ4_XS, 256>(values, row);
    case DType::MXFP4:
        return encodeBlocks<BlockMXFP4, 32>(values, row);
    case DType::I32:
        break; // refused above
    }
}

} // namespace inglenook
