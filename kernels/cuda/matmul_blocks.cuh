#pragma once

#include "kernels/cuda/lane_record.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/mma.cuh"
#include "kernels/cuda/rounded_rows.cuh"

namespace inglenook::cuda {

// Quantised weights times rounded rows, by integer products of matrices: a warp multiplies a panel
// of 16 outputs by tiles of 8 rows, 32 elements at a time, straight from fragments in memory.
//
// One order of summation whatever the number of rows. A row of the weight is cut into up to eight
// segments of whole records, as its width alone says. In a segment the products of blocks are exact
// integers and are added in order, scaled, to one f32 sum; the sums of the segments are added in
// order, then the bias. Few rows: the segments of a panel are computed side by side by the warps of
// a block, because what counts is how many bytes are under way. Many rows: one after another by a
// warp, and the panels of a block share the rows in the L1 cache; sets of rows are whole, so that
// nothing branches and the loads of one tile go beside the products of another.

inline constexpr int kMostSegments = 8;
inline constexpr int kManyTiles = RoundedRows::kSetTiles; // of 8 rows, per warp

struct BlocksArguments {
    float* y;
    int yStride;
    RoundedRows x;
    int rows;
    const std::byte* panels;
    int in;
    int out;
    const float* bias; // null: none
};

__host__ __device__ constexpr int segmentCount(int in)
{
    const int records = recordCount(in);
    return records < kMostSegments ? records : kMostSegments;
}

/// The sums of a panel by kTiles tiles of rows, as the lane has them.
template <int kTiles> using Sums = float[kTiles][4];

/// The fragments of a block that any rows are multiplied by.
template <class Format> struct BlockFragments {
    unsigned quants[4];
    unsigned minimums[4]; // of Scales::GroupNibbles
    // Of outputs g and g + 8, where they are products: nvcc would multiply again for each tile
    ScaleAndMin products[2];
    static constexpr bool kProducts = Format::kScales == Scales::SixBits;

    __device__ void take(const LaneRecord<Format>& record, int block)
    {
        record.fragment(block, quants);
        if constexpr (kProducts) {
            products[0] = record.scales[0].ofBlock(block);
            products[1] = record.scales[1].ofBlock(block);
        }
        if constexpr (Format::kScales == Scales::GroupNibbles)
            record.minimums(block, minimums);
    }
    __device__ ScaleAndMin scale(const LaneRecord<Format>& record, int block, int i) const
    {
        return kProducts ? products[i] : record.scales[i].ofBlock(block);
    }
};

/// Adds one block to the sums. `b` are the lane's words of the tile's rows. Minimums of 32 elements
/// come with the sum of x; for those of 16 the units that multiply add up x, times the minimums.
template <class Format>
__device__ void addBlock(float (&sums)[4], const LaneRecord<Format>& record, int block,
                         const BlockFragments<Format>& a, const unsigned (&b)[2], const float4& x)
{
    const float d[2] = {x.x, x.z};
    const float sum[2] = {x.y, x.w};
    constexpr Scales kind = Format::kScales;
    int products[4] = {};
    int minimums[4] = {};
    if constexpr (kind == Scales::GroupBytes && !kScaledFragment<Format>) {
        int second[4] = {};
        multiplyHalf(products, a.quants[0], a.quants[1], b[0]);
        multiplyHalf(second, a.quants[2], a.quants[3], b[1]);
#pragma unroll
        for (int i = 0; i < 4; ++i)
            products[i] = products[i] * record.scales[i / 2].ofGroup(2 * block) +
                second[i] * record.scales[i / 2].ofGroup(2 * block + 1);
    } else {
        multiplyBytes(products, a.quants, b);
    }
    if constexpr (kind == Scales::GroupNibbles)
        multiplyBytes(minimums, a.minimums, b);
    const ScaleAndMin scales[2] = {a.scale(record, block, 0), a.scale(record, block, 1)};
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        const ScaleAndMin& s = scales[i / 2];
        sums[i] = __fmaf_rn(__int2float_rn(products[i]), s.scale * d[i % 2], sums[i]);
        if constexpr (kind == Scales::SixBits || kind == Scales::HalvesAndMinimums)
            sums[i] = __fmaf_rn(-s.min, sum[i % 2], sums[i]);
        if constexpr (kind == Scales::GroupNibbles)
            sums[i] = __fmaf_rn(__int2float_rn(minimums[i]), -s.min * d[i % 2], sums[i]);
    }
}

/// Tiles of rows of x that lie beside each other. kAll: how many x has, where that is known; it
/// saves registers.
template <int kAll> struct AdjacentRows {
    const RoundedRows& x;
    int count; // of x
    int firstTile;

    __device__ int tiles() const { return kAll > 0 ? kAll : x.tiles; }
    __device__ int firstRow(int tile) const { return (firstTile + tile) * RoundedRows::kTileRows; }
    __device__ bool has(int tile) const { return firstRow(tile) < count; }
    __device__ uint4 unit(int tile, int index, int lane) const
    {
        // Lanes of rows that do not exist would fetch memory for nothing
        return firstRow(tile) + lane / 4 < count ? x.unit(tiles(), firstTile + tile, index, lane)
                                                 : uint4{0, 0, 0, 0};
    }
    __device__ float4 scalePair(int tile, int block, int t) const
    {
        return x.scalePair(tiles(), firstTile + tile, block, t);
    }
};

/// The tiles of all rows that fit into so many.
template <int kTiles> inline constexpr int kTilesOfFew = kTiles <= 2 ? kTiles : 0; // three or four

/// A whole set of tiles, whether rows exist or not.
struct WholeSet {
    const uint4* units; // the lane's of the first tile
    const float4* scales; // likewise
    size_t tiles; // of x

    __device__ WholeSet(const RoundedRows& x, int firstTile)
        : units(reinterpret_cast<const uint4*>(x.quants) + firstTile * 32 + threadIdx.x % 32)
        , scales(reinterpret_cast<const float4*>(x.scales) +
                 firstTile * (RoundedRows::kTileRows / 2) + threadIdx.x % 4)
        , tiles(static_cast<size_t>(x.tiles))
    {
    }
    __device__ static constexpr bool has(int) { return true; }
    __device__ uint4 unit(int tile, int index, int) const
    {
        return (units + index * tiles * 32)[tile * 32];
    }
    __device__ float4 scalePair(int tile, int block, int) const
    {
        constexpr int kPairs = RoundedRows::kTileRows / 2;
        return (scales + block * tiles * kPairs)[tile * kPairs];
    }
};

/// Adds a record to the sums of as many of the tiles as there are; kWhole: all its blocks exist.
template <class Format, int kTiles, bool kWhole, class Rows>
__device__ void addRecord(Sums<kTiles>& sums, int in, const std::byte* panel, int recordIndex,
                          const Rows& rows)
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int firstBlock = recordIndex * kRecordBlocks;
    const int blocks = kWhole ? kRecordBlocks : min(kRecordBlocks, in / kBlock - firstBlock);
    LaneRecord<Format> record;
    record.load(panel + static_cast<size_t>(recordIndex) * kRecordBytes<Format>, blocks);
#pragma unroll
    for (int pair = 0; pair < kRecordBlocks / 2; ++pair) {
        if (2 * pair >= blocks)
            break;
        BlockFragments<Format> fragments[2];
        fragments[0].take(record, 2 * pair);
        fragments[1].take(record, 2 * pair + 1);
#pragma unroll
        for (int tile = 0; tile < kTiles; ++tile) {
            if (kTiles > 1 && !rows.has(tile))
                break;
            const uint4 run = rows.unit(tile, firstBlock / 2 + pair, lane);
            const unsigned b[2][2] = {{run.x, run.y}, {run.z, run.w}};
#pragma unroll
            for (int i = 0; i < 2; ++i) {
                const int block = 2 * pair + i;
                if (block >= blocks)
                    break;
                addBlock<Format>(sums[tile], record, block, fragments[i], b[i],
                                 rows.scalePair(tile, firstBlock + block, lane % 4));
            }
        }
    }
}

/// The record that a segment begins with.
__device__ inline int firstRecord(int in, int segment)
{
    return segment * recordCount(in) / segmentCount(in);
}

/// Asks for a record that the warp will read soon: weights do not change, so this may come before
/// the kernels in front have ended.
template <class Format> __device__ void fetchRecord(int in, const std::byte* panel, int record)
{
    constexpr size_t kBytes = kRecordBytes<Format>;
    const size_t first = static_cast<size_t>(record) * kBytes;
    if (threadIdx.x % 32 == 0)
        prefetch(panel + first, static_cast<unsigned>(min(kBytes, panelBytes<Format>(in) - first)));
}

template <class Format> __device__ void fetchFirstRecord(int in, const std::byte* panel)
{
    fetchRecord<Format>(in, panel, firstRecord(in, static_cast<int>(threadIdx.x) / 32));
}

template <class Format, int kTiles, bool kWhole = false, class Rows>
__device__ void addSegment(Sums<kTiles>& sums, int in, const std::byte* panel, int segment,
                           const Rows& rows)
{
    const int last = firstRecord(in, segment + 1);
    for (int r = firstRecord(in, segment); r < last; ++r) {
        if (r + 1 < last)
            fetchRecord<Format>(in, panel, r + 1);
        addRecord<Format, kTiles, kWhole>(sums, in, panel, r, rows);
    }
}

/// The products of panels, each `toNext` bytes behind the one before, by the same rows: by a warp
/// per segment. `store` gets the totals of all panels that the lane has as number i % 4 of tile
/// i / 4: of output lane / 4 + i % 4 / 2 * 8 and row lane % 4 * 2 + i % 2.
template <class Format, int kTiles, int kPanels, class Rows, class Store>
__device__ void multiplyPanels(int in, const std::byte* panel, size_t toNext, const Rows& rows,
                               Store store)
{
    __shared__ float partial[kPanels][kMostSegments][kTiles * 4][32];
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int segment = static_cast<int>(threadIdx.x) / 32;
#pragma unroll 1
    for (int p = 0; p < kPanels; ++p) {
        Sums<kTiles> sums = {};
        addSegment<Format, kTiles>(sums, in, panel + p * toNext, segment, rows);
#pragma unroll
        for (int i = 0; i < kTiles * 4; ++i)
            partial[p][segment][i][lane] = sums[i / 4][i % 4];
    }
    __syncthreads();

    const int segments = segmentCount(in);
    for (int i = segment; i < kTiles * 4; i += segments) {
        float totals[kPanels];
#pragma unroll
        for (int p = 0; p < kPanels; ++p) {
            totals[p] = partial[p][0][i][lane];
            for (int s = 1; s < segments; ++s)
                totals[p] += partial[p][s][i][lane];
        }
        store(totals, i);
    }
}

/// Stores what lane 4 g + t has as number i of a tile.
__device__ inline void storeSum(const BlocksArguments& a, float sum, int panel, int tile, int lane,
                                int i)
{
    const int output = panel * kPanelOutputs + lane / 4 + i / 2 * 8;
    const int row = tile * RoundedRows::kTileRows + lane % 4 * 2 + i % 2;
    if (output < a.out && row < a.rows)
        a.y[static_cast<size_t>(row) * a.yStride + output] = a.bias ? sum + a.bias[output] : sum;
}

/// One block per panel, one warp per segment.
template <class Format, int kTiles>
__global__ void __launch_bounds__(kMostSegments * 32) multiplyFew(BlocksArguments a)
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const auto panel = static_cast<int>(blockIdx.x);
    const std::byte* weights = a.panels + panel * panelBytes<Format>(a.in);
    fetchFirstRecord<Format>(a.in, weights);
    waitForEarlierKernels();
    multiplyPanels<Format, kTiles, 1>(
        a.in, weights, 0, AdjacentRows<kTilesOfFew<kTiles>>{a.x, a.rows, 0},
        [&](const float(&totals)[1], int i) { storeSum(a, totals[0], panel, i / 4, lane, i % 4); });
}

inline constexpr int kManyWarps = 8;
inline constexpr int kManyBlocks = 2; // on a multiprocessor: their warps wait in turn

/// Blocks: (64 rows, 8 panels), one warp per panel. Neighbouring blocks read the same weights. The
/// totals of the segments lie in shared memory, so that registers are left for a second block.
template <class Format, bool kWhole>
__global__ void __launch_bounds__(kManyWarps * 32, kManyBlocks) multiplyMany(BlocksArguments a)
{
    __shared__ float totals[kManyTiles * 4][kManyWarps * 32];
    waitForEarlierKernels();
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int panel =
        static_cast<int>(blockIdx.y) * kManyWarps + static_cast<int>(threadIdx.x) / 32;
    const int firstTile = static_cast<int>(blockIdx.x) * kManyTiles;
    if (panel * kPanelOutputs >= a.out)
        return;
    const std::byte* weights = a.panels + panel * panelBytes<Format>(a.in);
    const WholeSet rows(a.x, firstTile);
#pragma unroll 1
    for (int segment = 0; segment < segmentCount(a.in); ++segment) {
        Sums<kManyTiles> sums = {};
        addSegment<Format, kManyTiles, kWhole>(sums, a.in, weights, segment, rows);
#pragma unroll
        for (int i = 0; i < kManyTiles * 4; ++i) {
            float& total = totals[i][threadIdx.x];
            total = segment == 0 ? sums[i / 4][i % 4] : total + sums[i / 4][i % 4];
        }
    }
#pragma unroll
    for (int i = 0; i < kManyTiles * 4; ++i)
        storeSum(a, totals[i][threadIdx.x], panel, firstTile + i / 4, lane, i % 4);
}

template <class Format> void launchBlocks(const BlocksArguments& a, const Queue& queue)
{
    const auto panels = static_cast<unsigned>((a.out + kPanelOutputs - 1) / kPanelOutputs);
    const auto fewThreads = static_cast<unsigned>(segmentCount(a.in) * 32);
    if (a.rows <= 8) {
        launch(multiplyFew<Format, 1>, {panels, fewThreads}, queue, a);
    } else if (a.rows <= 16) {
        launch(multiplyFew<Format, 2>, {panels, fewThreads}, queue, a);
    } else if (a.rows <= 32) {
        launch(multiplyFew<Format, 4>, {panels, fewThreads}, queue, a);
    } else {
        constexpr int kRows = kManyTiles * RoundedRows::kTileRows;
        const dim3 grid(static_cast<unsigned>((a.rows + kRows - 1) / kRows),
                        (panels + kManyWarps - 1) / kManyWarps);
        const bool whole = a.in % (kRecordBlocks * kBlock) == 0;
        launch(whole ? multiplyMany<Format, true> : multiplyMany<Format, false>,
               {grid, kManyWarps * 32}, queue, a);
    }
}

} // namespace inglenook::cuda
