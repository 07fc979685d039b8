#pragma once

#include "kernels/cuda/instructions.cuh"
#include "kernels/dtype.h"

#include <cuda_fp16.h>
#include <cuda_runtime.h>
#include <stdexcept>

namespace inglenook::cuda {

// How quantised weights lie on the device. A panel is 16 outputs, a record 256 elements of each of
// them (fewer at the end of a row), and records follow one another as a warp consumes them. What a
// lane needs of a record are runs of 16 bytes side by side with its neighbours', already in the
// order of a matrix fragment (instructions.cuh):
//
//   header  per output 16 bytes
//             Q8_0, Q4_0  f16 d of the 8 blocks
//             Q4_K, Q5_K  f16 d, dmin; words of the low 4 bits of 8 scales, of 8 mins, and of the
//                         top 2 bits of both
//             Q6_K        16 scales of 8 bits
//   factor  per output f16 d                    Q6_K
//   high    per lane 16 bytes: bits above 4     Q5_K (bit r of byte c of word b / 2, from 4 (b % 2)
//           of block b, word r of the fragment       on); per lane 2 x 16 bytes: Q6_K (bits 2 r)
//   quants  per lane 16 bytes of one block (Q8_0) or of two (4 bits: a byte holds element c of
//           words 0 or 1 in the low and of words 2 or 3 in the high nibble)

inline constexpr int kPanelOutputs = 16;
inline constexpr int kBlock = 32; // elements that share a scale of x
inline constexpr int kRecordBlocks = 8;
inline constexpr int kRecordElements = kBlock * kRecordBlocks;
inline constexpr int kLaneRun = 16; // bytes
inline constexpr int kWarpRun = 32 * kLaneRun;

/// The words of a fragment that lane 4 g + t has of a block, and {scale, min} of outputs g, g + 8.
struct ScaleAndMin {
    float scale;
    float min;
};

struct FormatQ8_0 {
    static constexpr int kUnitBlocks = 1; // blocks in a warp's run of quants
    static constexpr int kHighRuns = 0;
    static constexpr bool kFactor = false;
    static constexpr bool kMins = false;
};
struct FormatQ4_0 {
    static constexpr int kUnitBlocks = 2;
    static constexpr int kHighRuns = 0;
    static constexpr bool kFactor = false;
    static constexpr bool kMins = false;
};
struct FormatQ4_K {
    static constexpr int kUnitBlocks = 2;
    static constexpr int kHighRuns = 0;
    static constexpr bool kFactor = false;
    static constexpr bool kMins = true;
};
struct FormatQ5_K {
    static constexpr int kUnitBlocks = 2;
    static constexpr int kHighRuns = 1;
    static constexpr bool kFactor = false;
    static constexpr bool kMins = true;
};
struct FormatQ6_K {
    static constexpr int kUnitBlocks = 2;
    static constexpr int kHighRuns = 2;
    static constexpr bool kFactor = true;
    static constexpr bool kMins = false;
};

// Offsets in a record
inline constexpr int kHeaderBytes = kPanelOutputs * 16;
template <class Format>
inline constexpr int kHighOffset = kHeaderBytes + (Format::kFactor ? 2 * kPanelOutputs : 0);
template <class Format>
inline constexpr int kQuantsOffset = kHighOffset<Format> + Format::kHighRuns* kWarpRun;
template <class Format>
inline constexpr int kRecordBytes =
    kQuantsOffset<Format> + kRecordBlocks / Format::kUnitBlocks* kWarpRun;

/// Records of a panel, the last one perhaps short.
__host__ __device__ constexpr int recordCount(int in)
{
    return (in + kRecordElements - 1) / kRecordElements;
}

/// Bytes of a panel; `in` is a multiple of 32.
template <class Format> __host__ __device__ constexpr size_t panelBytes(int in)
{
    const int missing = recordCount(in) * kRecordBlocks - in / kBlock;
    return static_cast<size_t>(recordCount(in)) * kRecordBytes<Format> -
        static_cast<size_t>(missing / Format::kUnitBlocks) * kWarpRun;
}

/// Whether a format is quantised: kept as panels.
inline bool hasBlocks(DType type)
{
    return facts(type).blockElements > 1;
}

/// Calls f with the struct of a quantised format.
template <class F> void withBlockFormat(DType type, F&& f)
{
    switch (type) {
    case DType::Q8_0:
        return f(FormatQ8_0{});
    case DType::Q4_0:
        return f(FormatQ4_0{});
    case DType::Q4_K:
        return f(FormatQ4_K{});
    case DType::Q5_K:
        return f(FormatQ5_K{});
    case DType::Q6_K:
        return f(FormatQ6_K{});
    case DType::F32:
    case DType::F16:
    case DType::BF16:
    case DType::I32:
        break;
    }
    throw std::invalid_argument("this format has no blocks");
}

/// Where element e of output r of a block lies in a fragment: the lane's word, and its byte there.
struct FragmentPlace {
    int lane;
    int word; // 0 .. 3
    int byte;
};
__device__ inline FragmentPlace fragmentPlace(int r, int e)
{
    return {r % 8 * 4 + e % 16 / 4, r / 8 + e / 16 * 2, e % 4};
}

/// d of a block, or scale and min of a group, from the 16 bytes of an output's header.
template <class Format> __device__ ScaleAndMin scaleOf(const uint4& header, int block)
{
    const unsigned words[4] = {header.x, header.y, header.z, header.w};
    const auto f16 = [](unsigned bits) {
        return __half2float(__ushort_as_half(static_cast<unsigned short>(bits)));
    };
    if constexpr (Format::kMins) {
        const unsigned scale =
            (words[1] >> (4 * block) & 15u) | (words[3] >> (2 * block) & 3u) << 4;
        const unsigned min =
            (words[2] >> (4 * block) & 15u) | (words[3] >> (16 + 2 * block) & 3u) << 4;
        return {f16(words[0] & 0xffffu) * static_cast<float>(scale),
                f16(words[0] >> 16) * static_cast<float>(min)};
    } else {
        return {f16(words[block / 2] >> (16 * (block % 2)) & 0xffffu), 0.f};
    }
}

/// Scale of 16 elements, of Q6_K.
__device__ inline int groupScale(const uint4& header, int group)
{
    const unsigned words[4] = {header.x, header.y, header.z, header.w};
    return static_cast<int>(words[group / 4] << (24 - 8 * (group % 4))) >> 24;
}

/// What one lane needs of a record.
template <class Format> struct LaneRecord {
    uint4 quants[kRecordBlocks / Format::kUnitBlocks];
    uint4 high[Format::kHighRuns + 1]; // one too many, for formats without
    uint4 header[2]; // of outputs g and g + 8
    float factor[2];

    /// `blocks` of the record exist; the words of others are zero.
    __device__ void load(const std::byte* record, int blocks)
    {
        const int lane = static_cast<int>(threadIdx.x) % 32;
        const auto* quantRuns = reinterpret_cast<const uint4*>(record + kQuantsOffset<Format>);
#pragma unroll
        for (int u = 0; u < kRecordBlocks / Format::kUnitBlocks; ++u)
            quants[u] = u * Format::kUnitBlocks < blocks ? loadOnce(quantRuns + 32 * u + lane)
                                                         : uint4{0, 0, 0, 0};
        const auto* highRuns = reinterpret_cast<const uint4*>(record + kHighOffset<Format>);
#pragma unroll
        for (int h = 0; h < Format::kHighRuns; ++h)
            high[h] = loadOnce(highRuns + 32 * h + lane);
        const auto* headers = reinterpret_cast<const uint4*>(record);
        const auto* factors = reinterpret_cast<const unsigned short*>(record + kHeaderBytes);
#pragma unroll
        for (int i = 0; i < 2; ++i) {
            header[i] = loadOnce(headers + lane / 4 + 8 * i);
            if constexpr (Format::kFactor)
                factor[i] = __half2float(__ushort_as_half(factors[lane / 4 + 8 * i]));
        }
    }

    /// The fragment of a block, signed bytes.
    __device__ void fragment(int block, unsigned (&a)[4]) const
    {
        const uint4& run = quants[block / Format::kUnitBlocks];
        if constexpr (Format::kUnitBlocks == 1) {
            a[0] = run.x;
            a[1] = run.y;
            a[2] = run.z;
            a[3] = run.w;
            return;
        }
        const unsigned packed[2] = {block % 2 == 0 ? run.x : run.z, block % 2 == 0 ? run.y : run.w};
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            a[i] = packed[i % 2] >> (4 * (i / 2)) & 0x0f0f0f0fu;
            if constexpr (Format::kHighRuns == 1)
                a[i] |= (word(high[0], block / 2) >> (4 * (block % 2) + i) & 0x01010101u) << 4;
            if constexpr (Format::kHighRuns == 2) {
                a[i] |= (word(high[block / 4], block % 4) >> (2 * i) & 0x03030303u) << 4;
                // minus 32 in each byte: bit 7 keeps a borrow from the next
                a[i] = ((a[i] | 0x80808080u) - 0x20202020u) ^ 0x80808080u;
            }
            if constexpr (!Format::kMins && Format::kHighRuns == 0)
                a[i] = ((a[i] | 0x80808080u) - 0x08080808u) ^ 0x80808080u;
        }
    }

    __device__ static unsigned word(const uint4& run, int i)
    {
        return i == 0 ? run.x : i == 1 ? run.y : i == 2 ? run.z : run.w;
    }
};

/// Element k of output r of a panel.
template <class Format> __device__ float panelValue(const std::byte* panel, int r, int k)
{
    const std::byte* record =
        panel + static_cast<size_t>(k / kRecordElements) * kRecordBytes<Format>;
    const int block = k % kRecordElements / kBlock;
    const FragmentPlace place = fragmentPlace(r, k % kBlock);
    const uint4& header = reinterpret_cast<const uint4*>(record)[r];
    const auto* runs = reinterpret_cast<const unsigned char*>(record + kQuantsOffset<Format>) +
        block / Format::kUnitBlocks * kWarpRun + place.lane * kLaneRun;
    if constexpr (Format::kUnitBlocks == 1)
        return scaleOf<Format>(header, block).scale *
            static_cast<float>(static_cast<signed char>(runs[place.word * 4 + place.byte]));

    int q = runs[block % 2 * 8 + place.word % 2 * 4 + place.byte] >> (place.word / 2 * 4) & 15;
    const auto* high = reinterpret_cast<const unsigned char*>(record + kHighOffset<Format>) +
        place.lane * kLaneRun + place.byte;
    if constexpr (Format::kHighRuns == 1)
        q |= (high[block / 2 * 4] >> (block % 2 * 4 + place.word) & 1) << 4;
    if constexpr (Format::kHighRuns == 2) {
        q |= (high[block / 4 * kWarpRun + block % 4 * 4] >> (2 * place.word) & 3) << 4;
        const auto* factors = reinterpret_cast<const unsigned short*>(record + kHeaderBytes);
        return __half2float(__ushort_as_half(factors[r])) *
            static_cast<float>(groupScale(header, k % kRecordElements / 16) * (q - 32));
    }
    const ScaleAndMin s = scaleOf<Format>(header, block);
    if constexpr (Format::kMins)
        return s.scale * static_cast<float>(q) - s.min;
    return s.scale * static_cast<float>(q - 8);
}

} // namespace inglenook::cuda
