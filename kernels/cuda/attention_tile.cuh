#pragma once

#include "kernels/cuda/kv_quants.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/mma.cuh"
#include "kernels/cuda/reduce.cuh"

#include <cmath>

namespace inglenook::cuda {

// Query vectors (a head of a row) against one page of one key head, by a block of four warps. The
// vectors of the query heads that share a key head, for several rows, are the rows of a product of
// matrices, 16 to a tile. Queries and shares are f32 numbers, which f16 fragments hold as a sum of
// two (high and low part), so that nothing but the order of sums differs from f32.
//
// Lane 4 g + t takes elements (or tokens) 8 t .. 8 t + 7 of each 32 as one run of 16 bytes: words
// 2 s and 2 s + 1 of it are its part of product s. That both sides of a product are taken in this
// order changes nothing but the order of the sum.

inline constexpr int kAttentionWarps = 4;
inline constexpr int kAttentionThreads = 32 * kAttentionWarps;
inline constexpr int kTileVectors = 16;
inline constexpr int kScoreStride = kPageTokens + 4; // floats; 17 runs of 16 bytes: no bank twice

struct AttentionArguments {
    float* y;
    int yStride;
    const float* qkv;
    int qkvStride;
    int rows;
    KvPage pages;
    const int* pageTable;
    int tableStride;
    const int* positions;
    int positionStride;
    const int* slots;
    int slotStride;
    int heads;
    int headsPerKv;
    int blockHeads; // query heads of a key head that a block takes
    int blockRows;
    int window;
    float scale;
    float softcap;
    const float* sinks; // of each head; null: none
    // Results of single pages, for rows of `partialPages` pages: (rows, heads, pages)
    float2* partialStats; // maximum, sum
    float* partialSums; // headSize each
    int partialPages;

    __device__ int position(int row) const
    {
        return positions[static_cast<size_t>(row) * positionStride];
    }
    __device__ int slot(int row) const { return slots[static_cast<size_t>(row) * slotStride]; }
    /// The first token that a row at this position sees.
    __device__ int start(int position) const
    {
        return window > 0 ? max(0, position - window + 1) : 0;
    }
    /// What pages join, maximum and sum: nothing, or the sink as the one score that came before.
    __device__ float2 beforePages(int head) const
    {
        return sinks ? float2{sinks[head], 1.f} : float2{-INFINITY, 0.f};
    }
    __device__ size_t partial(int row, int head, int page) const
    {
        return (static_cast<size_t>(row) * heads + head) * partialPages + page;
    }
};

/// The query vectors of a block: of `rows` rows from firstRow on, heads from firstHead on.
struct Vectors {
    int kvHead;
    int firstHead; // of all heads
    int heads;
    int perRow; // blockHeads
    int firstRow;
    int rows;

    __device__ bool exists(int v) const { return v / perRow < rows && v % perRow < heads; }
    __device__ int row(int v) const { return firstRow + v / perRow; }
    __device__ int head(int v) const { return firstHead + v % perRow; }
};

/// Halves in a row of queries, elements filled up to a multiple of 32 and 8 more: no bank twice.
__host__ __device__ constexpr int queryStride(int columns)
{
    return 32 * columns + 8;
}

/// What a block keeps in shared memory; kColumns: 32 elements of a head.
template <int kColumns, int kTiles> struct AttentionMemory {
    static constexpr int kVectors = kTiles * kTileVectors;
    alignas(16) float scores[kVectors * kScoreStride]; // later the shares: 64 high, 64 low halves
    alignas(16) __half high[kVectors * queryStride(kColumns)];
    alignas(16) __half low[kVectors * queryStride(kColumns)];
    float unit[kVectors]; // power of two that the queries are divided by
    float maximum[kVectors]; // of the pages so far
    float sum[kVectors];
    float keep[kVectors]; // what this page makes of the values so far: keep * old + take * new
    float take[kVectors];
    bool touched[kVectors]; // this page has a token for the vector
};

__device__ inline unsigned wordOf(const uint4& run, int i)
{
    return i == 0 ? run.x : i == 1 ? run.y : i == 2 ? run.z : run.w;
}

/// Words 2 s, 2 s + 1 of the runs of rows g and g + 8, as a fragment.
__device__ inline void fragmentOf(const uint4& upper, const uint4& lower, int s, unsigned (&a)[4])
{
    a[0] = wordOf(upper, 2 * s);
    a[1] = wordOf(lower, 2 * s);
    a[2] = wordOf(upper, 2 * s + 1);
    a[3] = wordOf(lower, 2 * s + 1);
}

/// c += (high + low) b for 32 elements: runs of rows g, g + 8 and of column g.
__device__ inline void multiplyRuns(float (&c)[4], const __half* high, const __half* low,
                                    int stride, const uint4& run)
{
    const auto at = [&](const __half* from, int rows) {
        return *reinterpret_cast<const uint4*>(from + rows * stride);
    };
    const uint4 upperHigh = at(high, 0);
    const uint4 lowerHigh = at(high, 8);
    const uint4 upperLow = at(low, 0);
    const uint4 lowerLow = at(low, 8);
#pragma unroll
    for (int s = 0; s < 2; ++s) {
        const unsigned b[2] = {wordOf(run, 2 * s), wordOf(run, 2 * s + 1)};
        unsigned a[4];
        fragmentOf(upperHigh, lowerHigh, s, a);
        multiplyHalves(c, a, b);
        fragmentOf(upperLow, lowerLow, s, a);
        multiplyHalves(c, a, b);
    }
}

/// value = high + low up to 22 bits.
__device__ inline void split(float value, __half& high, __half& low)
{
    high = __float2half_rn(value);
    low = __float2half_rn(value - __half2float(high));
}

/// Elements from `first` on of a row of `size`; zero beyond it.
__device__ inline uint4 loadHalves(const __half* row, int first, int size)
{
    if (size % 8 == 0) // then every run is aligned
        return first < size ? *reinterpret_cast<const uint4*>(row + first) : uint4{0, 0, 0, 0};
    unsigned words[4];
    for (int i = 0; i < 4; ++i) {
        const int at = first + 2 * i; // sizes are even
        words[i] = at < size
            ? __half_as_ushort(row[at]) | static_cast<unsigned>(__half_as_ushort(row[at + 1])) << 16
            : 0;
    }
    return {words[0], words[1], words[2], words[3]};
}

/// The queries into shared memory, each divided by a power of two so that its low part keeps all
/// its bits; what is no vector is zero.
template <int kColumns, int kTiles>
__device__ void loadQueries(const AttentionArguments& a, const Vectors& vectors,
                            AttentionMemory<kColumns, kTiles>& memory)
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int size = a.pages.headSize;
    for (int v = static_cast<int>(threadIdx.x) / 32; v < kTiles * kTileVectors;
         v += kAttentionWarps) {
        const bool exists = vectors.exists(v);
        const float* query = a.qkv +
            static_cast<size_t>(exists ? vectors.row(v) : 0) * a.qkvStride +
            static_cast<size_t>(exists ? vectors.head(v) : 0) * size;
        float greatest = 0.f;
        for (int i = lane; i < size; i += 32)
            greatest = fmaxf(greatest, exists ? fabsf(query[i]) : 0.f);
        constexpr unsigned kExponent = 0x7f800000u;
        float unit = __uint_as_float(__float_as_uint(warpMax(greatest)) & kExponent);
        unit = unit > 0.f ? unit : 1.f;
        for (int i = lane; i < 32 * kColumns; i += 32) {
            const int at = v * queryStride(kColumns) + i;
            split(exists && i < size ? query[i] / unit : 0.f, memory.high[at], memory.low[at]);
        }
        if (lane == 0)
            memory.unit[v] = unit;
    }
}

/// q . k of all vectors and tokens of a page: a warp takes 16 tokens. The 32 elements of a column
/// are a block of a quantised key, whose products are summed before its scale comes to them.
template <bool kQuantised, int kColumns, int kTiles>
__device__ void scorePage(const AttentionArguments& a, const Vectors& vectors, int page,
                          AttentionMemory<kColumns, kTiles>& memory)
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int warp = static_cast<int>(threadIdx.x) / 32;
    const int g = lane / 4;
    const int t = lane % 4;
    const int size = a.pages.headSize;
    const int token = 16 * warp + g;
    unsigned char* plane = a.pages.plane(page, vectors.kvHead);
    const auto* keys = reinterpret_cast<const __half*>(plane) + static_cast<size_t>(token) * size;
    float c[kTiles][2][4] = {};
#pragma unroll
    for (int j = 0; j < kColumns; ++j) {
        const int first = 32 * j + 8 * t;
        uint4 runs[2];
        for (int n = 0; n < 2; ++n)
            runs[n] = kQuantised ? keyQuants(a.pages, plane, token + 8 * n, first)
                                 : loadHalves(keys + 8 * n * size, first, size);
#pragma unroll
        for (int tile = 0; tile < kTiles; ++tile) {
            const int at = (kTileVectors * tile + g) * queryStride(kColumns) + first;
#pragma unroll
            for (int n = 0; n < 2; ++n) {
                if (!kQuantised) {
                    multiplyRuns(c[tile][n], memory.high + at, memory.low + at,
                                 queryStride(kColumns), runs[n]);
                    continue;
                }
                float block[4] = {};
                multiplyRuns(block, memory.high + at, memory.low + at, queryStride(kColumns),
                             runs[n]);
                for (int i = 0; i < 4 && 32 * j < size; ++i) {
                    const int of = 16 * warp + 8 * n + 2 * t + i % 2;
                    const __half scale = a.pages.scales(plane)[of * a.pages.scaleCount() + j];
                    c[tile][n][i] = __fmaf_rn(block[i], __half2float(scale), c[tile][n][i]);
                }
            }
        }
    }
#pragma unroll
    for (int tile = 0; tile < kTiles; ++tile)
#pragma unroll
        for (int n = 0; n < 2; ++n)
#pragma unroll
            for (int i = 0; i < 4; ++i)
                memory.scores[(kTileVectors * tile + g + i / 2 * 8) * kScoreStride + 16 * warp +
                              8 * n + 2 * t + i % 2] = c[tile][n][i];
}

/// Scores become shares of the page's maximum; eight lanes have a vector. `stats` is called once
/// for each vector that has a token here, with the maximum and the sum.
template <int kColumns, int kTiles, class Stats>
__device__ void shareOut(const AttentionArguments& a, const Vectors& vectors, int pageIndex,
                         AttentionMemory<kColumns, kTiles>& memory, Stats stats)
{
    const int l = static_cast<int>(threadIdx.x) % 8;
    for (int v = static_cast<int>(threadIdx.x) / 8; v < kTiles * kTileVectors;
         v += kAttentionThreads / 8) {
        float* scores = memory.scores + v * kScoreStride;
        const int position = vectors.exists(v) ? a.position(vectors.row(v)) : -1;
        const int first = a.start(position) - pageIndex * kPageTokens;
        const int last = position - pageIndex * kPageTokens;
        const float scale = a.scale * memory.unit[v];
        float shares[8];
        float maximum = -INFINITY;
#pragma unroll
        for (int i = 0; i < 8; ++i) {
            const int token = 8 * l + i;
            float score = scores[token] * scale;
            if (a.softcap > 0.f)
                score = a.softcap * tanhf(score / a.softcap);
            shares[i] = token >= first && token <= last ? score : -INFINITY;
            maximum = fmaxf(maximum, shares[i]);
        }
        for (int step = 4; step > 0; step /= 2)
            maximum = fmaxf(maximum, __shfl_xor_sync(0xffffffffu, maximum, step));
        const bool touched = position >= 0 && last >= 0 && first < kPageTokens;
        float sum = 0.f;
#pragma unroll
        for (int i = 0; i < 8; ++i) {
            shares[i] = touched && shares[i] > -INFINITY ? expf(shares[i] - maximum) : 0.f;
            sum += shares[i];
        }
        for (int step = 4; step > 0; step /= 2)
            sum += __shfl_xor_sync(0xffffffffu, sum, step);
        __syncwarp(); // all scores of the vector have been read
        auto* halves = reinterpret_cast<__half*>(scores);
#pragma unroll
        for (int i = 0; i < 8; ++i)
            split(shares[i], halves[8 * l + i], halves[kPageTokens + 8 * l + i]);
        if (l == 0) {
            memory.touched[v] = touched;
            if (touched)
                stats(v, maximum, sum);
        }
    }
}

/// shares . values: calls take(tile, column index j, lane's four sums) for the columns of the warp,
/// 8 (warp + 4 j) .. + 7. Number i belongs to vector g + 8 (i / 2) and column 2 t + i % 2.
template <bool kQuantised, int kColumns, int kTiles, class Take>
__device__ void weighValues(const AttentionArguments& a, const Vectors& vectors, int page,
                            const AttentionMemory<kColumns, kTiles>& memory, Take take)
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
    const int g = lane / 4;
    const int t = lane % 4;
    unsigned char* plane = a.pages.plane(page, a.pages.kvHeads + vectors.kvHead);
#pragma unroll
    for (int j = 0; j < kColumns; ++j) {
        const int element = 8 * (static_cast<int>(threadIdx.x) / 32 + kAttentionWarps * j) + g;
        if (element - g >= a.pages.headSize)
            break;
        uint4 runs[2] = {};
        for (int half = 0; half < 2 && element < a.pages.headSize; ++half) {
            const int first = 32 * half + 8 * t;
            const auto* tokens =
                reinterpret_cast<const __half*>(plane) + static_cast<size_t>(element) * kPageTokens;
            runs[half] = kQuantised ? valueRun(a.pages, plane, element, first)
                                    : *reinterpret_cast<const uint4*>(tokens + first);
        }
#pragma unroll
        for (int tile = 0; tile < kTiles; ++tile) {
            const auto* shares = reinterpret_cast<const __half*>(
                memory.scores + (kTileVectors * tile + g) * kScoreStride);
            float c[4] = {};
#pragma unroll
            for (int half = 0; half < 2; ++half) {
                const __half* high = shares + 32 * half + 8 * t;
                multiplyRuns(c, high, high + kPageTokens, 2 * kScoreStride, runs[half]);
            }
            take(tile, j, c);
        }
    }
}

/// How a page joins the pages before it: values = keep * values + take * page's, sums likewise.
struct Joining {
    float maximum;
    float keep;
    float take;
};
__device__ inline Joining join(float before, float page)
{
    const float maximum = fmaxf(before, page);
    return {maximum, expf(before - maximum), expf(page - maximum)};
}

} // namespace inglenook::cuda
