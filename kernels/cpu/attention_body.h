#pragma once

// Attention over one chunk of pages for one instruction set: included behind rows_body.h.
//
// Both products are small matrix products of queries with rows of the cache: scores = q K^T (16
// tokens are 16 lanes) and values = p V. A tile keeps a few queries times a few vectors in
// registers, so that queries of one KV head share the conversions.

#include "kernels/cpu/instructions.h"

namespace inglenook::cpu {
namespace {

constexpr int kPage = kChunkTokens / kChunkPages;

/// c[q][0 .. 16 vectors) (+)= sum over k in [first, last) of a[q][k] * b[k][...], in k order.
struct RowProduct {
    const float* const* a;
    float* const* c;
    const uint8_t* b; // row 0
    int bStride; // bytes
    int first;
    int last;
    bool continues; // add to what is in c
    const uint8_t* next; // as many bytes that are read behind b, or null
};

/// Asks for a row of the block that is read next, while this one is computed: blocks lie apart, and
/// the hardware's own prefetching begins anew with each. Into the second-level cache.
inline void fetchNext(const uint8_t* next, int stride, int k)
{
    constexpr int line = 64;
    for (int i = 0; next && i < stride; i += line)
        __builtin_prefetch(next + static_cast<size_t>(k) * static_cast<size_t>(stride) + i, 0, 2);
}

/// Rows of f16.
struct Halves {
    static constexpr bool wholeVectors = false; // they may end with less

    static Floats load(const uint8_t* row, int column)
    {
        return loadHalves(reinterpret_cast<const uint16_t*>(row) + column);
    }
    static Floats loadTail(const uint8_t* row, int column, int count)
    {
        uint16_t lanes[kLanes] = {};
        __builtin_memcpy(lanes, row + 2 * column, static_cast<size_t>(count) * sizeof(uint16_t));
        return loadHalves(lanes);
    }
};

template <class Row, int queries, int vectors>
void rowTile(const RowProduct& job, int query, int column)
{
    Floats sums[queries][vectors];
    for (int q = 0; q < queries; ++q)
        for (int v = 0; v < vectors; ++v)
            sums[q][v] = job.continues ? load(job.c[query + q] + column + kLanes * v) : splat(0.f);
    for (int k = job.first; k < job.last; ++k) {
        const uint8_t* b = job.b + static_cast<size_t>(k) * static_cast<size_t>(job.bStride);
        Floats row[vectors];
        for (int v = 0; v < vectors; ++v)
            row[v] = Row::load(b, column + kLanes * v);
        if (column == 0)
            fetchNext(job.next, job.bStride, k);
        for (int q = 0; q < queries; ++q) {
            const Floats a = splat(job.a[query + q][k]);
            for (int v = 0; v < vectors; ++v)
                sums[q][v] = fma(a, row[v], sums[q][v]);
        }
    }
    for (int q = 0; q < queries; ++q)
        for (int v = 0; v < vectors; ++v)
            store(job.c[query + q] + column + kLanes * v, sums[q][v]);
}

/// The columns behind the last full vector.
template <class Row> void rowTail(const RowProduct& job, int query, int column, int count)
{
    float* c = job.c[query] + column;
    Floats sum = job.continues ? loadTail(c, count) : splat(0.f);
    for (int k = job.first; k < job.last; ++k) {
        const uint8_t* b = job.b + static_cast<size_t>(k) * static_cast<size_t>(job.bStride);
        sum = fma(splat(job.a[query][k]), Row::loadTail(b, column, count), sum);
    }
    storeTail(c, sum, count);
}

template <class Row, int queries> void productRows(const RowProduct& job, int query, int columns)
{
    constexpr int vectors = queries >= kTileQueries ? 2 : 4;
    int c = 0;
    for (; c + kLanes * vectors <= columns; c += kLanes * vectors)
        rowTile<Row, queries, vectors>(job, query, c);
    for (; c + kLanes <= columns; c += kLanes)
        rowTile<Row, queries, 1>(job, query, c);
    if constexpr (!Row::wholeVectors)
        for (int q = 0; q < queries && c < columns; ++q)
            rowTail<Row>(job, query + q, c, columns - c);
}

template <class Row> void rowProduct(const RowProduct& job, int queries, int columns)
{
    int q = 0;
    for (; q + kTileQueries <= queries; q += kTileQueries)
        productRows<Row, kTileQueries>(job, q, columns);
    if (q + 4 <= queries) {
        productRows<Row, 4>(job, q, columns);
        q += 4;
    }
    if (q + 2 <= queries) {
        productRows<Row, 2>(job, q, columns);
        q += 2;
    }
    if (q < queries)
        productRows<Row, 1>(job, q, columns);
}

/// Turns the scores of one query into weights exp(s - top), zero outside its range.
void softmaxChunk(Partial& partial, float* scores, const AttentionChunk& chunk, int query)
{
    const int begin = chunk.begin[query], end = chunk.end[query];
    const Floats lowest = splat(-3.4e38f);
    const int firstVector = begin / kLanes * kLanes;

    Floats top = lowest;
    for (int t = firstVector; t < end; t += kLanes) {
        Floats s = mul(load(scores + t), splat(chunk.scale));
        if (chunk.softcap != 0.f)
            s = capped(s, chunk.softcap);
        s = keepRange(s, begin - t, end - t, lowest);
        store(scores + t, s);
        top = larger(top, s);
    }
    partial.top = largestLane(top);

    Floats total = splat(0.f);
    for (int t = firstVector; t < end; t += kLanes) {
        const Floats p = exponential(sub(load(scores + t), splat(partial.top)));
        const Floats kept = keepRange(p, begin - t, end - t, splat(0.f));
        store(scores + t, kept);
        total = add(total, kept);
    }
    partial.total = sumLanes(total);
}

inline int clamped(int x, int low, int high)
{
    return x < low ? low : x > high ? high : x;
}

/// Tokens [first, last) of a page, which `queries` queries see.
struct Tokens {
    int first;
    int last;
    int queries;
};

/// Pages of f16.
struct HalfPages {
    explicit HalfPages(const AttentionChunk&) { }

    /// rows[q][0 .. 64) = q . k of one page. `next` is read behind it.
    void score(float* const* rows, const AttentionChunk& chunk, int page, const uint8_t* next) const
    {
        rowProduct<Halves>({.a = chunk.queries,
                            .c = rows,
                            .b = chunk.keys[page],
                            .bStride = 2 * kPage,
                            .first = 0,
                            .last = chunk.headSize,
                            .continues = false,
                            .next = next},
                           chunk.queryCount, kPage);
    }

    /// values[q] += sum of weights[q] v over these tokens of one page.
    void weigh(float* const* values, const float* const* weights, const AttentionChunk& chunk,
               int page, const uint8_t* next, const Tokens& tokens) const
    {
        rowProduct<Halves>({.a = weights,
                            .c = values,
                            .b = chunk.values[page],
                            .bStride = 2 * chunk.headSize,
                            .first = tokens.first,
                            .last = tokens.last,
                            .continues = true,
                            .next = next},
                           tokens.queries, chunk.headSize);
    }
};

template <class Pages> void attendChunk(Partial* partials, const AttentionChunk& chunk)
{
    int first = kChunkTokens, last = 0;
    for (int q = 0; q < chunk.queryCount; ++q)
        if (chunk.begin[q] < chunk.end[q]) {
            first = chunk.begin[q] < first ? chunk.begin[q] : first;
            last = chunk.end[q] > last ? chunk.end[q] : last;
        }

    const Pages pages(chunk);
    float* rows[kQueries];
    float* values[kQueries];
    for (int page = first / kPage; page * kPage < last; ++page) {
        for (int q = 0; q < chunk.queryCount; ++q)
            rows[q] = chunk.scores + q * kChunkTokens + page * kPage;
        pages.score(rows, chunk, page,
                    (page + 1) * kPage < last ? chunk.keys[page + 1] : chunk.values[first / kPage]);
    }

    for (int q = 0; q < chunk.queryCount; ++q) {
        partials[q].total = 0.f;
        values[q] = partials[q].values;
        __builtin_memset(values[q], 0, static_cast<size_t>(chunk.headSize) * sizeof(float));
        if (chunk.begin[q] < chunk.end[q])
            softmaxChunk(partials[q], chunk.scores + q * kChunkTokens, chunk, q);
    }

    // A value outside a query's range is not read, not even times zero: it may be infinite. So only
    // queries that see the same tokens of a page go together.
    for (int page = first / kPage; page * kPage < last; ++page) {
        for (int q = 0; q < chunk.queryCount; ++q)
            rows[q] = chunk.scores + q * kChunkTokens + page * kPage;
        const uint8_t* next = (page + 1) * kPage < last ? chunk.values[page + 1] : nullptr;
        for (int q = 0; q < chunk.queryCount;) {
            const int begin = clamped(chunk.begin[q], kPage * page, kPage * (page + 1));
            const int end = clamped(chunk.end[q], kPage * page, kPage * (page + 1));
            int same = q + 1;
            while (same < chunk.queryCount &&
                   clamped(chunk.begin[same], kPage * page, kPage * (page + 1)) == begin &&
                   clamped(chunk.end[same], kPage * page, kPage * (page + 1)) == end)
                ++same;
            if (begin < end)
                pages.weigh(values + q, rows + q, chunk, page, next,
                            {begin - kPage * page, end - kPage * page, same - q});
            q = same;
        }
    }
}

void mergePartial(Partial& sum, const Partial& more, int headSize)
{
    if (more.total == 0.f)
        return;
    if (sum.total == 0.f) {
        sum.top = more.top;
        sum.total = more.total;
        __builtin_memcpy(sum.values, more.values, static_cast<size_t>(headSize) * sizeof(float));
        return;
    }
    const float top = sum.top > more.top ? sum.top : more.top;
    float factors[kLanes] = {sum.top - top, more.top - top};
    store(factors, exponential(load(factors)));
    const Floats old = splat(factors[0]), added = splat(factors[1]);
    sum.total = sum.total * factors[0] + more.total * factors[1];
    sum.top = top;
    alongRow(headSize, [&](int i, int count) {
        const Floats kept = mul(get(sum.values + i, count), old);
        put(sum.values + i, fma(get(more.values + i, count), added, kept), count);
    });
}

void finishPartial(float* y, const Partial& sum, int headSize)
{
    const Floats inverse = splat(sum.total > 0.f ? 1.f / sum.total : 0.f);
    alongRow(headSize, [&](int i, int count) {
        put(y + i, mul(get(sum.values + i, count), inverse), count);
    });
}

} // namespace
} // namespace inglenook::cpu
