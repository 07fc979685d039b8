#pragma once

#include "kernels/dtype.h"
#include "kernels/quant_formats.h"

#include <cuda_runtime.h>
#include <stdexcept>

namespace inglenook::cuda {

// How quantised weights lie on the device. A panel is 16 outputs, a record 256 elements of each of
// them (fewer at the end of a row), and records follow one another as a warp consumes them. What a
// lane needs of a record are runs of 16 bytes side by side with its neighbours', already in the
// order of a matrix fragment (instructions.cuh):
//
//   header  per output 16 bytes, or 8 (Scales::BlockBytes, Exponents), or 16 here and 16 behind
//           those of all outputs (HalvesAndMinimums)
//   factor  per output f16 d (Q3_K: -d; Q6_K, IQ4_XS) or d, dmin (Q2_K)
//   high    bits above those of quants, per lane. One bit: 16 bytes; bit r of byte c of word b / 2,
//           from 4 (b % 2) on, is of block b, word r of the fragment. Two bits (Q6_K): 2 x 16
//           bytes, as the quants of 2 bits below
//   quants  per lane 16 bytes of one block (8 bits), two or four. 4 bits: a byte holds element c of
//           words 0 or 1 in the low and of words 2 or 3 in the high nibble. Indices of a table: of
//           a word, nibbles 0 .. 3 are the elements of word 0 or 1, 4 .. 7 those of 2 or 3. 2 bits:
//           bits 2 r of byte c of word b

inline constexpr int kPanelOutputs = 16;
inline constexpr int kBlock = 32; // elements that share a scale of x
inline constexpr int kRecordBlocks = 8;
inline constexpr int kRecordElements = kBlock * kRecordBlocks;
inline constexpr int kLaneRun = 16; // bytes
inline constexpr int kWarpRun = 32 * kLaneRun;

/// What the header of an output holds.
enum class Scales {
    Halves, // f16 d of the 8 blocks
    HalvesAndMinimums, // the same, then f16 m, which is added
    SixBits, // f16 d, dmin; words of the low 4 bits of 8 scales, of 8 minimums, and of the top 2 of
             // both
    BlockBytes, // 8 scales of 8 bits
    Exponents, // 8 bytes e: 2^(e - 128)
    GroupBytes, // 16 scales of 8 bits; Q3_K: their negatives
    GroupNibbles // 16 bytes: a scale in the low, a minimum in the high nibble
};

/// What formats are, where they do not say otherwise.
struct FourBits {
    static constexpr int kBits = 4; // of an element, in quants
    static constexpr int kHighBits = 0;
    static constexpr int kFactors = 0; // f16 per output
    static constexpr int kZero = 0; // the quant that stands for zero
    static constexpr bool kIndices = false; // quants are indices of kValues
};
struct FormatQ8_0 : FourBits {
    static constexpr Scales kScales = Scales::Halves;
    static constexpr int kBits = 8; // signed
};
struct FormatQ4_0 : FourBits {
    static constexpr Scales kScales = Scales::Halves;
    static constexpr int kZero = 8;
};
struct FormatQ5_1 : FourBits {
    static constexpr Scales kScales = Scales::HalvesAndMinimums;
    static constexpr int kHighBits = 1;
};
struct FormatQ2_K : FourBits {
    static constexpr Scales kScales = Scales::GroupNibbles;
    static constexpr int kBits = 2;
    static constexpr int kFactors = 2;
};
struct FormatQ3_K : FourBits {
    static constexpr Scales kScales = Scales::GroupBytes;
    static constexpr int kBits = 2;
    static constexpr int kHighBits = 1;
    static constexpr int kFactors = 1;
    static constexpr int kZero = 4;
};
struct FormatQ4_K : FourBits {
    static constexpr Scales kScales = Scales::SixBits;
};
struct FormatQ5_K : FormatQ4_K {
    static constexpr int kHighBits = 1;
};
struct FormatQ6_K : FourBits {
    static constexpr Scales kScales = Scales::GroupBytes;
    static constexpr int kHighBits = 2;
    static constexpr int kFactors = 1;
    static constexpr int kZero = 32;
};
struct FormatIQ4_XS : FourBits {
    static constexpr Scales kScales = Scales::BlockBytes;
    static constexpr int kFactors = 1;
    static constexpr bool kIndices = true;
    static constexpr const int8_t (&kValues)[16] = kValuesIQ4;
};
struct FormatMXFP4 : FourBits {
    static constexpr Scales kScales = Scales::Exponents;
    static constexpr bool kIndices = true;
    static constexpr const int8_t (&kValues)[16] = kValuesFP4;
};

constexpr int headerWords(Scales scales)
{
    switch (scales) {
    case Scales::HalvesAndMinimums:
        return 8;
    case Scales::BlockBytes:
    case Scales::Exponents:
        return 2;
    default:
        return 4;
    }
}
template <class Format> inline constexpr int kHeaderWords = headerWords(Format::kScales);
/// Words of an output's header that lie together.
template <class Format>
inline constexpr int kHeaderRun = kHeaderWords<Format> < 4 ? kHeaderWords<Format> : 4;
/// Blocks in a warp's run of quants.
template <class Format> inline constexpr int kUnitBlocks = 8 / Format::kBits;

// Offsets in a record
template <class Format>
inline constexpr int kFactorOffset = kPanelOutputs* kHeaderWords<Format> * 4;
template <class Format>
inline constexpr int kHighOffset = kFactorOffset<Format> + 2 * kPanelOutputs* Format::kFactors;
template <class Format>
inline constexpr int kQuantsOffset = kHighOffset<Format> + Format::kHighBits* kWarpRun;
template <class Format>
inline constexpr int kRecordBytes =
    kQuantsOffset<Format> + kRecordBlocks / kUnitBlocks<Format>* kWarpRun;

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
        static_cast<size_t>(missing / kUnitBlocks<Format>) * kWarpRun;
}

/// Whether a format is quantised: kept as panels.
inline bool hasBlocks(DType type)
{
    return facts(type).blockElements > 1;
}

/// Calls f with the struct of the format that a quantised one is kept as.
template <class F> void withBlockFormat(DType type, F&& f)
{
    switch (keptAs(type)) {
    case DType::Q8_0:
        return f(FormatQ8_0{});
    case DType::Q4_0:
        return f(FormatQ4_0{});
    case DType::Q5_1:
        return f(FormatQ5_1{});
    case DType::Q2_K:
        return f(FormatQ2_K{});
    case DType::Q3_K:
        return f(FormatQ3_K{});
    case DType::Q4_K:
        return f(FormatQ4_K{});
    case DType::Q5_K:
        return f(FormatQ5_K{});
    case DType::Q6_K:
        return f(FormatQ6_K{});
    case DType::IQ4_XS:
        return f(FormatIQ4_XS{});
    case DType::MXFP4:
        return f(FormatMXFP4{});
    case DType::Q4_1:
    case DType::Q5_0:
    case DType::IQ4_NL: // kept as others
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

/// Four values of a table as bytes, from number `first` on.
constexpr unsigned tableWord(const int8_t (&values)[16], int first)
{
    unsigned word = 0;
    for (int i = 0; i < 4; ++i)
        word |= static_cast<unsigned>(values[first + i] & 255) << (8 * i);
    return word;
}

template <class Format, int kFirst>
inline constexpr unsigned kTableWord = tableWord(Format::kValues, kFirst);

/// The values that eight nibbles are indices of, as bytes in order.
template <class Format> __device__ uint2 lookUp(unsigned nibbles)
{
    const unsigned places = nibbles & 0x77777777u; // in either half of the table
    const unsigned halves = (nibbles & 0x88888888u) >> 1 | 0x32103210u; // byte i of which half
    const auto four = [&](int shift) {
        return __byte_perm(
            __byte_perm(kTableWord<Format, 0>, kTableWord<Format, 4>, places >> shift),
            __byte_perm(kTableWord<Format, 8>, kTableWord<Format, 12>, places >> shift),
            halves >> shift);
    };
    return {four(0), four(16)};
}

} // namespace inglenook::cuda
