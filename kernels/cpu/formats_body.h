#pragma once

// The quantised formats for one instruction set: included behind lanes_*.h.

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

/// The rounded quants of some rows' blocks: each block of x is a row's.
template <int rows> struct RowQuants {
    const int8_t* q[rows];

    explicit RowQuants(const RoundedBlock* x, int from = 0)
    {
        for (int r = 0; r < rows; ++r)
            q[r] = x[r].q + from;
    }
};

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
        for (int r = 0; r < rows; ++r)
            dots[0][r] = splatInt(start(x[r], 0));
        addDots<15, 8>(dots[0], block.w, RowQuants<rows>(x).q);
    }
    static Floats add(Floats sum, const Block& block, const RoundedBlock& x,
                      const Ints (&dots)[parts])
    {
        return FormatQ8_0::add(sum, block, x, dots);
    }
};

/// What Q4_K and Q5_K share: w = d scale q - dmin min.
template <int largest> struct FormatScaleMin {
    static constexpr int parts = 1;
    struct Open {
        Floats d, dmin;
    };
    struct Block {
        Bytes w[8];
        Floats scale, min;
    };

    static Open open(const uint8_t* record)
    {
        const auto* halves = reinterpret_cast<const uint16_t*>(record);
        return {loadHalves(halves), loadHalves(halves + kPanelRows)};
    }
    static void unpackScales(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        const uint8_t* scales = record + 64 + kPanelRows * j;
        block.scale = mul(opened.d, loadUnsignedBytes(scales));
        block.min = mul(opened.dmin, loadUnsignedBytes(scales + kPanelRows * kSuperBlocks));
    }
    static int32_t start(const RoundedBlock&, int) { return 0; }
    template <int rows>
    static void dot(Ints (&dots)[parts][rows], const Block& block, const RoundedBlock* x)
    {
        for (int r = 0; r < rows; ++r)
            dots[0][r] = splatInt(0);
        addDots<largest, 8>(dots[0], block.w, RowQuants<rows>(x).q);
    }
    static Floats add(Floats sum, const Block& block, const RoundedBlock& x,
                      const Ints (&dots)[parts])
    {
        sum = fma(mul(block.scale, splat(x.d)), toFloats(dots[0]), sum);
        return negatedFma(block.min, splat(x.sum), sum);
    }
};

struct FormatQ4_K : FormatScaleMin<15> {
    static constexpr int recordBytes = kQ4KRecord, blocks = kSuperBlocks;
    static constexpr int blockBytes = quantBytes(4);

    static void unpack(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        unpackScales(block, opened, record, j);
        unpackNibbles(block.w, record + kQ4KQuants + blockBytes * j);
    }
};

struct FormatQ5_K : FormatScaleMin<31> {
    static constexpr int recordBytes = kQ5KRecord, blocks = kSuperBlocks;
    static constexpr int blockBytes = quantBytes(5);

    static void unpack(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        unpackScales(block, opened, record, j);
        const uint8_t* quants = record + kQ4KQuants + blockBytes * j;
        unpackNibbles(block.w, quants);
        const Bytes high = loadBytes(quants + quantBytes(4));
        block.w[0] = withHighBits<4>(block.w[0], high, 0x10);
        block.w[1] = withHighBits<3>(block.w[1], high, 0x10);
        block.w[2] = withHighBits<2>(block.w[2], high, 0x10);
        block.w[3] = withHighBits<1>(block.w[3], high, 0x10);
        block.w[4] = withHighBits<0>(block.w[4], high, 0x10);
        block.w[5] = withHighBits<-1>(block.w[5], high, 0x10);
        block.w[6] = withHighBits<-2>(block.w[6], high, 0x10);
        block.w[7] = withHighBits<-3>(block.w[7], high, 0x10);
    }
};

struct FormatQ6_K {
    static constexpr int parts = 2;
    static constexpr int recordBytes = kQ6KRecord, blocks = kSuperBlocks;
    static constexpr int blockBytes = quantBytes(6);
    struct Open {
        Floats d;
    };
    struct Block {
        Bytes w[8];
        Floats scale[2]; // of groups 0..3 and 4..7
    };

    static Open open(const uint8_t* record)
    {
        return {load(reinterpret_cast<const float*>(record))};
    }
    static void unpack(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        const uint8_t* quants = record + kQ6KQuants + blockBytes * j;
        for (int h = 0; h < 2; ++h) {
            const uint8_t* scales = record + 64 + kPanelRows * (2 * j + h);
            block.scale[h] = mul(opened.d, loadSignedBytes(scales));
            Bytes three[3];
            for (int f = 0; f < 3; ++f) {
                three[f] = loadBytes(quants + 64 * (3 * h + f));
                block.w[4 * h + f] = lowSixBits(three[f]);
            }
            block.w[4 * h + 3] = highBitPairs(three[0], three[1], three[2]);
        }
    }
    static int32_t start(const RoundedBlock& x, int part) { return x.offset32[part]; }
    template <int rows>
    static void dot(Ints (&dots)[parts][rows], const Block& block, const RoundedBlock* x)
    {
        for (int r = 0; r < rows; ++r)
            for (int part = 0; part < parts; ++part)
                dots[part][r] = splatInt(start(x[r], part));
        addDots<63, 4>(dots[0], block.w, RowQuants<rows>(x).q);
        addDots<63, 4>(dots[1], block.w + 4, RowQuants<rows>(x, 16).q);
    }
    static Floats add(Floats sum, const Block& block, const RoundedBlock& x,
                      const Ints (&dots)[parts])
    {
        const Floats first = mul(block.scale[0], toFloats(dots[0]));
        return fma(fma(block.scale[1], toFloats(dots[1]), first), splat(x.d), sum);
    }
};

} // namespace
} // namespace inglenook::cpu
