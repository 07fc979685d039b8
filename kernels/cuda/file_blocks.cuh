#pragma once

#include "kernels/cuda/panels.cuh"
#include "kernels/quant_formats.h"

namespace inglenook::cuda {

// Blocks as they lie in files (quant_formats.h), read piece by piece for repacking: for each format
// quant(), element e of a record's worth of a row, and headerWord(), word i of an output's header
// (panels.cuh). `row` is a row of `in` elements; what lies beyond it is zero.

__device__ inline unsigned halfBits(const std::byte* at)
{
    const auto* bytes = reinterpret_cast<const unsigned char*>(at);
    return bytes[0] | static_cast<unsigned>(bytes[1]) << 8;
}

__device__ inline unsigned wordOfBytes(const unsigned char* b)
{
    return b[0] | b[1] << 8 | b[2] << 16 | static_cast<unsigned>(b[3]) << 24;
}

/// Blocks of 32: eight make a record, whose header are their scales.
template <class Block> struct SmallBlocks {
    __device__ static const std::byte* find(const std::byte* row, int in, int record, int block)
    {
        const int index = record * kRecordBlocks + block;
        return index < in / kBlock ? row + static_cast<size_t>(index) * sizeof(Block) : nullptr;
    }
    /// What `bits` makes of two blocks, where they exist.
    template <class Bits>
    __device__ static unsigned pair(const std::byte* row, int in, int record, int first, Bits bits)
    {
        const std::byte* low = find(row, in, record, first);
        const std::byte* high = find(row, in, record, first + 1);
        return (low ? bits(low) : 0) | (high ? bits(high) : 0) << 16;
    }
    __device__ static unsigned headerWord(const std::byte* row, int in, int record, int i)
    {
        return pair(row, in, record, 2 * i, halfBits);
    }
    /// Element e, of which the low four bits lie from kLow on and the fifth from kHigh on, if any.
    template <size_t kLow, size_t kHigh = 0>
    __device__ static int bitsOf(const std::byte* row, int in, int record, int e)
    {
        const std::byte* found = find(row, in, record, e / kBlock);
        if (!found)
            return 0;
        const auto* bytes = reinterpret_cast<const unsigned char*>(found);
        const int i = e % kBlock;
        const int low = bytes[kLow + i % 16] >> (i < 16 ? 0 : 4) & 15;
        return kHigh > 0 ? low | (bytes[kHigh + i / 8] >> (i % 8) & 1) << 4 : low;
    }
};

struct FileQ8_0 : SmallBlocks<BlockQ8_0> {
    using Panel = FormatQ8_0;
    __device__ static int quant(const std::byte* row, int in, int record, int e)
    {
        const std::byte* found = find(row, in, record, e / kBlock);
        return found ? static_cast<signed char>(found[2 + e % kBlock]) : 0;
    }
};

struct FileQ4_0 : SmallBlocks<BlockQ4_0> {
    using Panel = FormatQ4_0;
    __device__ static int quant(const std::byte* row, int in, int record, int e)
    {
        return bitsOf<offsetof(BlockQ4_0, q)>(row, in, record, e);
    }
};

/// As Q8_0: the values instead of their indices.
struct FileIQ4_NL : SmallBlocks<BlockIQ4_NL> {
    using Panel = FormatQ8_0;
    __device__ static int quant(const std::byte* row, int in, int record, int e)
    {
        const int index = bitsOf<offsetof(BlockIQ4_NL, q)>(row, in, record, e);
        if (!find(row, in, record, e / kBlock))
            return 0;
        return static_cast<signed char>(lookUp<FormatIQ4_XS>(static_cast<unsigned>(index)).x &
                                        255u);
    }
};

/// Blocks that state a minimum behind d.
template <class Block> struct BlocksWithMinimum : SmallBlocks<Block> {
    using Panel = FormatQ5_1;
    __device__ static unsigned headerWord(const std::byte* row, int in, int record, int i)
    {
        constexpr int kPairs = kRecordBlocks / 2;
        return SmallBlocks<Block>::pair(
            row, in, record, 2 * (i % kPairs),
            [=](const std::byte* block) { return halfBits(block + (i < kPairs ? 0 : 2)); });
    }
};

struct FileQ5_1 : BlocksWithMinimum<BlockQ5_1> {
    __device__ static int quant(const std::byte* row, int in, int record, int e)
    {
        return bitsOf<offsetof(BlockQ5_1, low), offsetof(BlockQ5_1, high)>(row, in, record, e);
    }
};

struct FileQ4_1 : BlocksWithMinimum<BlockQ4_1> {
    __device__ static int quant(const std::byte* row, int in, int record, int e)
    {
        return bitsOf<offsetof(BlockQ4_1, q)>(row, in, record, e);
    }
};

/// As Q5_1 with m = -16 d: exact, unless d is beyond 4094, which no file has; then as near as f16
/// comes, not infinite.
struct FileQ5_0 : SmallBlocks<BlockQ5_0> {
    using Panel = FormatQ5_1;
    __device__ static unsigned minimumBits(const std::byte* block)
    {
        constexpr float kGreatest = 65504.f;
        const float d =
            __half2float(__ushort_as_half(static_cast<unsigned short>(halfBits(block))));
        return __half_as_ushort(__float2half_rn(fminf(fmaxf(-16.f * d, -kGreatest), kGreatest)));
    }
    __device__ static unsigned headerWord(const std::byte* row, int in, int record, int i)
    {
        constexpr int kPairs = kRecordBlocks / 2;
        return i < kPairs ? pair(row, in, record, 2 * i, halfBits)
                          : pair(row, in, record, 2 * (i - kPairs), minimumBits);
    }
    __device__ static int quant(const std::byte* row, int in, int record, int e)
    {
        return bitsOf<offsetof(BlockQ5_0, low), offsetof(BlockQ5_0, high)>(row, in, record, e);
    }
};

struct FileMXFP4 : SmallBlocks<BlockMXFP4> {
    using Panel = FormatMXFP4;
    __device__ static unsigned headerWord(const std::byte* row, int in, int record, int i)
    {
        unsigned word = 0;
        for (int b = 0; b < 4; ++b)
            if (const std::byte* found = find(row, in, record, 4 * i + b))
                word |= static_cast<unsigned>(found[0]) << (8 * b);
        return word;
    }
    __device__ static int quant(const std::byte* row, int in, int record, int e)
    {
        return bitsOf<offsetof(BlockMXFP4, q)>(row, in, record, e);
    }
};

/// Blocks of 256: a record each.
template <class Block> struct LargeBlocks {
    __device__ static const unsigned char* bytes(const std::byte* row, int record)
    {
        return reinterpret_cast<const unsigned char*>(row) +
            static_cast<size_t>(record) * sizeof(Block);
    }
    __device__ static unsigned half(const std::byte* row, int record, size_t offset)
    {
        return halfBits(row + static_cast<size_t>(record) * sizeof(Block) + offset);
    }
    /// The two bits of element e that lie from `from` on, as Q2_K and Q3_K have them.
    __device__ static int twoBits(const unsigned char* from, int e)
    {
        return from[e / 128 * 32 + e % 32] >> (e % 128 / 32 * 2) & 3;
    }
};

struct FileQ2_K : LargeBlocks<BlockQ2_K> {
    using Panel = FormatQ2_K;
    __device__ static int quant(const std::byte* row, int, int record, int e)
    {
        return twoBits(bytes(row, record) + offsetof(BlockQ2_K, q), e);
    }
    __device__ static unsigned headerWord(const std::byte* row, int, int record, int i)
    {
        return wordOfBytes(bytes(row, record) + offsetof(BlockQ2_K, scales) + 4 * i);
    }
    __device__ static unsigned factorBits(const std::byte* row, int record, int i)
    {
        return half(row, record, i == 0 ? offsetof(BlockQ2_K, d) : offsetof(BlockQ2_K, dmin));
    }
};

/// Scales and d are stored negative: then the products of scales and quants fit a signed byte.
struct FileQ3_K : LargeBlocks<BlockQ3_K> {
    using Panel = FormatQ3_K;
    __device__ static int quant(const std::byte* row, int, int record, int e)
    {
        const unsigned char* block = bytes(row, record);
        const int high = block[offsetof(BlockQ3_K, high) + e % 32] >> (e / 32) & 1;
        return twoBits(block + offsetof(BlockQ3_K, low), e) | high << 2;
    }
    __device__ static unsigned headerWord(const std::byte* row, int, int record, int i)
    {
        const unsigned char* s = bytes(row, record) + offsetof(BlockQ3_K, scales);
        unsigned word = 0;
        for (int b = 0; b < 4; ++b) {
            const int low = s[4 * (i % 2) + b] >> (i < 2 ? 0 : 4) & 15;
            const int scale = (low | (s[8 + b] >> (2 * i) & 3) << 4) - 32;
            word |= static_cast<unsigned>(-scale & 255) << (8 * b);
        }
        return word;
    }
    __device__ static unsigned factorBits(const std::byte* row, int record, int)
    {
        return half(row, record, offsetof(BlockQ3_K, d)) ^ 0x8000u;
    }
};

struct FileIQ4_XS : LargeBlocks<BlockIQ4_XS> {
    using Panel = FormatIQ4_XS;
    __device__ static int quant(const std::byte* row, int, int record, int e)
    {
        const int pair = bytes(row, record)[offsetof(BlockIQ4_XS, q) + e / 32 * 16 + e % 16];
        return e % 32 < 16 ? pair & 15 : pair >> 4;
    }
    __device__ static unsigned headerWord(const std::byte* row, int, int record, int i)
    {
        const unsigned char* block = bytes(row, record);
        const unsigned high = half(row, record, offsetof(BlockIQ4_XS, scalesHigh));
        unsigned word = 0;
        for (int b = 0; b < 4; ++b) {
            const int g = 4 * i + b;
            const int low = block[offsetof(BlockIQ4_XS, scalesLow) + g / 2] >> (4 * (g % 2)) & 15;
            const int scale = (low | static_cast<int>(high >> (2 * g) & 3u) << 4) - 32;
            word |= static_cast<unsigned>(scale & 255) << (8 * b);
        }
        return word;
    }
    __device__ static unsigned factorBits(const std::byte* row, int record, int)
    {
        return half(row, record, offsetof(BlockIQ4_XS, d));
    }
};

/// Q4_K and Q5_K.
template <class Block> struct GroupedBlocks : LargeBlocks<Block> {
    using LargeBlocks<Block>::bytes;
    static_assert(offsetof(Block, scales) == 4);
    __device__ static ScaleMin scaleMin(const unsigned char* s, int g)
    {
        if (g < 4)
            return {static_cast<uint8_t>(s[g] & 63), static_cast<uint8_t>(s[g + 4] & 63)};
        return {static_cast<uint8_t>((s[g + 4] & 15) | ((s[g - 4] >> 6) << 4)),
                static_cast<uint8_t>((s[g + 4] >> 4) | ((s[g] >> 6) << 4))};
    }
    __device__ static unsigned headerWord(const std::byte* row, int, int record, int i)
    {
        const unsigned char* block = bytes(row, record);
        if (i == 0)
            return wordOfBytes(block);
        unsigned word = 0;
        for (int g = 0; g < kRecordBlocks; ++g) {
            const ScaleMin s = scaleMin(block + 4, g);
            if (i == 1)
                word |= (s.scale & 15u) << (4 * g);
            else if (i == 2)
                word |= (s.min & 15u) << (4 * g);
            else
                word |= (s.scale >> 4u) << (2 * g) | (s.min >> 4u) << (16 + 2 * g);
        }
        return word;
    }
};

struct FileQ4_K : GroupedBlocks<BlockQ4_K> {
    using Panel = FormatQ4_K;
    __device__ static int quant(const std::byte* row, int, int record, int e)
    {
        const int pair = bytes(row, record)[offsetof(BlockQ4_K, q) + e / 64 * 32 + e % 32];
        return e / 32 % 2 == 0 ? pair & 15 : pair >> 4;
    }
};

struct FileQ5_K : GroupedBlocks<BlockQ5_K> {
    using Panel = FormatQ5_K;
    __device__ static int quant(const std::byte* row, int, int record, int e)
    {
        const unsigned char* block = bytes(row, record);
        const int pair = block[offsetof(BlockQ5_K, low) + e / 64 * 32 + e % 32];
        const int high = block[offsetof(BlockQ5_K, high) + e % 32] >> (e / 32) & 1;
        return (e / 32 % 2 == 0 ? pair & 15 : pair >> 4) | high << 4;
    }
};

struct FileQ6_K : LargeBlocks<BlockQ6_K> {
    using Panel = FormatQ6_K;
    __device__ static int quant(const std::byte* row, int, int record, int e)
    {
        const unsigned char* block = bytes(row, record);
        const int half = e / 128;
        const int quarter = e % 128 / 32;
        const int pair = block[offsetof(BlockQ6_K, low) + 64 * half + 32 * (quarter % 2) + e % 32];
        const int high = block[offsetof(BlockQ6_K, high) + 32 * half + e % 32] >> (2 * quarter) & 3;
        return (quarter < 2 ? pair & 15 : pair >> 4) | high << 4;
    }
    __device__ static unsigned headerWord(const std::byte* row, int, int record, int i)
    {
        return wordOfBytes(bytes(row, record) + offsetof(BlockQ6_K, scales) + 4 * i);
    }
    __device__ static unsigned factorBits(const std::byte* row, int record, int)
    {
        return half(row, record, offsetof(BlockQ6_K, d));
    }
};

/// Calls f with the reader of a quantised format.
template <class F> void withFileFormat(DType type, F&& f)
{
    switch (type) {
    case DType::Q8_0:
        return f(FileQ8_0{});
    case DType::Q4_0:
        return f(FileQ4_0{});
    case DType::Q4_1:
        return f(FileQ4_1{});
    case DType::Q5_0:
        return f(FileQ5_0{});
    case DType::Q5_1:
        return f(FileQ5_1{});
    case DType::Q2_K:
        return f(FileQ2_K{});
    case DType::Q3_K:
        return f(FileQ3_K{});
    case DType::Q4_K:
        return f(FileQ4_K{});
    case DType::Q5_K:
        return f(FileQ5_K{});
    case DType::Q6_K:
        return f(FileQ6_K{});
    case DType::IQ4_NL:
        return f(FileIQ4_NL{});
    case DType::IQ4_XS:
        return f(FileIQ4_XS{});
    case DType::MXFP4:
        return f(FileMXFP4{});
    case DType::F32:
    case DType::F16:
    case DType::BF16:
    case DType::I32:
        break;
    }
    throw std::invalid_argument("this format has no blocks");
}

} // namespace inglenook::cuda
