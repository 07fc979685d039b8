// One block counts the picks of each expert, gives each its tiles and hands out the places. In
// which order picks of an expert come is left to chance: no result depends on it.

#include "kernels/cuda/expert_groups.cuh"

#include "kernels/cuda/launch.cuh"

namespace inglenook::cuda {
namespace {

constexpr int kThreads = 512;

struct SortArguments {
    int* tiles;
    int mostTiles;
    const int* ids;
    int idStride;
    int picks; // all of them
    int perRow;
    int experts;

    __device__ int expertOf(int pick) const
    {
        return ids[static_cast<size_t>(pick / perRow) * idStride + pick % perRow];
    }
    __device__ int* tile(int index) const
    {
        return tiles + static_cast<size_t>(index) * ExpertTiles::kWords;
    }
    __device__ int& place(int index) const
    {
        return tile(index / ExpertTiles::kRows)[1 + index % ExpertTiles::kRows];
    }
};

__device__ int tilesFor(int picks)
{
    return (picks + ExpertTiles::kRows - 1) / ExpertTiles::kRows;
}

/// By one warp: each expert's tiles begin where those of the experts before it end. Returns how
/// many there are.
__device__ int giveTiles(int* nexts, const int* counts, int experts)
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
    int before = 0;
    for (int first = 0; first < experts; first += 32) {
        const int expert = first + lane;
        const int own = expert < experts ? tilesFor(counts[expert]) : 0;
        int upToHere = own;
        for (int distance = 1; distance < 32; distance *= 2) {
            const int others = __shfl_sync(0xffffffffu, upToHere, max(lane - distance, 0));
            upToHere += lane >= distance ? others : 0;
        }
        if (expert < experts)
            nexts[expert] = (before + upToHere - own) * ExpertTiles::kRows;
        before += __shfl_sync(0xffffffffu, upToHere, 31);
    }
    return before;
}

__global__ void sortKernel(SortArguments a)
{
    waitForEarlierKernels();
    int* counts = dynamicShared<int>();
    int* nexts = counts + a.experts; // the place in the tiles of the expert's next pick
    int* used = nexts + a.experts;
    const int self = static_cast<int>(threadIdx.x);
    for (int e = self; e < a.experts; e += kThreads)
        counts[e] = 0;
    __syncthreads();
    for (int pick = self; pick < a.picks; pick += kThreads)
        atomicAdd(&counts[a.expertOf(pick)], 1);
    __syncthreads();
    if (self < 32) {
        const int tiles = giveTiles(nexts, counts, a.experts);
        if (self == 0)
            *used = tiles;
    }
    __syncthreads();

    for (int e = self; e < a.experts; e += kThreads) {
        const int first = nexts[e] / ExpertTiles::kRows;
        const int tiles = tilesFor(counts[e]);
        for (int t = 0; t < tiles; ++t)
            *a.tile(first + t) = e;
        for (int i = counts[e]; i < tiles * ExpertTiles::kRows; ++i)
            a.place(nexts[e] + i) = ExpertTiles::kBeyond;
    }
    for (int t = *used + self; t < a.mostTiles; t += kThreads)
        *a.tile(t) = -1;
    __syncthreads();
    for (int pick = self; pick < a.picks; pick += kThreads)
        a.place(atomicAdd(&nexts[a.expertOf(pick)], 1)) = pick;
}

} // namespace

ExpertTiles sortPicks(Scratch& scratch, const Tensor& ids, int experts, const Queue& queue)
{
    const int picks = ids.rows * ids.cols;
    const int most = ExpertTiles::most(picks, experts);
    auto* tiles = reinterpret_cast<int*>(
        scratch.atLeast(static_cast<size_t>(most) * ExpertTiles::kWords * sizeof(int)));
    const SortArguments arguments{.tiles = tiles,
                                  .mostTiles = most,
                                  .ids = pointer<int>(ids),
                                  .idStride = ids.stride,
                                  .picks = picks,
                                  .perRow = ids.cols,
                                  .experts = experts};
    const size_t shared = static_cast<size_t>(2 * experts + 1) * sizeof(int);
    launch(sortKernel, {1, kThreads, shared}, queue, arguments);
    return {tiles, most};
}

} // namespace inglenook::cuda
