#pragma once

// What blocks of 32 of model files become in a panel. put() writes block j of a record for four
// lanes; the layouts are in panels.h.

#include "kernels/cpu/quads.h"

#include <algorithm>
#include <type_traits>

namespace inglenook::cpu {

inline void put(std::type_identity<BlockQ8_0>, const Blocks& from, std::byte* record, int j,
                int quad)
{
    putHalves(record + 2 * kPanelRows * j, quad, from, offsetof(BlockQ8_0, d));
    const auto q = dwords<8>(from, offsetof(BlockQ8_0, q));
    for (int g = 0; g < 8; ++g)
        putQuad(record + 64 + quantBytes(8) * j, g, quad, q[static_cast<size_t>(g)] ^ kZeroPoints);
}

inline void put(std::type_identity<BlockQ4_0>, const Blocks& from, std::byte* record, int j,
                int quad)
{
    putHalves(record + 2 * kPanelRows * j, quad, from, offsetof(BlockQ4_0, d));
    putNibbles(from, offsetof(BlockQ4_0, q), record + 64 + quantBytes(4) * j, quad);
}

/// d and m of a block in the layout of Q5_1.
inline void putLine(std::byte* record, int j, int quad, const Blocks& from, size_t d, size_t m)
{
    putHalves(record + 2 * kPanelRows * j, quad, from, d);
    putHalves(record + 2 * kPanelRows * (kPairBlocks + j), quad, from, m);
}

/// Bit 4 g + c of each lane to bit g of byte c.
inline Quad spreadFifthBits(Quad bits)
{
    Quad spread = {};
    for (int c = 0; c < 4; ++c) {
        Quad byte = bits >> c & 0x11111111; // every fourth bit, brought together in pairs
        byte = (byte | byte >> 3) & 0x03030303;
        byte = (byte | byte >> 6) & 0x000f000f;
        byte = (byte | byte >> 12) & 0xff;
        spread |= byte << 8 * c;
    }
    return spread;
}

/// The vector of fifth bits, which files keep as 32 bits.
inline void putFifthBits(const Blocks& from, size_t offset, std::byte* quants, int quad)
{
    Quad bits;
    for (int l = 0; l < kQuadLanes; ++l) {
        Dword own;
        std::memcpy(&own, from.lane[l] + offset, 4);
        bits[l] = own;
    }
    putQuad(quants + quantBytes(4), 0, quad, spreadFifthBits(bits));
}

inline void put(std::type_identity<BlockQ5_1>, const Blocks& from, std::byte* record, int j,
                int quad)
{
    putLine(record, j, quad, from, offsetof(BlockQ5_1, d), offsetof(BlockQ5_1, m));
    std::byte* quants = record + kQ51Quants + quantBytes(5) * j;
    putNibbles(from, offsetof(BlockQ5_1, low), quants, quad);
    putFifthBits(from, offsetof(BlockQ5_1, high), quants, quad);
}

/// In the layout of Q5_1. A panel is zero before, so the fifth bits are.
inline void put(std::type_identity<BlockQ4_1>, const Blocks& from, std::byte* record, int j,
                int quad)
{
    putLine(record, j, quad, from, offsetof(BlockQ4_1, d), offsetof(BlockQ4_1, m));
    putNibbles(from, offsetof(BlockQ4_1, q), record + kQ51Quants + quantBytes(5) * j, quad);
}

/// In the layout of Q5_1: m = -16 d, which f16 holds exactly up to a d of 4094; beyond, where no
/// file goes, it is the greatest finite number rather than an infinite one.
inline void put(std::type_identity<BlockQ5_0>, const Blocks& from, std::byte* record, int j,
                int quad)
{
    constexpr float greatest = 65504.f;
    static_assert(offsetof(BlockQ5_0, d) == 0);
    putHalves(record + 2 * kPanelRows * j, quad, from, 0);
    for (int l = 0; l < kQuadLanes; ++l) {
        uint16_t d;
        std::memcpy(&d, from.lane[l], 2);
        const uint16_t m = floatToHalf(std::clamp(-16.f * halfToFloat(d), -greatest, greatest));
        const int place = kPanelRows * (kPairBlocks + j) + kQuadLanes * quad + l;
        std::memcpy(record + 2 * place, &m, 2);
    }
    std::byte* quants = record + kQ51Quants + quantBytes(5) * j;
    putNibbles(from, offsetof(BlockQ5_0, low), quants, quad);
    putFifthBits(from, offsetof(BlockQ5_0, high), quants, quad);
}

/// In the layout of Q8_0.
inline void put(std::type_identity<BlockIQ4_NL>, const Blocks& from, std::byte* record, int j,
                int quad)
{
    putHalves(record + 2 * kPanelRows * j, quad, from, offsetof(BlockIQ4_NL, d));
    const auto q = dwords<4>(from, offsetof(BlockIQ4_NL, q));
    for (int g = 0; g < 8; ++g) {
        const Quad nibbles = q[static_cast<size_t>(g % 4)] >> (g < 4 ? 0 : 4) & kLow;
        auto bytes = reinterpret_cast<QuadBytes>(nibbles);
        for (int i = 0; i < 4 * kQuadLanes; ++i)
            bytes[i] = kUnsignedIQ4[bytes[i]];
        putQuad(record + 64 + quantBytes(8) * j, g, quad, reinterpret_cast<Quad>(bytes));
    }
}

inline void put(std::type_identity<BlockMXFP4>, const Blocks& from, std::byte* record, int j,
                int quad)
{
    static_assert(offsetof(BlockMXFP4, exponent) == 0);
    for (int l = 0; l < kQuadLanes; ++l)
        record[kPanelRows * j + kQuadLanes * quad + l] = *from.lane[l];
    putNibbles(from, offsetof(BlockMXFP4, q), record + 64 + quantBytes(4) * j, quad);
}

} // namespace inglenook::cpu
