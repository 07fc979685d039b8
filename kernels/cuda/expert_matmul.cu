// Few picks: kernels as matmul's for few rows, with a row of blocks for each pick, which read the
// number of their expert themselves: a graph does not change with the picks. More of them: those of
// one expert are put together on the device first, and a row of blocks takes a tile of them, so an
// expert's weights are read once per tile; blocks without a tile end at once. The sums are
// matmul's.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/expert_groups.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/matmul_blocks.cuh"
#include "kernels/cuda/matmul_floats.cuh"

#include <algorithm>
#include <stdexcept>

namespace inglenook::cuda {
namespace {

/// Picks per expert from which on they are put together.
constexpr int kSharedPicks = 2;

constexpr int kMostGridRows = 65535; // of blocks

struct Picks {
    const int* ids;
    int idStride;
    int perRow;
    int perInput; // that share a row of x
    size_t expertBytes;
    int first; // of this launch

    __device__ int pick() const { return first + static_cast<int>(blockIdx.y); }
    __device__ int input() const { return pick() / perInput; }
    __device__ int expert() const
    {
        const int row = pick() / perRow;
        return ids[static_cast<size_t>(row) * idStride + pick() % perRow];
    }
};

/// What an expert adds to its results, of all experts' biases.
__device__ inline const float* biasOf(int expert, const float* biases, int out)
{
    return biases ? biases + static_cast<size_t>(expert) * out : nullptr;
}

/// Blocks: (panels, picks), one warp per segment. Of the tile of x that has the pick's row, the
/// sums of that row are kept. kAll: tiles of x, if known (AdjacentRows).
template <class Format, int kAll>
__global__ void __launch_bounds__(kMostSegments * 32) multiplyPick(BlocksArguments a, Picks picks)
{
    waitForEarlierKernels();
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const auto panel = static_cast<int>(blockIdx.x);
    const int tile = picks.input() / RoundedRows::kTileRows;
    const int row = picks.input() % RoundedRows::kTileRows;
    const int expert = picks.expert();
    const float* bias = biasOf(expert, a.bias, a.out);
    const std::byte* weights = a.panels + static_cast<size_t>(expert) * picks.expertBytes +
        panel * panelBytes<Format>(a.in);
    multiplyPanels<Format, 1, 1>(
        a.in, weights, 0, AdjacentRows<kAll>{a.x, a.rows, tile},
        [&](const float(&totals)[1], int i) {
            const int output = panel * kPanelOutputs + lane / 4 + i / 2 * 8;
            if (output < a.out && lane % 4 * 2 + i % 2 == row)
                a.y[static_cast<size_t>(picks.pick()) * a.yStride + output] =
                    bias ? totals[0] + bias[output] : totals[0];
        });
}

/// Blocks: (kFloatWarps outputs, picks), one warp per output.
template <class Format> __global__ void multiplyPickFloats(FloatsArguments a, Picks picks)
{
    waitForEarlierKernels();
    const int output =
        static_cast<int>(blockIdx.x) * kFloatWarps + static_cast<int>(threadIdx.x) / 32;
    if (output >= a.out)
        return;
    a.weight += static_cast<size_t>(picks.expert()) * picks.expertBytes;
    a.bias = biasOf(picks.expert(), a.bias, a.out);
    a.x += static_cast<size_t>(picks.input()) * a.xStride;
    a.y += static_cast<size_t>(picks.pick()) * a.yStride;
    multiplyRows<Format, 1>(a, output, AdjacentFloats{0, 1});
}

/// All picks of an operator in tiles.
struct TiledPicks {
    ExpertTiles tiles;
    int count;
    int perInput;
    size_t expertBytes;
};

/// The rows of x that a tile's picks read: of each the lane's place in the fragments of its row.
template <int kTiles> struct PickedRows {
    const RoundedRows& x;
    int runs[kTiles]; // of row lane / 4; -1: there is none
    int scales[kTiles][2]; // of rows 2 (lane % 4) and 1 + 2 (lane % 4)
    bool used[kTiles];

    __device__ PickedRows(const RoundedRows& rows, const int* picks, const TiledPicks& all)
        : x(rows)
    {
        const int lane = static_cast<int>(threadIdx.x) % 32;
#pragma unroll
        for (int tile = 0; tile < kTiles; ++tile) {
            const int* ours = picks + tile * RoundedRows::kTileRows;
            used[tile] = ours[0] < all.count;
            const int row = ours[lane / 4] / all.perInput;
            runs[tile] = ours[lane / 4] < all.count ? row * 4 + lane % 4 // 32 lanes of 8 rows
                                                    : -1;
#pragma unroll
            for (int i = 0; i < 2; ++i) {
                const int pick = ours[lane % 4 * 2 + i];
                scales[tile][i] = pick < all.count ? pick / all.perInput : 0;
            }
        }
    }

    __device__ bool has(int tile) const
    {
        return used[tile];
    }
    __device__ uint4 unit(int tile, int index, int) const
    {
        return runs[tile] < 0
            ? uint4{0, 0, 0, 0}
            : reinterpret_cast<const uint4*>(x.quants)[runs[tile] + index * x.tiles * 32];
    }
    __device__ float4 scalePair(int tile, int block, int) const
    {
        const RoundedRows::Scale* ofBlock = x.scales + block * x.tiles * RoundedRows::kTileRows;
        const RoundedRows::Scale first = ofBlock[scales[tile][0]];
        const RoundedRows::Scale second = ofBlock[scales[tile][1]];
        return {first.d, first.sum, second.d, second.sum};
    }
};

/// Blocks: (panels, tiles), one warp per segment.
template <class Format>
__global__ void __launch_bounds__(kMostSegments * 32)
    multiplyTile(BlocksArguments a, TiledPicks picks)
{
    waitForEarlierKernels();
    constexpr int kTiles = ExpertTiles::kRows / RoundedRows::kTileRows;
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const auto panel = static_cast<int>(blockIdx.x);
    const int expert = picks.tiles.expert(static_cast<int>(blockIdx.y));
    if (expert < 0)
        return;
    const int* ours = picks.tiles.picks(static_cast<int>(blockIdx.y));
    const float* bias = biasOf(expert, a.bias, a.out);
    const std::byte* weights = a.panels + static_cast<size_t>(expert) * picks.expertBytes +
        panel * panelBytes<Format>(a.in);
    multiplyPanels<Format, kTiles, 1>(
        a.in, weights, 0, PickedRows<kTiles>(a.x, ours, picks),
        [&](const float(&totals)[1], int i) {
            const int output = panel * kPanelOutputs + lane / 4 + i % 4 / 2 * 8;
            const int pick = ours[i / 4 * RoundedRows::kTileRows + lane % 4 * 2 + i % 2];
            if (output < a.out && pick < picks.count)
                a.y[static_cast<size_t>(pick) * a.yStride + output] =
                    bias ? totals[0] + bias[output] : totals[0];
        });
}

constexpr int kFloatRows = 8; // picks of a block of multiplyTileFloats

struct PickedFloats {
    const int* picks;
    int perInput;
    int count;

    __device__ int input(int r) const { return picks[r] / perInput; }
    __device__ int output(int r) const { return picks[r]; }
};

/// Blocks: (kFloatWarps outputs, kFloatRows rows of tiles), one warp per output.
template <class Format> __global__ void multiplyTileFloats(FloatsArguments a, TiledPicks picks)
{
    waitForEarlierKernels();
    constexpr int kParts = ExpertTiles::kRows / kFloatRows;
    const int output =
        static_cast<int>(blockIdx.x) * kFloatWarps + static_cast<int>(threadIdx.x) / 32;
    const int tile = static_cast<int>(blockIdx.y) / kParts;
    const int expert = picks.tiles.expert(tile);
    if (output >= a.out || expert < 0)
        return;
    const int* ours = picks.tiles.picks(tile) + static_cast<int>(blockIdx.y) % kParts * kFloatRows;
    int count = 0;
    while (count < kFloatRows && ours[count] < picks.count)
        ++count;
    a.weight += static_cast<size_t>(expert) * picks.expertBytes;
    a.bias = biasOf(expert, a.bias, a.out);
    multiplyRows<Format, kFloatRows>(a, output, PickedFloats{ours, picks.perInput, count});
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

/// Calls launch(picks, count) for slices of all picks.
template <class F> void eachSlice(Picks picks, int all, F&& launchSlice)
{
    for (; picks.first < all; picks.first += kMostGridRows)
        launchSlice(picks, static_cast<unsigned>(std::min(kMostGridRows, all - picks.first)));
}

bool areShared(int picks, int experts)
{
    constexpr int kMostTiles = kMostGridRows / (ExpertTiles::kRows / kFloatRows);
    return picks >= kSharedPicks * experts && experts <= kMostSortedExperts &&
        ExpertTiles::most(picks, experts) <= kMostTiles;
}

} // namespace

void CudaBackend::expertMatmul(Tensor y, Tensor x, const Weight& experts, Tensor ids,
                               const Weight& bias)
{
    checkExpertMatmul(y, x, experts, ids, bias);
    begin(y);
    if (y.rows == 0)
        return;
    const CudaWeight& weight = cudaWeight(experts);
    const CudaWeight::Part& part = weight.parts[0];
    const int count = experts.out / y.cols;
    const bool shared = areShared(y.rows, count);
    const Picks each{.ids = pointer<int>(ids),
                     .idStride = ids.stride,
                     .perRow = ids.cols,
                     .perInput = x.rows == ids.rows ? ids.cols : 1,
                     .expertBytes = expertBytes(weight, y.cols),
                     .first = 0};
    const TiledPicks tiled{.tiles =
                               shared ? sortPicks(m_tiles, ids, count, m_stream) : ExpertTiles{},
                           .count = y.rows,
                           .perInput = each.perInput,
                           .expertBytes = each.expertBytes};
    const auto tiles = static_cast<unsigned>(tiled.tiles.count);
    if (hasBlocks(part.type)) {
        const BlocksArguments arguments{.y = pointer<float>(y),
                                        .yStride = y.stride,
                                        .x = rounded(x),
                                        .rows = x.rows,
                                        .panels = part.data,
                                        .in = experts.in,
                                        .out = y.cols,
                                        .bias = vectorPointer(bias)};
        const auto panels = static_cast<unsigned>((y.cols + kPanelOutputs - 1) / kPanelOutputs);
        const auto threads = static_cast<unsigned>(segmentCount(experts.in) * 32);
        withBlockFormat(part.type, [&]<class Format>(Format) {
            if (shared)
                return launch(multiplyTile<Format>, {{panels, tiles}, threads}, m_stream, arguments,
                              tiled);
            eachSlice(each, y.rows, [&](const Picks& picks, unsigned rows) {
                launch(x.rows <= RoundedRows::kTileRows ? multiplyPick<Format, 1>
                                                        : multiplyPick<Format, 0>,
                       {{panels, rows}, threads}, m_stream, arguments, picks);
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
                                        .bias = vectorPointer(bias)};
        const auto blocks = static_cast<unsigned>((y.cols + kFloatWarps - 1) / kFloatWarps);
        constexpr unsigned kParts = ExpertTiles::kRows / kFloatRows;
        withFloatFormat(part.type, [&]<class Format>(Format) {
            if (shared)
                return launch(multiplyTileFloats<Format>,
                              {{blocks, tiles * kParts}, kFloatWarps * 32}, m_stream, arguments,
                              tiled);
            eachSlice(each, y.rows, [&](const Picks& picks, unsigned rows) {
                launch(multiplyPickFloats<Format>, {{blocks, rows}, kFloatWarps * 32}, m_stream,
                       arguments, picks);
            });
        });
    }
    checkLaunch("expertMatmul");
}

} // namespace inglenook::cuda
