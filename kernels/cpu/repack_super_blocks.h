#pragma once

// What blocks of 256 of model files become in a panel. put() writes a record for four lanes; the
// layouts are in panels.h.

#include "kernels/cpu/quads.h"

#include <type_traits>

namespace inglenook::cpu {

/// Nibbles of groups 2 i (low) and 2 i + 1 (high) of 32 elements each, as the K formats pair them.
inline void putNibblePairs(const Blocks& from, size_t offset, std::byte* quants, int blockBytes,
                           int quad)
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
inline void putScales(const Blocks& from, std::byte* record, int quad)
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

inline void put(std::type_identity<BlockQ4_K>, const Blocks& from, std::byte* record, int, int quad)
{
    putScales(from, record, quad);
    for (int i = 0; i < 4; ++i)
        putNibblePairs(from, offsetof(BlockQ4_K, q) + 32 * static_cast<size_t>(i),
                       record + kQ4KQuants + 2 * i * quantBytes(4), quantBytes(4), quad);
}

inline void put(std::type_identity<BlockQ5_K>, const Blocks& from, std::byte* record, int, int quad)
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

inline void put(std::type_identity<BlockQ6_K>, const Blocks& from, std::byte* record, int, int quad)
{
    putFloats(record, quad, from, offsetof(BlockQ6_K, d), 1.f);
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

/// The low two bits of group g of block j, as Q2_K and Q3_K keep them: of each half of 128 elements
/// the dwords are the groups, and the blocks lie in the pairs of bits.
inline Quad twoBits(const std::array<Quad, 16>& low, int j, int g)
{
    return low[static_cast<size_t>(8 * (j / 4) + g)] >> 2 * (j % 4) & kTwoBits;
}

inline void put(std::type_identity<BlockQ2_K>, const Blocks& from, std::byte* record, int, int quad)
{
    putHalves(record, quad, from, offsetof(BlockQ2_K, d));
    putHalves(record + 2 * kPanelRows, quad, from, offsetof(BlockQ2_K, dmin));
    const auto low = dwords<16>(from, offsetof(BlockQ2_K, q));
    for (int j = 0; j < kSuperBlocks; ++j) {
        // The scales of both halves of a block lie side by side.
        putHalves(record + 64 + 2 * kPanelRows * j, quad, from,
                  offsetof(BlockQ2_K, scales) + 2 * static_cast<size_t>(j));
        for (int v = 0; v < 2; ++v) {
            Quad bits = {};
            for (int f = 0; f < 4; ++f)
                bits |= twoBits(low, j, 4 * v + f) << 2 * f;
            putQuad(record + kQ2KQuants + quantBytes(2) * j, v, quad, bits);
        }
    }
}

/// Bytes of six bits with 32 added: without.
inline Quad signedSixBits(Quad x)
{
    return reinterpret_cast<Quad>(reinterpret_cast<QuadBytes>(x) - uint8_t{32});
}

inline void put(std::type_identity<BlockQ3_K>, const Blocks& from, std::byte* record, int, int quad)
{
    putFloats(record, quad, from, offsetof(BlockQ3_K, d), 1.f / 8);
    // The bits of scaleQ3_K() for all groups at once; the first four bytes are none of theirs.
    const auto [before, a, b, c] = dwords<4>(from, offsetof(BlockQ3_K, scales) - 4);
    for (int i = 0; i < 4; ++i) {
        const Quad nibbles = (i % 2 == 0 ? a : b) >> (i < 2 ? 0 : 4) & kLow;
        putBytes(record + 64 + 4 * kPanelRows * i, quad,
                 signedSixBits(nibbles | (c >> 2 * i & kTwoBits) << 4));
    }
    const auto low = dwords<16>(from, offsetof(BlockQ3_K, low));
    const auto high = dwords<8>(from, offsetof(BlockQ3_K, high));
    for (int j = 0; j < kSuperBlocks; ++j) {
        const auto top = [&](int g) { return high[static_cast<size_t>(g)] >> j & kOneBit; };
        const auto three = [&](int g) { return twoBits(low, j, g) | top(g) << 2; };
        std::byte* quants = record + kQ3KQuants + quantBytes(3) * j;
        for (int v = 0; v < 3; ++v) {
            const Quad above = v < 2 ? twoBits(low, j, 6 + v) : top(6) | top(7) << 1;
            putQuad(quants, v, quad, three(2 * v) << 3 | three(2 * v + 1) | above << 6);
        }
    }
}

inline void put(std::type_identity<BlockIQ4_XS>, const Blocks& from, std::byte* record, int,
                int quad)
{
    putFloats(record, quad, from, offsetof(BlockIQ4_XS, d), 1.f);
    for (int l = 0; l < kQuadLanes; ++l) {
        BlockIQ4_XS head;
        std::memcpy(&head, from.lane[l], offsetof(BlockIQ4_XS, q));
        for (int j = 0; j < kSuperBlocks; ++j)
            record[64 + kPanelRows * j + kQuadLanes * quad + l] =
                static_cast<std::byte>(scaleIQ4_XS(head, j));
    }
    for (int j = 0; j < kSuperBlocks; ++j)
        putNibbles(from, offsetof(BlockIQ4_XS, q) + 16 * static_cast<size_t>(j),
                   record + kIQ4XSQuants + quantBytes(4) * j, quad);
}

} // namespace inglenook::cpu
