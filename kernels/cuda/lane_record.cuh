#pragma once

#include "kernels/cuda/instructions.cuh"
#include "kernels/cuda/panels.cuh"

#include <cuda_fp16.h>

namespace inglenook::cuda {

// What is read of a record (panels.cuh) to multiply by it, or to take a single value.

__device__ inline float halfValue(unsigned bits)
{
    return __half2float(__ushort_as_half(static_cast<unsigned short>(bits)));
}

struct ScaleAndMin {
    float scale;
    float min; // taken away
};

/// The scales of an output in a record.
template <class Format> struct OutputScales {
    unsigned words[kHeaderWords<Format>];
    float factors[Format::kFactors + 1]; // one too many, for formats without

    /// `read` loads the 16 bytes at an address.
    template <class Read> __device__ void load(const std::byte* record, int output, Read read)
    {
        if constexpr (kHeaderWords<Format> == 2) {
            const uint2 run = __ldg(reinterpret_cast<const uint2*>(record) + output);
            words[0] = run.x;
            words[1] = run.y;
        } else {
#pragma unroll
            for (int i = 0; i < kHeaderWords<Format>; i += 4) {
                const uint4 run =
                    read(reinterpret_cast<const uint4*>(record) + i / 4 * kPanelOutputs + output);
                words[i] = run.x;
                words[i + 1] = run.y;
                words[i + 2] = run.z;
                words[i + 3] = run.w;
            }
        }
        const auto* halves =
            reinterpret_cast<const unsigned short*>(record + kFactorOffset<Format>) +
            output * Format::kFactors;
#pragma unroll
        for (int i = 0; i < Format::kFactors; ++i)
            factors[i] = halfValue(halves[i]);
    }

    /// What scales the sum of products of a block, and of its minimums (addBlock() says which).
    __device__ ScaleAndMin ofBlock(int block) const
    {
        constexpr Scales kind = Format::kScales;
        const auto half = [&](int i) {
            return halfValue(words[i / 2] >> (16 * (i % 2)) & 0xffffu);
        };
        if constexpr (kind == Scales::Halves) {
            return {half(block), 0.f};
        } else if constexpr (kind == Scales::HalvesAndMinimums) {
            return {half(block), -half(kRecordBlocks + block)};
        } else if constexpr (kind == Scales::SixBits) {
            const unsigned scale =
                (words[1] >> (4 * block) & 15u) | (words[3] >> (2 * block) & 3u) << 4;
            const unsigned min =
                (words[2] >> (4 * block) & 15u) | (words[3] >> (16 + 2 * block) & 3u) << 4;
            return {halfValue(words[0] & 0xffffu) * static_cast<float>(scale),
                    halfValue(words[0] >> 16) * static_cast<float>(min)};
        } else if constexpr (kind == Scales::BlockBytes) {
            return {factors[0] * static_cast<float>(signedByte(block)), 0.f};
        } else if constexpr (kind == Scales::Exponents) {
            const unsigned exponent = words[block / 4] >> (8 * (block % 4)) & 255u;
            // The two lowest are subnormal
            return {__uint_as_float(exponent < 2 ? 0x00200000u << exponent : (exponent - 1) << 23),
                    0.f};
        } else {
            return {factors[0], Format::kFactors > 1 ? factors[1] : 0.f};
        }
    }

    /// Scale of 16 elements, of formats that have such.
    __device__ int ofGroup(int group) const
    {
        if constexpr (Format::kScales == Scales::GroupNibbles)
            return static_cast<int>(words[group / 4] >> (8 * (group % 4)) & 15u);
        else
            return signedByte(group);
    }
    /// Minimum of 16 elements, of Scales::GroupNibbles.
    __device__ unsigned minimumOfGroup(int group) const
    {
        return words[group / 4] >> (8 * (group % 4) + 4) & 15u;
    }

private:
    __device__ int signedByte(int i) const
    {
        return static_cast<int>(words[i / 4] << (24 - 8 * (i % 4))) >> 24;
    }
};

/// Whether the scales of 16 elements go into the fragment: times a quant each fits a signed byte.
template <class Format> inline constexpr bool kScaledFragment = Format::kBits == 2;

/// What one lane needs of a record.
template <class Format> struct LaneRecord {
    uint4 quants[kRecordBlocks / kUnitBlocks<Format>];
    uint4 high[Format::kHighBits + 1]; // one too many, for formats without
    OutputScales<Format> scales[2]; // of outputs g and g + 8

    /// `blocks` of the record exist; the words of others are zero.
    __device__ void load(const std::byte* record, int blocks)
    {
        const int lane = static_cast<int>(threadIdx.x) % 32;
        const auto* quantRuns = reinterpret_cast<const uint4*>(record + kQuantsOffset<Format>);
#pragma unroll
        for (int u = 0; u < kRecordBlocks / kUnitBlocks<Format>; ++u)
            quants[u] = u * kUnitBlocks<Format> < blocks ? loadOnce(quantRuns + 32 * u + lane)
                                                         : uint4{0, 0, 0, 0};
        const auto* highRuns = reinterpret_cast<const uint4*>(record + kHighOffset<Format>);
#pragma unroll
        for (int h = 0; h < Format::kHighBits; ++h)
            high[h] = loadOnce(highRuns + 32 * h + lane);
#pragma unroll
        for (int i = 0; i < 2; ++i)
            scales[i].load(record, lane / 4 + 8 * i,
                           [](const uint4* from) { return loadOnce(from); });
    }

    /// The fragment of a block, signed bytes.
    __device__ void fragment(int block, unsigned (&a)[4]) const
    {
        if constexpr (Format::kBits == 8) {
            const uint4& run = quants[block];
            a[0] = run.x;
            a[1] = run.y;
            a[2] = run.z;
            a[3] = run.w;
        } else if constexpr (Format::kIndices) {
#pragma unroll
            for (int i = 0; i < 2; ++i) {
                const uint2 values = lookUp<Format>(word(quants[block / 2], block % 2 * 2 + i));
                a[i] = values.x;
                a[i + 2] = values.y;
            }
        } else {
#pragma unroll
            for (int i = 0; i < 4; ++i)
                a[i] = signedBytes(block, i);
        }
    }

    /// The minimums of a block's two groups, each in place of its elements.
    __device__ void minimums(int block, unsigned (&a)[4]) const
    {
#pragma unroll
        for (int i = 0; i < 4; ++i)
            a[i] = scales[i % 2].minimumOfGroup(2 * block + i / 2) * 0x01010101u;
    }

private:
    /// Word i of the fragment of a block.
    __device__ unsigned signedBytes(int block, int i) const
    {
        const uint4& run = quants[block / kUnitBlocks<Format>];
        unsigned q = Format::kBits == 2
            ? word(run, block % 4) >> (2 * i) & 0x03030303u
            : word(run, block % 2 * 2 + i % 2) >> (4 * (i / 2)) & 0x0f0f0f0fu;
        if constexpr (Format::kHighBits == 1)
            q |= (word(high[0], block / 2) >> (4 * (block % 2) + i) & 0x01010101u) << Format::kBits;
        if constexpr (Format::kHighBits == 2)
            q |= (word(high[block / 4], block % 4) >> (2 * i) & 0x03030303u) << 4;
        constexpr unsigned kZeros = Format::kZero * 0x01010101u;
        if constexpr (kScaledFragment<Format>) {
            // All bytes in one product: with 128 more none is below zero, so none borrows
            constexpr unsigned kMore = Format::kZero > 0 ? 0x80808080u : 0;
            const int scale = scales[i % 2].ofGroup(2 * block + i / 2);
            q = ((q - kZeros) * static_cast<unsigned>(scale) + kMore) ^ kMore;
        } else if constexpr (Format::kZero > 0) {
            q = ((q | 0x80808080u) - kZeros) ^ 0x80808080u; // bit 7 keeps a borrow from the next
        }
        return q;
    }

    __device__ static unsigned word(const uint4& run, int i)
    {
        return i == 0 ? run.x : i == 1 ? run.y : i == 2 ? run.z : run.w;
    }
};

} // namespace inglenook::cuda
