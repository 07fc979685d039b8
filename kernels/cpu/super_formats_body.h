#pragma once

// The quantised formats of blocks of 256 for one instruction set: included behind lanes_*.h.

#include "kernels/cpu/formats_body.h"

namespace inglenook::cpu {
namespace {

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
        dotsFromStart<FormatScaleMin, largest>(dots, block, x);
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
        unpackFiveBits(block.w, record + kQ4KQuants + blockBytes * j);
    }
};

/// What Q3_K and Q6_K share: w = d scale (q - 32), a scale for each half of a block.
struct FormatHalves {
    static constexpr int parts = 2;
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
    static void unpackScales(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        const uint8_t* scales = record + 64 + 2 * kPanelRows * j;
        block.scale[0] = mul(opened.d, loadSignedBytes(scales));
        block.scale[1] = mul(opened.d, loadSignedBytes(scales + kPanelRows));
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

struct FormatQ6_K : FormatHalves {
    static constexpr int recordBytes = kQ6KRecord, blocks = kSuperBlocks;
    static constexpr int blockBytes = quantBytes(6);

    static void unpack(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        unpackScales(block, opened, record, j);
        const uint8_t* quants = record + kQ6KQuants + blockBytes * j;
        for (int h = 0; h < 2; ++h) {
            Bytes three[3];
            for (int f = 0; f < 3; ++f) {
                three[f] = loadBytes(quants + 64 * (3 * h + f));
                block.w[4 * h + f] = lowSixBits(three[f]);
            }
            block.w[4 * h + 3] = highBitPairs(three[0], three[1], three[2]);
        }
    }
};

/// Its quants are taken eight times, as they lie in bits 3 .. 5: q - 4 becomes Q6_K's q - 32.
struct FormatQ3_K : FormatHalves {
    static constexpr int recordBytes = kQ3KRecord, blocks = kSuperBlocks;
    static constexpr int blockBytes = quantBytes(3);

    static void unpack(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        unpackScales(block, opened, record, j);
        const uint8_t* quants = record + kQ3KQuants + blockBytes * j;
        constexpr char three = 0x38, lowTwo = 0x18, highOne = 0x20;
        Bytes vectors[3];
        for (int v = 0; v < 3; ++v) {
            vectors[v] = loadBytes(quants + 64 * v);
            block.w[2 * v] = keptBits<0>(vectors[v], three);
            block.w[2 * v + 1] = keptBits<3>(vectors[v], three);
        }
        block.w[6] = withHighBits<-1>(keptBits<-3>(vectors[0], lowTwo), vectors[2], highOne);
        block.w[7] = withHighBits<-2>(keptBits<-3>(vectors[1], lowTwo), vectors[2], highOne);
    }
};

/// w = d scale q - dmin min with scales and minimums of four bits for each half of a block. Sums of
/// 16 products of two and eight bits fit words, so scales are applied to integers, two at a time.
struct FormatQ2_K {
    static constexpr int parts = 2;
    static constexpr int recordBytes = kQ2KRecord, blocks = kSuperBlocks;
    static constexpr int blockBytes = quantBytes(2);
    struct Open {
        Floats d, dmin;
    };
    struct Block {
        Bytes w[8];
        Ints scale[2]; // of groups 0..3 and 4..7
        Ints mins; // of both, as words
        Floats d, dmin;
    };

    static Open open(const uint8_t* record)
    {
        const auto* halves = reinterpret_cast<const uint16_t*>(record);
        return {loadHalves(halves), loadHalves(halves + kPanelRows)};
    }
    static void unpack(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        const Ints both = loadBytePairs(record + 64 + 2 * kPanelRows * j);
        block.scale[0] = lowerBits<0>(both, 15);
        block.scale[1] = lowerBits<16>(both, 15);
        block.mins = lowerBits<4>(both, 0x000f000f);
        block.d = opened.d;
        block.dmin = opened.dmin;
        for (int v = 0; v < 2; ++v) {
            const Bytes four = loadBytes(record + kQ2KQuants + blockBytes * j + 64 * v);
            block.w[4 * v] = keptBits<0>(four, 3);
            block.w[4 * v + 1] = keptBits<-2>(four, 3);
            block.w[4 * v + 2] = keptBits<-4>(four, 3);
            block.w[4 * v + 3] = keptBits<-6>(four, 3);
        }
    }
    static int32_t start(const RoundedBlock&, int) { return 0; }
    template <int rows>
    static void dot(Ints (&dots)[parts][rows], const Block& block, const RoundedBlock* x)
    {
        for (int r = 0; r < rows; ++r)
            for (int part = 0; part < parts; ++part)
                dots[part][r] = splatInt(0);
        addDots<3, 4>(dots[0], block.w, RowQuants<rows>(x).q);
        addDots<3, 4>(dots[1], block.w + 4, RowQuants<rows>(x, 16).q);
    }
    static Floats add(Floats sum, const Block& block, const RoundedBlock& x,
                      const Ints (&dots)[parts])
    {
        const Ints scaled = addWordDots(wordDots(dots[0], block.scale[0]), dots[1], block.scale[1]);
        const Ints taken = wordDots(block.mins, splatWords(x.halves));
        const Floats product = mul(block.d, toFloats(scaled));
        return fma(negatedFma(block.dmin, toFloats(taken), product), splat(x.d), sum);
    }
};

struct FormatIQ4_XS {
    static constexpr int parts = 1;
    static constexpr int recordBytes = kIQ4XSRecord, blocks = kSuperBlocks;
    static constexpr int blockBytes = quantBytes(4);
    using Block = FormatQ8_0::Block;
    using Open = FormatHalves::Open;

    static Open open(const uint8_t* record) { return FormatHalves::open(record); }
    static void unpack(Block& block, const Open& opened, const uint8_t* record, int j)
    {
        block.scale = mul(opened.d, loadSignedBytes(record + 64 + kPanelRows * j));
        unpackValues(block.w, kUnsignedIQ4, record + kIQ4XSQuants + blockBytes * j);
    }
    static int32_t start(const RoundedBlock& x, int part) { return FormatQ8_0::start(x, part); }
    template <int rows>
    static void dot(Ints (&dots)[parts][rows], const Block& block, const RoundedBlock* x)
    {
        FormatQ8_0::dot(dots, block, x);
    }
    static Floats add(Floats sum, const Block& block, const RoundedBlock& x,
                      const Ints (&dots)[parts])
    {
        return FormatQ8_0::add(sum, block, x, dots);
    }
};

} // namespace
} // namespace inglenook::cpu
