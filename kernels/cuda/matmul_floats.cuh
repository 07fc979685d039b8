#pragma once

#include "kernels/cuda/launch.cuh"
#include "kernels/dtype.h"

#include <cuda_fp16.h>
#include <cuda_runtime.h>

namespace inglenook::cuda {

// Weights of F32, F16 and BF16 lie as in files, rows without gaps. A warp computes one output for
// up to eight rows of x: lane l takes the runs of 8 elements l, l + 32, ... into one sum per row,
// then the lanes are added, always in the same tree. So a sum depends on the width of the weight
// alone.

struct FloatsArguments {
    float* y;
    int yStride;
    const float* x;
    int xStride;
    int rows;
    int in;
    const std::byte* weight;
    int out;
    const float* bias; // null: none
};

inline constexpr int kRun = 8; // elements of a weight that a lane takes at a time
inline constexpr int kFloatWarps = 8; // of a block

struct FormatF32 {
    using Element = float;
    __device__ static float value(float element) { return element; }
};

struct FormatF16 {
    using Element = uint16_t;
    __device__ static float value(uint16_t element)
    {
        return __half2float(__ushort_as_half(element));
    }
};

struct FormatBF16 {
    using Element = uint16_t;
    __device__ static float value(uint16_t element)
    {
        return __uint_as_float(static_cast<unsigned>(element) << 16);
    }
};

/// Calls f with the struct of a format without blocks.
template <class F> void withFloatFormat(DType type, F&& f)
{
    if (type == DType::F32)
        f(FormatF32{});
    else if (type == DType::F16)
        f(FormatF16{});
    else
        f(FormatBF16{});
}

/// Element k of a row.
template <class Format> __device__ float floatValue(const std::byte* row, int k)
{
    return Format::value(reinterpret_cast<const typename Format::Element*>(row)[k]);
}

/// kRun elements from k on; what lies beyond the row is zero.
template <class Format>
__device__ void loadRun(const std::byte* row, int k, int in, float (&values)[kRun])
{
    using Element = typename Format::Element;
    if (in % kRun == 0) { // then every run is aligned
        alignas(16) Element elements[kRun];
        constexpr int kPieces = static_cast<int>(sizeof elements / sizeof(uint4));
#pragma unroll
        for (int i = 0; i < kPieces; ++i)
            reinterpret_cast<uint4*>(elements)[i] =
                __ldg(reinterpret_cast<const uint4*>(row + size_t{sizeof(Element)} * k) + i);
#pragma unroll
        for (int i = 0; i < kRun; ++i)
            values[i] = Format::value(elements[i]);
        return;
    }
#pragma unroll
    for (int i = 0; i < kRun; ++i)
        values[i] = k + i < in ? floatValue<Format>(row, k + i) : 0.f;
}

/// Adds the lanes of a warp: afterwards sums[0] of lane l is that of row l / (32 / kRows).
template <int kRows> __device__ void addLanes(float (&sums)[kRows])
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
    int step = 16;
#pragma unroll
    for (int kept = kRows / 2; kept > 0; kept /= 2) {
        const bool upper = (lane & step) != 0;
#pragma unroll
        for (int r = 0; r < kept; ++r) {
            const float given = upper ? sums[r] : sums[r + kept];
            const float own = upper ? sums[r + kept] : sums[r];
            sums[r] = own + __shfl_xor_sync(0xffffffffu, given, step);
        }
        step /= 2;
    }
    for (; step > 0; step /= 2)
        sums[0] += __shfl_xor_sync(0xffffffffu, sums[0], step);
}

/// Rows that lie behind each other.
struct AdjacentFloats {
    int first;
    int count;

    __device__ int input(int r) const { return first + r; }
    __device__ int output(int r) const { return first + r; }
};

/// One output of the warp, for up to kRows rows.
template <class Format, int kRows, class Rows>
__device__ void multiplyRows(const FloatsArguments& a, int output, const Rows& rows)
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const std::byte* weight = a.weight +
        static_cast<size_t>(output) * static_cast<size_t>(a.in) * sizeof(typename Format::Element);
    float sums[kRows] = {};
    for (int k = lane * kRun; k < a.in; k += 32 * kRun) {
        float w[kRun];
        loadRun<Format>(weight, k, a.in, w);
#pragma unroll
        for (int r = 0; r < kRows; ++r) {
            if (r >= rows.count)
                break;
            const float* x = a.x + static_cast<size_t>(rows.input(r)) * a.xStride + k;
#pragma unroll
            for (int i = 0; i < kRun; ++i)
                sums[r] = __fmaf_rn(w[i], k + i < a.in ? x[i] : 0.f, sums[r]);
        }
    }
    addLanes(sums);
    const int row = lane / (32 / kRows);
    if (lane % (32 / kRows) == 0 && row < rows.count)
        a.y[static_cast<size_t>(rows.output(row)) * a.yStride + output] =
            a.bias ? sums[0] + a.bias[output] : sums[0];
}

/// Blocks: (kFloatWarps outputs, kRows rows), one warp per output.
template <class Format, int kRows> __global__ void multiplyFloats(FloatsArguments a)
{
    waitForEarlierKernels();
    const int output =
        static_cast<int>(blockIdx.x) * kFloatWarps + static_cast<int>(threadIdx.x) / 32;
    const int first = static_cast<int>(blockIdx.y) * kRows;
    if (output < a.out)
        multiplyRows<Format, kRows>(a, output, AdjacentFloats{first, min(kRows, a.rows - first)});
}

template <class Format> void launchFloats(const FloatsArguments& a, const Queue& queue)
{
    const auto blocks = static_cast<unsigned>((a.out + kFloatWarps - 1) / kFloatWarps);
    constexpr unsigned kThreads = kFloatWarps * 32;
    constexpr int kTileRows = 8;
    if (a.rows == 1)
        launch(multiplyFloats<Format, 1>, {blocks, kThreads}, queue, a);
    else
        launch(multiplyFloats<Format, kTileRows>,
               {{blocks, static_cast<unsigned>((a.rows + kTileRows - 1) / kTileRows)}, kThreads},
               queue, a);
}

} // namespace inglenook::cuda
