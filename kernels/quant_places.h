#pragma once

#include "kernels/dtype.h"

#include <cstddef>
#include <cstdint>

namespace inglenook {

// Where the quants of an element lie in a block: shared by decoding (quant_formats.cpp) and
// encoding (quantise_row.cpp).

/// Element i (0..31) of 16 bytes of nibbles, as the formats with blocks of 32 keep them.
[[nodiscard]] inline int nibble(const uint8_t* q, size_t i)
{
    return i < 16 ? q[i] & 15 : q[i - 16] >> 4;
}

[[nodiscard]] inline int fifthBit(const uint8_t (&high)[4], size_t i)
{
    return high[i / 8] >> (i % 8) & 1;
}

/// Where Q2_K and Q3_K keep the low two bits of element `e`, and the bit of `high` of Q3_K.
struct PlaceOfTwoBits {
    size_t byte;
    int shift;
    size_t highByte;
    int highShift;
};

[[nodiscard]] inline PlaceOfTwoBits placeOfTwoBits(size_t e)
{
    const size_t half = e / 128;
    const size_t j = e % 128 / 32;
    return {.byte = 32 * half + e % 32,
            .shift = static_cast<int>(2 * j),
            .highByte = e % 32,
            .highShift = static_cast<int>(4 * half + j)};
}

/// Where a Q6_K block keeps element `e`.
struct PlaceQ6_K {
    size_t low; // byte
    int lowShift;
    size_t high; // byte
    int highShift;
};

[[nodiscard]] inline PlaceQ6_K placeQ6_K(size_t e)
{
    const size_t half = e / 128;
    const size_t quarter = e % 128 / 32;
    const size_t i = e % 32;
    return {.low = 64 * half + quarter % 2 * 32 + i,
            .lowShift = quarter < 2 ? 0 : 4,
            .high = 32 * half + i,
            .highShift = static_cast<int>(2 * quarter)};
}

/// Throws std::invalid_argument if so many values do not fill so many bytes.
void checkQuantRow(DType type, size_t values, size_t bytes);

} // namespace inglenook
