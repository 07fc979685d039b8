#include "kernels/quant_formats.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>

namespace inglenook {

float halfToFloat(uint16_t half)
{
    const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
    const uint32_t exponent = (half >> 10) & 31u;
    const uint32_t fraction = half & 0x3ffu;
    if (exponent == 31) // infinity or not a number
        return std::bit_cast<float>(sign | 0x7f800000u | (fraction << 13));
    if (exponent == 0) { // zero or subnormal: fraction * 2^-24
        const float value = static_cast<float>(fraction) * 0x1p-24f;
        return sign != 0 ? -value : value;
    }
    return std::bit_cast<float>(sign | ((exponent + 112u) << 23) | (fraction << 13));
}

uint16_t floatToHalf(float value)
{
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    const uint32_t sign = (bits >> 16) & 0x8000u;
    const uint32_t magnitude = bits & 0x7fffffffu;
    uint32_t half = 0;
    if (magnitude > 0x7f800000u) { // not a number: quiet, with the upper bits of its payload
        half = 0x7e00u | ((magnitude >> 13) & 0x3ffu);
    } else if (magnitude >= 0x477ff000u) { // 65520 and above round to infinity
        half = 0x7c00u;
    } else if (magnitude >= 0x38800000u) { // 2^-14 and above are normal
        const uint32_t odd = (magnitude >> 13) & 1u;
        half = (magnitude - 0x38000000u + 0xfffu + odd) >> 13;
    } else { // the last bit of 0.5 + v is worth 2^-24, as that of a subnormal half
        const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
        half = std::bit_cast<uint32_t>(shifted) - std::bit_cast<uint32_t>(0.5f);
    }
    return static_cast<uint16_t>(sign | half);
}

namespace {

// Decoding. Products of a half, a scale of 8 bits at most and a quant fit a float exactly, so each
// value is rounded once at most.

void decode(const BlockQ8_0& block, std::span<float, 32> w)
{
    const float d = halfToFloat(block.d);
    for (size_t i = 0; i < 32; ++i)
        w[i] = d * block.q[i];
}

void decode(const BlockQ4_0& block, std::span<float, 32> w)
{
    const float d = halfToFloat(block.d);
    for (size_t i = 0; i < 16; ++i) {
        w[i] = d * static_cast<float>((block.q[i] & 15) - 8);
        w[i + 16] = d * static_cast<float>((block.q[i] >> 4) - 8);
    }
}

void decode(const BlockQ4_K& block, std::span<float, 256> w)
{
    for (size_t g = 0; g < 8; ++g) {
        const auto [scale, min] = scaleMin(block.scales, static_cast<int>(g));
        const float d = halfToFloat(block.d) * scale;
        const float m = halfToFloat(block.dmin) * min;
        const size_t shift = g % 2 * 4;
        for (size_t i = 0; i < 32; ++i)
            w[32 * g + i] = d * static_cast<float>((block.q[g / 2 * 32 + i] >> shift) & 15) - m;
    }
}

void decode(const BlockQ5_K& block, std::span<float, 256> w)
{
    for (size_t g = 0; g < 8; ++g) {
        const auto [scale, min] = scaleMin(block.scales, static_cast<int>(g));
        const float d = halfToFloat(block.d) * scale;
        const float m = halfToFloat(block.dmin) * min;
        const size_t shift = g % 2 * 4;
        for (size_t i = 0; i < 32; ++i) {
            const int low = (block.low[g / 2 * 32 + i] >> shift) & 15;
            const int high = (block.high[i] >> g) & 1;
            w[32 * g + i] = d * static_cast<float>(low | (high << 4)) - m;
        }
    }
}

/// Where a Q6_K block keeps element `e`.
struct PlaceQ6_K {
    size_t low; // byte
    int lowShift;
    size_t high; // byte
    int highShift;
};

PlaceQ6_K placeQ6_K(size_t e)
{
    const size_t half = e / 128;
    const size_t quarter = e % 128 / 32;
    const size_t i = e % 32;
    return {.low = 64 * half + quarter % 2 * 32 + i,
            .lowShift = quarter < 2 ? 0 : 4,
            .high = 32 * half + i,
            .highShift = static_cast<int>(2 * quarter)};
}

void decode(const BlockQ6_K& block, std::span<float, 256> w)
{
    const float d = halfToFloat(block.d);
    for (size_t e = 0; e < 256; ++e) {
        const PlaceQ6_K p = placeQ6_K(e);
        const int low = (block.low[p.low] >> p.lowShift) & 15;
        const int high = (block.high[p.high] >> p.highShift) & 3;
        w[e] = d * block.scales[e / 16] * static_cast<float>((low | (high << 4)) - 32);
    }
}

// Encoding

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

// Rows of blocks

template <class Block, size_t kElements>
void decodeBlocks(std::span<const std::byte> row, std::span<float> values)
{
    for (size_t b = 0; b < values.size() / kElements; ++b) {
        Block block;
        std::memcpy(&block, row.data() + b * sizeof block, sizeof block);
        decode(block, values.subspan(b * kElements).template first<kElements>());
    }
}

template <class Block, size_t kElements>
void encodeBlocks(std::span<const float> values, std::span<std::byte> row)
{
    for (size_t b = 0; b < values.size() / kElements; ++b) {
        Block block;
        encode(values.subspan(b * kElements).template first<kElements>(), block);
        std::memcpy(row.data() + b * sizeof block, &block, sizeof block);
    }
}

uint16_t readHalf(std::span<const std::byte> row, size_t i)
{
    uint16_t half = 0;
    std::memcpy(&half, row.data() + 2 * i, sizeof half);
    return half;
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

void checkRow(DType type, size_t values, size_t bytes)
{
    const bool whole = values % static_cast<size_t>(facts(type).blockElements) == 0;
    if (type == DType::I32 || !whole || rowBytes(type, static_cast<int>(values)) != bytes)
        throw std::invalid_argument("A row of " + std::to_string(values) + " values does not fit " +
                                    std::to_string(bytes) + " bytes of " + std::string(name(type)));
}

} // namespace

void dequantiseRow(DType type, std::span<const std::byte> row, std::span<float> values)
{
    checkRow(type, values.size(), row.size());
    switch (type) {
    case DType::F32:
        std::memcpy(values.data(), row.data(), row.size());
        break;
    case DType::F16:
        for (size_t i = 0; i < values.size(); ++i)
            values[i] = halfToFloat(readHalf(row, i));
        break;
    case DType::BF16:
        for (size_t i = 0; i < values.size(); ++i)
            values[i] = bfloatToFloat(readHalf(row, i));
        break;
    case DType::Q8_0:
        return decodeBlocks<BlockQ8_0, 32>(row, values);
    case DType::Q4_0:
        return decodeBlocks<BlockQ4_0, 32>(row, values);
    case DType::Q4_K:
        return decodeBlocks<BlockQ4_K, 256>(row, values);
    case DType::Q5_K:
        return decodeBlocks<BlockQ5_K, 256>(row, values);
    case DType::Q6_K:
        return decodeBlocks<BlockQ6_K, 256>(row, values);
    case DType::I32:
        break; // refused above
    }
}

void quantiseRow(DType type, std::span<const float> values, std::span<std::byte> row)
{
    checkRow(type, values.size(), row.size());
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
    case DType::Q4_K:
        return encodeBlocks<BlockQ4_K, 256>(values, row);
    case DType::Q5_K:
        return encodeBlocks<BlockQ5_K, 256>(values, row);
    case DType::Q6_K:
        return encodeBlocks<BlockQ6_K, 256>(values, row);
    case DType::I32:
        break; // refused above
    }
}

} // namespace inglenook
