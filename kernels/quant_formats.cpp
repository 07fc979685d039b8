#include "kernels/quant_formats.h"
#include "kernels/quant_places.h"

#include <bit>
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

void decode(const BlockQ4_1& block, std::span<float, 32> w)
{
    for (size_t i = 0; i < 32; ++i)
        w[i] = halfToFloat(block.d) * static_cast<float>(nibble(block.q, i)) + halfToFloat(block.m);
}

void decode(const BlockQ5_0& block, std::span<float, 32> w)
{
    for (size_t i = 0; i < 32; ++i) {
        const int q = nibble(block.low, i) | fifthBit(block.high, i) << 4;
        w[i] = halfToFloat(block.d) * static_cast<float>(q - 16);
    }
}

void decode(const BlockQ5_1& block, std::span<float, 32> w)
{
    for (size_t i = 0; i < 32; ++i) {
        const int q = nibble(block.low, i) | fifthBit(block.high, i) << 4;
        w[i] = halfToFloat(block.d) * static_cast<float>(q) + halfToFloat(block.m);
    }
}

void decode(const BlockQ2_K& block, std::span<float, 256> w)
{
    for (size_t e = 0; e < 256; ++e) {
        const PlaceOfTwoBits p = placeOfTwoBits(e);
        const int scales = block.scales[e / 16];
        const float d = halfToFloat(block.d) * static_cast<float>(scales & 15);
        const float m = halfToFloat(block.dmin) * static_cast<float>(scales >> 4);
        w[e] = d * static_cast<float>(block.q[p.byte] >> p.shift & 3) - m;
    }
}

void decode(const BlockQ3_K& block, std::span<float, 256> w)
{
    for (size_t e = 0; e < 256; ++e) {
        const PlaceOfTwoBits p = placeOfTwoBits(e);
        const int q =
            (block.low[p.byte] >> p.shift & 3) | (block.high[p.highByte] >> p.highShift & 1) << 2;
        const int scale = scaleQ3_K(block.scales, static_cast<int>(e / 16));
        w[e] = halfToFloat(block.d) * static_cast<float>(scale * (q - 4));
    }
}

void decode(const BlockIQ4_NL& block, std::span<float, 32> w)
{
    for (size_t i = 0; i < 32; ++i)
        w[i] = halfToFloat(block.d) * kValuesIQ4[nibble(block.q, i)];
}

void decode(const BlockIQ4_XS& block, std::span<float, 256> w)
{
    for (size_t e = 0; e < 256; ++e) {
        const int value = kValuesIQ4[nibble(block.q + e / 32 * 16, e % 32)];
        const int scale = scaleIQ4_XS(block, static_cast<int>(e / 32));
        w[e] = halfToFloat(block.d) * static_cast<float>(scale * value);
    }
}

void decode(const BlockMXFP4& block, std::span<float, 32> w)
{
    for (size_t i = 0; i < 32; ++i)
        w[i] = scaleMXFP4(block.exponent) * kValuesFP4[nibble(block.q, i)];
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

template <class Block, size_t kElements>
void decodeBlocks(std::span<const std::byte> row, std::span<float> values)
{
    for (size_t b = 0; b < values.size() / kElements; ++b) {
        Block block;
        std::memcpy(&block, row.data() + b * sizeof block, sizeof block);
        decode(block, values.subspan(b * kElements).template first<kElements>());
    }
}

uint16_t readHalf(std::span<const std::byte> row, size_t i)
{
    uint16_t half = 0;
    std::memcpy(&half, row.data() + 2 * i, sizeof half);
    return half;
}

} // namespace

void checkQuantRow(DType type, size_t values, size_t bytes)
{
    const bool whole = values % static_cast<size_t>(facts(type).blockElements) == 0;
    if (type == DType::I32 || !whole || rowBytes(type, static_cast<int>(values)) != bytes)
        throw std::invalid_argument("A row of " + std::to_string(values) + " values does not fit " +
                                    std::to_string(bytes) + " bytes of " + std::string(name(type)));
}

void dequantiseRow(DType type, std::span<const std::byte> row, std::span<float> values)
{
    checkQuantRow(type, values.size(), row.size());
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
    case DType::Q4_1:
        return decodeBlocks<BlockQ4_1, 32>(row, values);
    case DType::Q5_0:
        return decodeBlocks<BlockQ5_0, 32>(row, values);
    case DType::Q5_1:
        return decodeBlocks<BlockQ5_1, 32>(row, values);
    case DType::Q2_K:
        return decodeBlocks<BlockQ2_K, 256>(row, values);
    case DType::Q3_K:
        return decodeBlocks<BlockQ3_K, 256>(row, values);
    case DType::Q4_K:
        return decodeBlocks<BlockQ4_K, 256>(row, values);
    case DType::Q5_K:
        return decodeBlocks<BlockQ5_K, 256>(row, values);
    case DType::Q6_K:
        return decodeBlocks<BlockQ6_K, 256>(row, values);
    case DType::IQ4_NL:
        return decodeBlocks<BlockIQ4_NL, 32>(row, values);
    case DType::IQ4_XS:
        return decodeBlocks<BlockIQ4_XS, 256>(row, values);
    case DType::MXFP4:
        return decodeBlocks<BlockMXFP4, 32>(row, values);
    case DType::I32:
        break; // refused above
    }
}

} // namespace inglenook
