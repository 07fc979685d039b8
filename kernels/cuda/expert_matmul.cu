// Kernels as matmul's for few rows, with a row of blocks for each pick, which read the number of
// their expert themselves: a graph does not change with the picks. Picks of one expert share what
// they read only in the caches.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/matmul_blocks.cuh"
#include "kernels/cuda/matmul_floats.cuh"

#include <algorithm>
#include <stdexcept>

namespace inglenook::cuda {
namespace {

struct Picks {
    const int* ids;
    int idStride;
    int perRow;
    int perInput; // that share a row of x
    size_t expertBytes;
    int first; // of this launch

    __device__ int pick() const { return first + static_cast<int>(blockIdx.y); }
    __device__ int input() const { return pick() / perInput; }
    __device__ size_t weightOffset() const
    {
        const int row = pick() / perRow;
        return static_cast<size_t>(ids[static_cast<size_t>(row) * idStride + pick() % perRow]) *
            expertBytes;
    }
};

/// Blocks: (panels, picks), one warp per segment. Of the tile of x that has the pick's row, the
/// sums of that row are kept.
template <class Format>
__global__ void __launch_bounds__(kMostSegments * 32) multiplyPick(BlocksArguments a, Picks picks)
{
    __shared__ float partial[kMostSegments][4][32];
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int segment = static_cast<int>(threadIdx.x) / 32;
    const auto panel = static_cast<int>(blockIdx.x);
    const int tile = picks.input() / RoundedRows::kTileRows;
    const int row = picks.input() % RoundedRows::kTileRows;
    Sums<1> sums = {};
    addSegment<Format, 1>(
        sums, a, a.panels + picks.weightOffset() + panel * panelBytes<Format>(a.in), segment, tile);
#pragma unroll
    for (int i = 0; i < 4; ++i)
        partial[segment][i][lane] = sums[0][i];
    __syncthreads();

    const int segments = segmentCount(a.in);
    for (int i = segment; i < 4; i += segments) {
        float total = partial[0][i][lane];
        for (int s = 1; s < segments; ++s)
            total += partial[s][i][lane];
        const int output = panel * kPanelOutputs + lane / 4 + i / 2 * 8;
        if (output < a.out && lane % 4 * 2 + i % 2 == row)
            a.y[static_cast<size_t>(picks.pick()) * a.yStride + output] = total;
    }
}

/// Blocks: (kFloatWarps outputs, picks), one warp per output.
template <class Format> __global__ void multiplyPickFloats(FloatsArguments a, Picks picks)
{
    const int output =
        static_cast<int>(blockIdx.x) * kFloatWarps + static_cast<int>(threadIdx.x) / 32;
    if (output >= a.out)
        return;
    a.weight += picks.weightOffset();
    a.x += static_cast<size_t>(picks.input()) * a.xStride;
    a.y += static_cast<size_t>(picks.pick()) * a.yStride;
    multiplyRows<Format, 1>(a, output, 0);
}

/// Bytes from one expert to the next.
size_t expertBytes(const CudaWeight& weight, int out)
{
    for (const CudaWeight::Part& part : weight.parts)
        if (part.out != out || part.type != weight.parts[0].type)
            throw std::invalid_argument("expertMatmul: the weight was not loaded of equal parts");
    return weight.parts.size() < 2
        ? 0
        : static_cast<size_t>(weight.parts[1].data - weight.parts[0].data);
}

/// Calls launch(picks, count) for slices of all picks: a grid has at most 65535 rows of blocks.
template <class F> void eachSlice(Picks picks, int all, F&& launchSlice)
{
    constexpr int kMostRows = 65535;
    for (; picks.first < all; picks.first += kMostRows)
        launchSlice(picks, static_cast<unsigned>(std::min(kMostRows, all - picks.first)));
}

} // namespace

void CudaBackend::expertMatmul(Tensor y, Tensor x, const Weight& experts, Tensor ids)
{
    checkExpertMatmul(y, x, experts, ids);
    begin(y);
    if (y.rows == 0)
        return;
    const CudaWeight& weight = cudaWeight(experts);
    const CudaWeight::Part& part = weight.parts[0];
    const Picks all{.ids = pointer<int>(ids),
                    .idStride = ids.stride,
                    .perRow = ids.cols,
                    .perInput = x.rows == ids.rows ? ids.cols : 1,
                    .expertBytes = expertBytes(weight, y.cols),
                    .first = 0};
    if (hasBlocks(part.type)) {
        const BlocksArguments arguments{.y = pointer<float>(y),
                                        .yStride = y.stride,
                                        .x = rounded(x),
                                        .rows = x.rows,
                                        .panels = part.data,
                                        .in = experts.in,
                                        .out = y.cols,
                                        .bias = nullptr};
        const auto panels = static_cast<unsigned>((y.cols + kPanelOutputs - 1) / kPanelOutputs);
        const auto threads = static_cast<unsigned>(segmentCount(experts.in) * 32);
        withBlockFormat(part.type, [&]<class Format>(Format) {
            eachSlice(all, y.rows, [&](const Picks& picks, unsigned count) {
                launch(multiplyPick<Format>, {{panels, count}, threads}, m_stream, arguments,
                       picks);
            });
        });
    } else {
        const FloatsArguments arguments{.y = pointer<float>(y),
                                        .yStride = y.stride,
                                        .x = pointer<float>(x),
                                        .xStride = x.stride,
                                        .rows = 1,
                                        .in = experts.in,
                                        .weight = part.data,
                                        .out = y.cols,
                                        .bias = nullptr};
        const auto blocks = static_cast<unsigned>((y.cols + kFloatWarps - 1) / kFloatWarps);
        withFloatFormat(part.type, [&]<class Format>(Format) {
            eachSlice(all, y.rows, [&](const Picks& picks, unsigned count) {
                launch(multiplyPickFloats<Format>, {{blocks, count}, kFloatWarps * 32}, m_stream,
                       arguments, picks);
            });
        });
    }
    checkLaunch("expertMatmul");
}

} // namespace inglenook::cuda
