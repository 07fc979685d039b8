#pragma once

#include "kernels/cpu/panels.h"
#include "kernels/quant_formats.h"

#include <array>
#include <cstddef>
#include <cstring>

namespace inglenook::cpu {

// A vector of quants: 64 bytes, of which lane r owns the dword r.
using Dword = uint32_t;
inline constexpr Dword kLow = 0x0f0f0f0f, kHigh = 0xf0f0f0f0, kTwoBits = 0x03030303;
inline constexpr Dword kOneBit = 0x01010101, kSixBits = 0x3f3f3f3f, kZeroPoints = 0x80808080;

/// A dword of each of four lanes. Panels are written four lanes at a time.
using Quad = Dword __attribute__((vector_size(16)));
inline constexpr int kQuadLanes = 4;

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

inline void putQuad(std::byte* vectors, int vector, int quad, Quad words)
{
    std::memcpy(vectors + 64 * vector + 16 * quad, &words, sizeof words);
}

/// One half of each lane into a row of halves.
inline void putHalves(std::byte* row, int quad, const Blocks& from, size_t offset)
{
    for (int l = 0; l < kQuadLanes; ++l)
        std::memcpy(row + 2 * (kQuadLanes * quad + l), from.lane[l] + offset, 2);
}

using QuadBytes = uint8_t __attribute__((vector_size(16)));

/// Bytes 0, 8, 1, 9, ... 7, 15.
inline QuadBytes mixHalves(QuadBytes x)
{
    const QuadBytes high =
        __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
    return __builtin_shufflevector(x, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

/// One half of each lane as a float into a row of floats, times `factor`.
inline void putFloats(std::byte* row, int quad, const Blocks& from, size_t offset, float factor)
{
    for (int l = 0; l < kQuadLanes; ++l) {
        uint16_t half;
        std::memcpy(&half, from.lane[l] + offset, 2);
        const float d = halfToFloat(half) * factor;
        std::memcpy(row + 4 * (kQuadLanes * quad + l), &d, 4);
    }
}

/// Byte g of each lane's dword into row g of rows of bytes.
inline void putBytes(std::byte* rows, int quad, Quad lanes)
{
    // Twice: byte g of lanes 0 and 2 side by side, then of all four.
    const auto turned =
        reinterpret_cast<Quad>(mixHalves(mixHalves(reinterpret_cast<QuadBytes>(lanes))));
    for (int g = 0; g < 4; ++g) {
        const Dword four = turned[g];
        std::memcpy(rows + kPanelRows * g + kQuadLanes * quad, &four, 4);
    }
}

/// Files pair the nibbles of blocks of 32 as panels do.
inline void putNibbles(const Blocks& from, size_t offset, std::byte* quants, int quad)
{
    const auto q = dwords<4>(from, offset);
    for (int v = 0; v < 4; ++v)
        putQuad(quants, v, quad, q[static_cast<size_t>(v)]);
}

} // namespace inglenook::cpu
