// One warp per output and tile of up to 8 rows: lane l multiplies the elements l, l + 32, ... of
// the weight's row into one sum per row of x, then the lanes are added. A row's sum never depends
// on the tile. Simple and correct; the fast kernels come later.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/dequant.cuh"
#include "kernels/cuda/reduce.cuh"

namespace inglenook {
namespace {

constexpr int kTileRows = 8;
constexpr int kWarps = 8;

struct MatmulArguments {
    float* y;
    int yStride;
    const float* x;
    int xStride;
    int rows;
    int in;
    const std::byte* weight;
    size_t bytesPerRow;
    int out;
    const float* bias; // null: none
};

template <class Format> __global__ void matmulKernel(MatmulArguments a)
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int output = static_cast<int>(blockIdx.x) * kWarps + static_cast<int>(threadIdx.x) / 32;
    const int firstRow = static_cast<int>(blockIdx.y) * kTileRows;
    if (output >= a.out)
        return;
    const std::byte* weightRow = a.weight + static_cast<size_t>(output) * a.bytesPerRow;
    const int rows = min(kTileRows, a.rows - firstRow);
    float sums[kTileRows] = {};
    for (int k = lane; k < a.in; k += 32) {
        const float w = Format::value(weightRow, k);
#pragma unroll
        for (int r = 0; r < kTileRows; ++r) {
            if (r < rows)
                sums[r] =
                    __fmaf_rn(w, a.x[static_cast<size_t>(firstRow + r) * a.xStride + k], sums[r]);
        }
    }
#pragma unroll
    for (int r = 0; r < kTileRows; ++r) {
        const float sum = warpSum(sums[r]);
        if (lane == 0 && r < rows)
            a.y[static_cast<size_t>(firstRow + r) * a.yStride + output] =
                a.bias ? sum + a.bias[output] : sum;
    }
}

} // namespace

void CudaBackend::matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias)
{
    checkMatmul(y, x, w, bias);
    activateDevice();
    for (const CudaWeight::Part& part : cudaWeight(w).parts) {
        const float* biasPart = vectorPointer(bias);
        const MatmulArguments arguments{
            .y = pointer<float>(y) + part.firstOut,
            .yStride = y.stride,
            .x = pointer<float>(x),
            .xStride = x.stride,
            .rows = x.rows,
            .in = w.in,
            .weight = part.memory->data,
            .bytesPerRow = part.bytesPerRow,
            .out = part.out,
            .bias = biasPart ? biasPart + part.firstOut : nullptr,
        };
        const dim3 grid(static_cast<unsigned>((part.out + kWarps - 1) / kWarps),
                        static_cast<unsigned>((x.rows + kTileRows - 1) / kTileRows));
        withFormat(part.type, [&]<class Format>(Format) {
            matmulKernel<Format><<<grid, kWarps * 32, 0, m_stream>>>(arguments);
        });
    }
    checkLaunch("matmul");
}

} // namespace inglenook
