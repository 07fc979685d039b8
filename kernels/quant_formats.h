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

/// Writes the exact values of one row. `row` has rowBytes(type, values.size()) bytes.
void dequantiseRow(DType type, std::span<const std::byte> row, std::span<float> values);

/// Rounds one row to a format, simply (nearest values, no search for better scales): for tests,
/// benchmarks and tiny models. The inverse of dequantiseRow up to the format's precision.
void quantiseRow(DType type, std::span<const float> values, std::span<std::byte> row);

} // namespace inglenook
