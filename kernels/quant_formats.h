#pragma once

#include "kernels/dtype.h"

#include <cstdint>
#include <span>

namespace inglenook {

// The bit layout of each quantised block as it lies in GGUF files (little-endian), shared by all
// backends. "d" fields are IEEE binary16. Source: the GGUF format's block definitions.

/// 32 elements: w = d * q.
struct BlockQ8_0 {
    uint16_t d;
    int8_t q[32];
};

/// 32 elements: w = d * (q - 8). Byte i holds element i in its low and i + 16 in its high nibble.
struct BlockQ4_0 {
    uint16_t d;
    uint8_t q[16];
};

/// As Q4_0, but w = d * q + m.
struct BlockQ4_1 {
    uint16_t d;
    uint16_t m;
    uint8_t q[16];
};

/// 32 elements: w = d * (q - 16). The low four bits lie as in Q4_0; bit i of the 32 bits of high,
/// from the first byte's lowest on, is bit 4 of element i.
struct BlockQ5_0 {
    uint16_t d;
    uint8_t high[4];
    uint8_t low[16];
};

/// As Q5_0, but w = d * q + m.
struct BlockQ5_1 {
    uint16_t d;
    uint16_t m;
    uint8_t high[4];
    uint8_t low[16];
};

/// 256 elements in 16 groups of 16: w = d * scale[g] * q - dmin * min[g], q in 0..3; scale is the
/// low and min the high nibble of scales[g]. For each half n of 128, i < 32 and j < 4, bits 2 j and
/// 2 j + 1 of q[32 n + i] are element 128 n + 32 j + i.
struct BlockQ2_K {
    uint8_t scales[16];
    uint8_t q[64];
    uint16_t d;
    uint16_t dmin;
};

/// 256 elements in 16 groups of 16: w = d * (scale[g] - 32) * (q - 4), q in 0..7. The low two bits
/// lie as in Q2_K; bit 4 n + j of high[i] is bit 2 of element 128 n + 32 j + i. Of the 6 bits of a
/// scale, the low four are the nibbles of bytes 0..7 (groups 0..7 low, 8..15 high), the top two
/// bits 2 (g / 4) and 2 (g / 4) + 1 of byte 8 + g % 4.
struct BlockQ3_K {
    uint8_t high[32];
    uint8_t low[64];
    uint8_t scales[12];
    uint16_t d;
};

/// 256 elements in 8 groups of 32: w = d * scale[g] * q - dmin * min[g], q in 0..15.
/// Scales and mins have 6 bits: of groups 0..3 the low 6 bits of bytes g and g + 4; of groups 4..7
/// the low 4 bits are the low and high nibble of byte g + 4, the top 2 bits are the top bits of
/// bytes g - 4 and g. Bytes 32 j .. 32 j + 31 of q hold group 2 j in the low and group 2 j + 1 in
/// the high nibbles.
struct BlockQ4_K {
    uint16_t d;
    uint16_t dmin;
    uint8_t scales[12];
    uint8_t q[128];
};

/// As Q4_K with a fifth bit: bit g of high[i] is bit 4 of element i of group g.
struct BlockQ5_K {
    uint16_t d;
    uint16_t dmin;
    uint8_t scales[12];
    uint8_t high[32];
    uint8_t low[128];
};

/// 256 elements in 16 groups of 16: w = d * scale[g] * (q - 32), q of 6 bits. For each half n of
/// 128 and i < 32, elements 128 n + i + {0, 32, 64, 96} take their low nibbles from low[64 n + i]
/// (low), low[64 n + 32 + i] (low), low[64 n + i] (high), low[64 n + 32 + i] (high) and their top
/// bits from bits 0-1, 2-3, 4-5, 6-7 of high[32 n + i].
struct BlockQ6_K {
    uint8_t low[128];
    uint8_t high[64];
    int8_t scales[16];
    uint16_t d;
};

/// The 16 values of the IQ4 formats, spaced as the weights of models are: closer about zero.
inline constexpr int8_t kValuesIQ4[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                          1,    13,   25,  38,  53,  69,  89,  113};

/// 32 elements: w = d * kValuesIQ4[q]; nibbles as in Q4_0.
struct BlockIQ4_NL {
    uint16_t d;
    uint8_t q[16];
};

/// 256 elements in 8 groups of 32: w = d * (scale[g] - 32) * kValuesIQ4[q]. Of the 6 bits of a
/// scale the low four are nibble g of scalesLow (the low one first), the top two bits 2 g and 2 g +
/// 1 of scalesHigh. Group g has bytes 16 g .. 16 g + 15 of q, its nibbles as in Q4_0.
struct BlockIQ4_XS {
    uint16_t d;
    uint16_t scalesHigh;
    uint8_t scalesLow[4];
    uint8_t q[128];
};

/// Twice the values of E2M1: four bits of floating point.
inline constexpr int8_t kValuesFP4[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

/// 32 elements (OCP Microscaling Formats 1.0, section 5.3): w = 2^(exponent - 128) * kValuesFP4[q];
/// nibbles as in Q4_0.
struct BlockMXFP4 {
    uint8_t exponent;
    uint8_t q[16];
};

static_assert(sizeof(BlockQ4_1) == 20 && sizeof(BlockQ5_0) == 22 && sizeof(BlockQ5_1) == 24 &&
              sizeof(BlockQ2_K) == 84 && sizeof(BlockQ3_K) == 110 && sizeof(BlockIQ4_NL) == 18 &&
              sizeof(BlockIQ4_XS) == 136 && sizeof(BlockMXFP4) == 17);
static_assert(sizeof(BlockQ8_0) == 34 && sizeof(BlockQ4_0) == 18 && sizeof(BlockQ4_K) == 144 &&
              sizeof(BlockQ5_K) == 176 && sizeof(BlockQ6_K) == 210);

[[nodiscard]] float halfToFloat(uint16_t half);
[[nodiscard]] uint16_t floatToHalf(float value); // rounds to nearest even
[[nodiscard]] inline float bfloatToFloat(uint16_t b)
{
    const uint32_t bits = static_cast<uint32_t>(b) << 16;
    float f;
    __builtin_memcpy(&f, &bits, sizeof f);
    return f;
}

/// The 6-bit scale and minimum of group g (0..7) of a Q4_K or Q5_K block.
struct ScaleMin {
    uint8_t scale;
    uint8_t min;
};
[[nodiscard]] inline ScaleMin scaleMin(const uint8_t (&s)[12], int g)
{
    if (g < 4)
        return {static_cast<uint8_t>(s[g] & 63), static_cast<uint8_t>(s[g + 4] & 63)};
    return {static_cast<uint8_t>((s[g + 4] & 15) | ((s[g - 4] >> 6) << 4)),
            static_cast<uint8_t>((s[g + 4] >> 4) | ((s[g] >> 6) << 4))};
}

/// scale - 32 of group g (0..15) of a Q3_K block.
[[nodiscard]] inline int scaleQ3_K(const uint8_t (&s)[12], int g)
{
    const int low = g < 8 ? s[g] & 15 : s[g - 8] >> 4;
    return (low | (s[8 + g % 4] >> (2 * (g / 4)) & 3) << 4) - 32;
}

/// scale - 32 of group g (0..7) of an IQ4_XS block.
[[nodiscard]] inline int scaleIQ4_XS(const BlockIQ4_XS& block, int g)
{
    const int low = block.scalesLow[g / 2] >> (4 * (g % 2)) & 15;
    return (low | (block.scalesHigh >> (2 * g) & 3) << 4) - 32;
}

/// 2^(exponent - 128), the scale of an MXFP4 block, exactly: the two lowest are subnormal.
[[nodiscard]] inline float scaleMXFP4(uint8_t exponent)
{
    const uint32_t bits = exponent < 2 ? 0x00200000u << exponent : (exponent - 1u) << 23;
    float f;
    __builtin_memcpy(&f, &bits, sizeof f);
    return f;
}

/// Writes the exact values of one row. `row` has rowBytes(type, values.size()) bytes.
void dequantiseRow(DType type, std::span<const std::byte> row, std::span<float> values);

/// Rounds one row to a format, simply (nearest values, no search for better scales): for tests,
/// benchmarks and tiny models. The inverse of dequantiseRow up to the format's precision.
void quantiseRow(DType type, std::span<const float> values, std::span<std::byte> row);

} // namespace inglenook
