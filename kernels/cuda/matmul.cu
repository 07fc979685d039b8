// Which kernel multiplies stands in matmul_blocks.cuh (quantised weights, integer products of
// matrices) and matmul_floats.cuh (the others); here x is rounded where no operator did that
// before: a warp per block of 32.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/matmul_blocks.cuh"
#include "kernels/cuda/matmul_floats.cuh"

namespace inglenook::cuda {
namespace {

constexpr int kRoundWarps = 8; // of a block

/// Blocks: (rows, blocks of 32 by kRoundWarps).
__global__ void roundRows(RoundedRows to, const float* x, int stride)
{
    waitForEarlierKernels();
    const int row = static_cast<int>(blockIdx.x);
    const int block =
        static_cast<int>(blockIdx.y) * kRoundWarps + static_cast<int>(threadIdx.x) / 32;
    if (block >= to.blocks)
        return;
    const int col = block * kBlock + static_cast<int>(threadIdx.x) % 32;
    to.store(row, block, x[static_cast<size_t>(row) * stride + col]);
}

} // namespace

RoundedRows CudaBackend::rounded(const Tensor& x)
{
    if (const RoundedRows found = m_rounded.find(x); found.quants)
        return found;
    const RoundedRows rows = m_rounded.leave(x);
    const dim3 grid(static_cast<unsigned>(x.rows),
                    static_cast<unsigned>((rows.blocks + kRoundWarps - 1) / kRoundWarps));
    launch(roundRows, {grid, kRoundWarps * 32}, m_stream, rows, pointer<float>(x), x.stride);
    return rows;
}

void CudaBackend::matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias)
{
    checkMatmul(y, x, w, bias);
    begin(y);
    if (x.rows == 0)
        return;
    for (const CudaWeight::Part& part : cudaWeight(w).parts) {
        const float* biasPart = bias ? vectorPointer(bias) + part.firstOut : nullptr;
        float* target = pointer<float>(y) + part.firstOut;
        if (hasBlocks(part.type)) {
            const BlocksArguments arguments{.y = target,
                                            .yStride = y.stride,
                                            .x = rounded(x),
                                            .rows = x.rows,
                                            .panels = part.data,
                                            .in = w.in,
                                            .out = part.out,
                                            .bias = biasPart};
            withBlockFormat(part.type, [&]<class Format>(Format) {
                launchBlocks<Format>(arguments, m_stream);
            });
        } else {
            const FloatsArguments arguments{.y = target,
                                            .yStride = y.stride,
                                            .x = pointer<float>(x),
                                            .xStride = x.stride,
                                            .rows = x.rows,
                                            .in = w.in,
                                            .weight = part.data,
                                            .out = part.out,
                                            .bias = biasPart};
            withFloatFormat(part.type, [&]<class Format>(Format) {
                launchFloats<Format>(arguments, m_stream);
            });
        }
    }
    checkLaunch("matmul");
}

} // namespace inglenook::cuda
