// A page of 64 tokens is the unit: its scores, shares and weighed values are computed the same way
// (attention_tile.cuh) wherever it stands, and pages join in order by an online softmax (Milakov &
// Gimelshein 2018) behind the sink, so a row's bits depend on its position alone. Short steps: a
// block per page, whose results a second kernel joins (flash decoding, Dao et al. 2023), because
// few rows must fill the device. Long steps: a block walks the pages of 32 query vectors (flash
// attention).

#include "kernels/checks.h"
#include "kernels/cuda/attention_tile.cuh"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/workspace.cuh"

#include <algorithm>

namespace inglenook::cuda {
namespace {

constexpr int kMostColumns = 16; // of 32 elements: heads of up to 512
constexpr int kSplitRows = 64; // longer steps fill a device without a block per page

__device__ Vectors vectorsOf(const AttentionArguments& a, int headBlock, int rowBlock)
{
    const int parts = (a.headsPerKv + a.blockHeads - 1) / a.blockHeads;
    const int first = headBlock % parts * a.blockHeads; // within the heads of a key head
    const int kvHead = headBlock / parts;
    return {.kvHead = kvHead,
            .firstHead = kvHead * a.headsPerKv + first,
            .heads = min(a.blockHeads, a.headsPerKv - first),
            .perRow = a.blockHeads,
            .firstRow = rowBlock * a.blockRows,
            .rows = min(a.blockRows, a.rows - rowBlock * a.blockRows)};
}

/// The rows of a block from `first` on that are neighbours in one sequence, and the pages they see.
struct Run {
    Vectors vectors;
    const int* table;
    int firstPage;
    int lastPage; // before the first: none
};
__device__ Run runFrom(const AttentionArguments& a, const Vectors& all, int first)
{
    Run run{.vectors = all, .table = nullptr, .firstPage = 1 << 30, .lastPage = -1};
    run.vectors.firstRow = all.firstRow + first;
    const int slot = a.slot(run.vectors.firstRow);
    int count = 0;
    for (; first + count < all.rows; ++count) {
        const int row = run.vectors.firstRow + count;
        if (a.slot(row) != slot)
            break;
        const int position = a.position(row);
        if (position < 0)
            continue;
        run.firstPage = min(run.firstPage, a.start(position) / kPageTokens);
        run.lastPage = max(run.lastPage, position / kPageTokens);
    }
    run.vectors.rows = count;
    run.table = a.pageTable + static_cast<size_t>(slot) * a.tableStride;
    return run;
}

/// Blocks: (pages, key heads and parts of their query heads, rows).
template <bool kQuantised, int kColumns, int kTiles>
__global__ void __launch_bounds__(kAttentionThreads) attendPages(AttentionArguments a)
{
    waitForEarlierKernels();
    auto& memory = *dynamicShared<AttentionMemory<kColumns, kTiles>>();
    const auto page = static_cast<int>(blockIdx.x);
    const Vectors all = vectorsOf(a, static_cast<int>(blockIdx.y), static_cast<int>(blockIdx.z));
    const int lane = static_cast<int>(threadIdx.x) % 32;
    for (int first = 0; first < all.rows;) {
        const Run run = runFrom(a, all, first);
        first += run.vectors.rows;
        if (page < run.firstPage || page > run.lastPage)
            continue;
        __syncthreads(); // the run before has read the memory
        loadQueries(a, run.vectors, memory);
        __syncthreads();
        scorePage<kQuantised>(a, run.vectors, run.table[page], memory);
        __syncthreads();
        shareOut(a, run.vectors, page, memory, [&](int v, float maximum, float sum) {
            a.partialStats[a.partial(run.vectors.row(v), run.vectors.head(v), page)] = {maximum,
                                                                                        sum};
        });
        __syncthreads();
        weighValues<kQuantised>(
            a, run.vectors, run.table[page], memory, [&](int tile, int j, const float(&c)[4]) {
                for (int i = 0; i < 4; ++i) {
                    const int v = kTileVectors * tile + lane / 4 + i / 2 * 8;
                    const int column =
                        8 * (static_cast<int>(threadIdx.x) / 32 + kAttentionWarps * j) +
                        lane % 4 * 2 + i % 2;
                    if (!memory.touched[v] || column >= a.pages.headSize)
                        continue;
                    const size_t at = a.partial(run.vectors.row(v), run.vectors.head(v), page);
                    a.partialSums[at * a.pages.headSize + column] = c[i];
                }
            });
    }
}

/// Blocks: (rows, heads), one thread per element.
__global__ void joinPages(AttentionArguments a, RoundedRows rounded)
{
    waitForEarlierKernels();
    const auto row = static_cast<int>(blockIdx.x);
    const auto head = static_cast<int>(blockIdx.y);
    const int size = a.pages.headSize;
    const int position = a.position(row);
    const int firstPage = a.start(position) / kPageTokens;
    const int lastPage = position < 0 ? -1 : position / kPageTokens;
    const float2 before = a.beforePages(head);
    for (int i = static_cast<int>(threadIdx.x); i < size; i += static_cast<int>(blockDim.x)) {
        float value = 0.f;
        float sum = before.y;
        float maximum = before.x;
#pragma unroll 4
        for (int page = firstPage; page <= lastPage; ++page) {
            const size_t at = a.partial(row, head, page);
            const float2 stats = a.partialStats[at];
            const Joining joining = join(maximum, stats.x);
            maximum = joining.maximum;
            sum = __fmaf_rn(stats.y, joining.take, sum * joining.keep);
            value = __fmaf_rn(a.partialSums[at * size + i], joining.take, value * joining.keep);
        }
        const float result = lastPage < 0 ? 0.f : value / sum;
        const int column = head * size + i;
        a.y[static_cast<size_t>(row) * a.yStride + column] = result;
        if (rounded.quants)
            rounded.store(row, column / kBlock, result);
    }
}

/// Blocks: (rows, key heads and parts of their query heads).
template <bool kQuantised, int kColumns, int kTiles>
__global__ void __launch_bounds__(kAttentionThreads) attendRows(AttentionArguments a)
{
    waitForEarlierKernels();
    auto& memory = *dynamicShared<AttentionMemory<kColumns, kTiles>>();
    const Vectors all = vectorsOf(a, static_cast<int>(blockIdx.y), static_cast<int>(blockIdx.x));
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int warp = static_cast<int>(threadIdx.x) / 32;
    for (int first = 0; first < all.rows;) {
        const Run run = runFrom(a, all, first);
        first += run.vectors.rows;
        __syncthreads(); // the run before has read the memory
        for (int v = static_cast<int>(threadIdx.x); v < kTiles * kTileVectors;
             v += kAttentionThreads) {
            const float2 before =
                run.vectors.exists(v) ? a.beforePages(run.vectors.head(v)) : float2{};
            memory.maximum[v] = before.x;
            memory.sum[v] = before.y;
        }
        loadQueries(a, run.vectors, memory);
        __syncthreads();
        float values[kTiles][kColumns][4] = {};
        for (int page = run.firstPage; page <= run.lastPage; ++page) {
            scorePage<kQuantised>(a, run.vectors, run.table[page], memory);
            __syncthreads();
            shareOut(a, run.vectors, page, memory, [&](int v, float maximum, float sum) {
                const Joining joining = join(memory.maximum[v], maximum);
                memory.maximum[v] = joining.maximum;
                memory.sum[v] = __fmaf_rn(sum, joining.take, memory.sum[v] * joining.keep);
                memory.keep[v] = joining.keep;
                memory.take[v] = joining.take;
            });
            __syncthreads();
            weighValues<kQuantised>(
                a, run.vectors, run.table[page], memory, [&](int tile, int j, const float(&c)[4]) {
                    for (int i = 0; i < 4; ++i) {
                        const int v = kTileVectors * tile + lane / 4 + i / 2 * 8;
                        float& value = values[tile][j][i];
                        if (memory.touched[v])
                            value = __fmaf_rn(c[i], memory.take[v], value * memory.keep[v]);
                    }
                });
            __syncthreads(); // the shares have been read
        }
#pragma unroll
        for (int e = 0; e < kTiles * kColumns * 4; ++e) {
            const int tile = e / (kColumns * 4);
            const int j = e / 4 % kColumns;
            const int i = e % 4;
            const int v = kTileVectors * tile + lane / 4 + i / 2 * 8;
            const int column = 8 * (warp + kAttentionWarps * j) + lane % 4 * 2 + i % 2;
            if (!run.vectors.exists(v) || column >= a.pages.headSize)
                continue;
            const int row = run.vectors.row(v);
            const size_t at = static_cast<size_t>(run.vectors.head(v)) * a.pages.headSize + column;
            a.y[static_cast<size_t>(row) * a.yStride + at] =
                a.position(row) < 0 ? 0.f : values[tile][j][i] / memory.sum[v];
        }
    }
}

/// Calls f with the number of 32 elements that hold a head, of those that are compiled.
template <bool kQuantised, class F> void withColumns(int headSize, F&& f)
{
    const int columns = (headSize + 31) / 32;
    if (columns <= 1)
        f.template operator()<kQuantised, 1>();
    else if (columns <= 2)
        f.template operator()<kQuantised, 2>();
    else if (columns <= 3)
        f.template operator()<kQuantised, 3>();
    else if (columns <= 4)
        f.template operator()<kQuantised, 4>();
    else if (columns <= 8)
        f.template operator()<kQuantised, 8>();
    else
        f.template operator()<kQuantised, kMostColumns>();
}

template <class F> void withColumns(KvType type, int headSize, F&& f)
{
    if (type == KvType::F16)
        withColumns<false>(headSize, f);
    else
        withColumns<true>(headSize, f);
}

/// Blocks: (rows, heads): each head turned in place.
__global__ void turnHeadsKernel(float* x, int stride, int headSize)
{
    waitForEarlierKernels();
    float* head = dynamicShared<float>();
    float* from =
        x + static_cast<size_t>(blockIdx.x) * stride + static_cast<size_t>(blockIdx.y) * headSize;
    for (int i = static_cast<int>(threadIdx.x); i < headSize; i += static_cast<int>(blockDim.x))
        head[i] = from[i];
    __syncthreads();
    turnHeadShared(head, headSize);
    for (int i = static_cast<int>(threadIdx.x); i < headSize; i += static_cast<int>(blockDim.x))
        from[i] = head[i];
}

unsigned ceilDivide(int value, int by)
{
    return static_cast<unsigned>((value + by - 1) / by);
}

/// Shares the vectors of `tiles` tiles between heads and rows.
void divide(AttentionArguments& a, int tiles)
{
    a.blockHeads = std::min(a.headsPerKv, tiles * kTileVectors);
    a.blockRows = tiles * kTileVectors / a.blockHeads;
}

} // namespace

void CudaBackend::attention(Tensor y, Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                            const StepInputs& in, const Weight& sinks)
{
    checkAttention(y, qkv, kv, shape, in, sinks);
    if (shape.headSize > 32 * kMostColumns)
        throw std::invalid_argument(
            "attention: heads of more than 512 elements are not supported on CUDA");
    begin(y);
    AttentionArguments a{
        .y = pointer<float>(y),
        .yStride = y.stride,
        .qkv = pointer<float>(qkv),
        .qkvStride = qkv.stride,
        .rows = qkv.rows,
        .pages = kvPage(
            kv, shape, reinterpret_cast<unsigned char*>(static_cast<CudaBuffer&>(*kv.buffer).data)),
        .pageTable = pointer<int>(kv.pageTable),
        .tableStride = kv.pageTable.stride,
        .positions = pointer<int>(in.positions),
        .positionStride = in.positions.stride,
        .slots = pointer<int>(in.slots),
        .slotStride = in.slots.stride,
        .heads = shape.heads,
        .headsPerKv = shape.heads / shape.kvHeads,
        .blockHeads = 0,
        .blockRows = 0,
        .window = shape.window,
        .scale = shape.scale,
        .softcap = shape.softcap,
        .sinks = vectorPointer(sinks),
        .partialStats = nullptr,
        .partialSums = nullptr,
        .partialPages =
            std::min((in.contextBound + kPageTokens - 1) / kPageTokens, kv.pageTable.cols),
    };
    const size_t partials = static_cast<size_t>(qkv.rows) * static_cast<size_t>(shape.heads) *
        static_cast<size_t>(a.partialPages);
    const size_t partialBytes =
        partials * (sizeof(float2) + static_cast<size_t>(shape.headSize) * sizeof(float));
    if (qkv.rows <= kSplitRows && partialBytes <= kPartialBytes) {
        std::byte* scratch = m_partials.atLeast(kPartialBytes);
        a.partialStats = reinterpret_cast<float2*>(scratch);
        a.partialSums = reinterpret_cast<float*>(scratch + partials * sizeof(float2));
        divide(a, 1);
        const dim3 grid(static_cast<unsigned>(a.partialPages),
                        static_cast<unsigned>(shape.kvHeads) *
                            ceilDivide(a.headsPerKv, a.blockHeads),
                        ceilDivide(a.rows, a.blockRows));
        withColumns(kv.type, shape.headSize, [&]<bool kQuantised, int kColumns>() {
            launch(attendPages<kQuantised, kColumns, 1>,
                   {grid, kAttentionThreads, sizeof(AttentionMemory<kColumns, 1>)}, m_stream, a);
        });
        // A warp has blocks of one head; turned values are not yet what is rounded
        const bool whole = shape.headSize % kBlock == 0 && kv.type != KvType::Q4;
        const RoundedRows rounded = whole ? m_rounded.leave(y) : RoundedRows{};
        launch(joinPages,
               {{static_cast<unsigned>(a.rows), static_cast<unsigned>(shape.heads)},
                kAttentionThreads},
               m_stream, a, rounded);
    } else {
        // Two tiles of long heads do not fit the 48 KB of shared memory that every device has
        withColumns(kv.type, shape.headSize, [&]<bool kQuantised, int kColumns>() {
            constexpr int kTiles = kColumns <= 8 ? 2 : 1;
            static_assert(sizeof(AttentionMemory<kColumns, kTiles>) <= 48 * 1024);
            divide(a, kTiles);
            const dim3 grid(ceilDivide(a.rows, a.blockRows),
                            static_cast<unsigned>(shape.kvHeads) *
                                ceilDivide(a.headsPerKv, a.blockHeads));
            launch(attendRows<kQuantised, kColumns, kTiles>,
                   {grid, kAttentionThreads, sizeof(AttentionMemory<kColumns, kTiles>)}, m_stream,
                   a);
        });
    }
    if (kv.type == KvType::Q4)
        launch(turnHeadsKernel,
               {{static_cast<unsigned>(a.rows), static_cast<unsigned>(shape.heads)},
                kAttentionThreads,
                static_cast<size_t>(shape.headSize) * sizeof(float)},
               m_stream, a.y, a.yStride, shape.headSize);
    checkLaunch("attention");
}

} // namespace inglenook::cuda
