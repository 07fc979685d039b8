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

/// Q8_0 and Q4_0: eight blocks of 32 make a record, whose header are their scales.
template <class Block> struct SmallBlocks {
    __device__ static const std::byte* find(const std::byte* row, int in, int record, int block)
    {
        const int index = record * kRecordBlocks + block;
        return index < in / kBlock ? row + static_cast<size_t>(index) * sizeof(Block) : nullptr;
    }
    __device__ static unsigned scaleBits(const std::byte* row, int in, int record, int block)
    {
        const std::byte* found = find(row, in, record, block);
        return found ? halfBits(found) : 0;
    }
    __device__ static unsigned headerWord(const std::byte* row, int in, int record, int i)
    {
        return scaleBits(row, in, record, 2 * i) | scaleBits(row, in, record, 2 * i + 1) << 16;
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
        const std::byte* found = find(row, in, record, e / kBlock);
        if (!found)
            return 0;
        const int pair = static_cast<unsigned char>(found[2 + e % 16]);
        return e % kBlock < 16 ? pair & 15 : pair >> 4;
    }
};

/// Q4_K and Q5_K.
template <class Block> struct GroupedBlocks {
    static_assert(offsetof(Block, scales) == 4);
    __device__ static const unsigned char* bytes(const std::byte* row, int record)
    {
        return reinterpret_cast<const unsigned char*>(row) +
            static_cast<size_t>(record) * sizeof(Block);
    }
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
            return block[0] | block[1] << 8 | block[2] << 16 |
                static_cast<unsigned>(block[3]) << 24;
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

struct FileQ6_K {
    using Panel = FormatQ6_K;
    __device__ static const unsigned char* bytes(const std::byte* row, int record)
    {
        return reinterpret_cast<const unsigned char*>(row) +
            static_cast<size_t>(record) * sizeof(BlockQ6_K);
    }
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
        const unsigned char* scales = bytes(row, record) + offsetof(BlockQ6_K, scales) + 4 * i;
        return scales[0] | scales[1] << 8 | scales[2] << 16 |
            static_cast<unsigned>(scales[3]) << 24;
    }
    __device__ static unsigned factorBits(const std::byte* row, int record)
    {
        return halfBits(row + static_cast<size_t>(record) * sizeof(BlockQ6_K) +
                        offsetof(BlockQ6_K, d));
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
    case DType::Q4_K:
        return f(FileQ4_K{});
    case DType::Q5_K:
        return f(FileQ5_K{});
    case DType::Q6_K:
        return f(FileQ6_K{});
    case DType::F32:
    case DType::F16:
    case DType::BF16:
    case DType::I32:
        break;
    }
    throw std::invalid_argument("this format has no blocks");
}

} // namespace inglenook::cuda
