#pragma once

// The quantised formats of blocks of 32 for one instruction set: included behind lanes_*.h.

#include "kernels/cpu/instructions.h"

namespace inglenook::cpu {
namespace {

inline void unpackNibbles(Bytes (&w)[8], const uint8_t* quants)
{
    for (int v = 0; v < 4; ++v) {
        const Bytes both = loadBytes(quants + 64 * v);
        w[v] = lowNibbles(both);
        w[v + 4] = highNibbles(both);
    }
}

/// Nibbles, then the fifth bits.
inline void unpackFiveBits(Bytes (&w)[8], const uint8_t* quants)
{
    unpackNibbles(w, quants);
    const Bytes high = loadBytes(quants + quantBytes(4));
    w[0] = withHighBits<4>(w[0], high, 0x10);
    w[1] = withHighBits<3>(w[1], high, 0x10);
    w[2] = withHighBits<2>(w[2], high, 0x10);
    w[3] = withHighBits<1>(w[3], high, 0x10);
    w[4] = withHighBits<0>(w[4], high, 0x10);
    w[5] = withHighBits<-1>(w[5], high, 0x10);
    w[6] = withHighBits<-2>(w[6], high, 0x10);
    w[7] = withHighBits<-3>(w[7], high, 0x10);
}

/// Nibbles that stand for the values of a table.
inline void unpackValues(Bytes (&w)[8], const uint8_t (&table)[16], const uint8_t* quants)
{
    unpackNibbles(w, quants);
    for (Bytes& vector : w)
        vector = lookUp(table, vector);
}

/// The rounded quants of some rows' blocks: each block of x is a row's.
template <int rows> struct RowQuants {
    const int8_t* q[rows];

    explicit RowQuants(const RoundedBlock* x, int from = 0)
    {
        for (int r = 0; r < rows; ++r)
            q[r] = x[r].q + from;
    }
};

/// The sums over a whole block of quants that are at most `largest`.
template <class Format, int largest, int rows>
inline void dotsFromStart(Ints (&dots)[1][rows], const typename Format::Block& block,
                          const RoundedBlock* x)
{
    for (int r = 0; r < rows; ++r)
        dots[0][r] = splatInt(Format::start(x[r], 0));
    addDots<largest, 8>(dots[0], block.w, RowQuants<rows>(x).q);
}

/// A format tells how a record opens and a block is unpacked; what the integer sums of a row's
/// block start from and how one or two rows' dot products, whose blocks lie side by side at x, are
/// taken; and what a block adds to a row, given these sums: `parts` of them, over equal shares of
/// the block.
struct FormatQ8_0 {
    static constexpr int parts = 1;
    static constexpr int recordBytes = kQ80Record, blocks = kPairBlocks;
    static constexpr int blockBytes = quantBytes(8);
    struct Block {
        Bytes w[8];
        Floats scale;
    };
    struct Open { };

    static Open open(const uint8_t*) { return {}; }
    static void unpack(Block& block, const Open&, const uint8_t* record, int j)
    {
        block.scale = loadHalves(reinterpret_cast<const uint16_t*>(record) + kPanelRows * j);
        for (int v = 0; v < 8; ++v)
            block.w[v] = loadBytes(record + 64 + blockBytes * j + 64 * v);
    }
    static int32_t start(const RoundedBlock& x, int) { return x.offset128; }
    template <int rows>
    static void dot(Ints (&dots)[parts][rows], const Block& block, const RoundedBlock* x)
    {
        dotsOffset128(dots[0], block.w, x, RowQuants<rows>(x).q);
    }
    static Floats add(Floats sum, const Block& block, const RoundedBlock& x,
                      const Ints (&dots)[parts])
    {
        return fma(mul(block.scale, splat(x.d)), toFloats(dots[0]), sum);
    }
};

struct FormatQ4_0 {
    static constexpr int parts = 1;
    static constexpr int recordBytes = kQ40Record, blocks = kPairBlocks;
    static constexpr int blockBytes = quantBytes(4);
    using Block = FormatQ8_0::Block;
    using Open = FormatQ8_0::Open;

    static Open open(const uint8_t*) { return {}; }
    static void unpack(Block& block, const Open&, const uint8_t* record, int j)
    {
        block.scale = loadHalves(reinterpret_cast<const uint16_t*>(record) + kPanelRows * j);
        unpackNibbles(block.w, record + 64 + blockBytes * j);
    }
    static int32_t start(const RoundedBlock& x, int) { return x.offset8; }
    template <int rows>
    static void dot(Ints (&dots)[parts][rows], const Block& block, const RoundedBlock* x)
    {
        dotsFromStart<FormatQ4_0, 15>(dots, block, x);
    }
    static Floats add(Floats sum, const Block& block, const RoundedBlock& x,
                      const Ints (&dots)[parts])
    {
        return FormatQ8_0::add(sum, block, x, dots);
    }
};

struct FormatQ5_1 {
    static constexpr int parts = 1;
    static constexpr int recordBytes = kQ51Record, blocks = kPairBlocks;
    static constexpr int blockBytes = quantBytes(5);
    struct Block {
        Bytes w[8];
        Floats scale, least;
    };
    using Open = FormatQ8_0::Open;

    static Open open(const uint8_t*) { return {}; }
    static void unpack(Block& block, const Open&, const uint8_t* record, int j)
    {
        const auto* halves = reinterpret_cast<const uint16_t*>(record);
        block.scale = loadHalves(halves + kPanelRows * j);
        block.least = loadHalves(halves + kPanelRows * (kPairBlocks + j));
        unpackFiveBits(block.w, record + kQ51Quants + blockBytes * j);
    }
    static int32_t start(const RoundedBlock&, int) { return 0; }
    template <int rows>
    static void dot(Ints (&dots)[parts][rows], const Block& block, const RoundedBlock* x)
    {
        dotsFromStart<FormatQ5_1, 31>(dots, block, x);
    }
    static Floats add(Floats sum, const Block& block, const RoundedBlock& x,
                      const Ints (&dots)[parts])
    {
        sum = fma(mul(block.scale, splat(x.d)), toFloats(dots[0]), sum);
        return fma(block.least, splat(x.sum), sum);
    }
};

struct FormatMXFP4 {
    static constexpr int parts = 1;
    static constexpr int recordBytes = kMXFP4Record, blocks = kQuadBlocks;
    static constexpr int blockBytes = quantBytes(4);
    using Block = FormatQ8_0::Block;
    using Open = FormatQ8_0::Open;

    static Open open(const uint8_t*) { return {}; }
    /// 2^(exponent - 128): the values are doubled. 255, which stands for no number, becomes
    /// infinite.
    static Floats scaleOf(const uint8_t* exponents)
    {
        return larger(mul(loadExponents(exponents), splat(0.5f)), splat(0x1p-128f));
    }
    static void unpack(Block& block, const Open&, const uint8_t* record, int j)
    {
        block.scale = scaleOf(record + kPanelRows * j);
        unpackValues(block.w, kUnsignedFP4, record + 64 + blockBytes * j);
    }
    static int32_t start(const RoundedBlock& x, int) { return x.offset12; }
    template <int rows>
    static void dot(Ints (&dots)[parts][rows], const Block& block, const RoundedBlock* x)
    {
        dotsFromStart<FormatMXFP4, 24>(dots, block, x);
    }
    static Floats add(Floats sum, const Block& block, const RoundedBlock& x,
                      const Ints (&dots)[parts])
    {
        return FormatQ8_0::add(sum, block, x, dots);
    }
};

} // namespace
} // namespace inglenook::cpu
