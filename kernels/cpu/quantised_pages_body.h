#pragma once

// Quantised pages for one instruction set: included behind attention_body.h. A query is rounded to
// 8 bits and meets keys by products of integers, as activations meet weights. Values are numbers
// of few bits times a weight that has their scale in it.

#include "kernels/cpu/attention_body.h"

namespace inglenook::cpu {
namespace {

/// A type tells its bytes per block of 32; how keys of 16 tokens are unpacked to groups of four
/// elements; how they meet queries whose blocks lie side by
/// side at x; and how values are read.
struct EightBits {
    static constexpr int blockBytes = kBlock;
    static constexpr bool wholeVectors = true;

    static void unpack(Bytes (&w)[8], const uint8_t* keys, int bytes)
    {
        for (int v = 0; v < 8; ++v)
            w[v] = v < bytes / 4 ? loadBytes(keys + 4 * kPage * v) : Bytes{};
    }
    template <int queries>
    static void dot(Ints (&dots)[queries], const Bytes* w, const RoundedBlock* x)
    {
        dotsOffset128(dots, w, x, RowQuants<queries>(x).q);
    }
    static Floats load(const uint8_t* row, int column) { return loadSignedBytes(row + column); }
};

struct FourBits {
    static constexpr int blockBytes = kBlock / 2;
    static constexpr bool wholeVectors = true;

    static void unpack(Bytes (&w)[8], const uint8_t* keys, int bytes)
    {
        const int half = bytes / 4;
        for (int v = 0; v < 8; ++v)
            w[v] = Bytes{};
        for (int v = 0; v < half; ++v) {
            const Bytes both = loadBytes(keys + 4 * kPage * v);
            w[v] = lowNibbles(both);
            w[v + half] = highNibbles(both);
        }
    }
    template <int queries>
    static void dot(Ints (&dots)[queries], const Bytes* w, const RoundedBlock* x)
    {
        for (int q = 0; q < queries; ++q)
            dots[q] = splatInt(x[q].offset8);
        addDots<15, 8>(dots, w, RowQuants<queries>(x).q);
    }
    static Floats load(const uint8_t* row, int column) { return loadNibbles(row + column / 2); }
};

template <class Type> class QuantisedPages {
public:
    explicit QuantisedPages(const AttentionChunk& chunk)
        : m_blocks((chunk.headSize + kBlock - 1) / kBlock)
        , m_rowBytes(chunk.headSize * Type::blockBytes / kBlock)
    {
        for (int q = 0; q < chunk.queryCount; ++q)
            for (int b = 0; b < m_blocks; ++b) {
                const float* from = chunk.queries[q] + kBlock * b;
                const bool half = kBlock * b + kLanes >= chunk.headSize;
                roundBlock(chunk.rounded[b * chunk.queryCount + q], load(from),
                           half ? splat(0.f) : load(from + kLanes));
            }
    }

    void score(float* const* rows, const AttentionChunk& chunk, int page, const uint8_t* next) const
    {
        int q = 0;
        for (; q + 4 <= chunk.queryCount; q += 4)
            scoreQueries<4>(rows, chunk, page, q == 0 ? next : nullptr, q);
        if (q + 2 <= chunk.queryCount) {
            scoreQueries<2>(rows, chunk, page, q == 0 ? next : nullptr, q);
            q += 2;
        }
        if (q < chunk.queryCount)
            scoreQueries<1>(rows, chunk, page, q == 0 ? next : nullptr, q);
    }

    void weigh(float* const* values, const float* const* weights, const AttentionChunk& chunk,
               int page, const uint8_t* next, const Tokens& tokens) const
    {
        const uint8_t* plane = chunk.values[page];
        float scaled[kQueries][kPage];
        const float* a[kQueries];
        float* c[kQueries];
        for (int b = 0; b < m_blocks; ++b) {
            for (int q = 0; q < tokens.queries; ++q) {
                for (int t = 0; t < kPage; t += kLanes)
                    store(scaled[q] + t, mul(load(weights[q] + t), scale(plane, b, t)));
                a[q] = scaled[q];
                c[q] = values[q] + kBlock * b;
            }
            const int left = chunk.headSize - kBlock * b;
            rowProduct<Type>({.a = a,
                              .c = c,
                              .b = plane + Type::blockBytes * b,
                              .bStride = m_rowBytes,
                              .first = tokens.first,
                              .last = tokens.last,
                              .continues = true,
                              .next = b == 0 ? next : nullptr},
                             tokens.queries, left < kBlock ? left : kBlock);
        }
    }

private:
    /// The scales of 16 tokens.
    Floats scale(const uint8_t* plane, int block, int token) const
    {
        const auto* scales = reinterpret_cast<const uint16_t*>(plane + kPage * m_rowBytes);
        return loadHalves(scales + block * kPage + token);
    }

    template <int queries>
    void scoreQueries(float* const* rows, const AttentionChunk& chunk, int page,
                      const uint8_t* next, int query) const
    {
        const uint8_t* plane = chunk.keys[page];
        for (int t = 0; t < kPage; t += kLanes) {
            Floats sums[queries];
            for (int q = 0; q < queries; ++q)
                sums[q] = splat(0.f);
            for (int b = 0; b < m_blocks; ++b) {
                const int left = m_rowBytes - Type::blockBytes * b;
                Bytes w[8];
                Type::unpack(w, plane + Type::blockBytes * b * kPage + 4 * t,
                             left < Type::blockBytes ? left : Type::blockBytes);
                fetchNext(next, Type::blockBytes * kLanes, t / kLanes * m_blocks + b);
                const RoundedBlock* x = chunk.rounded + b * chunk.queryCount + query;
                Ints dots[queries];
                Type::template dot<queries>(dots, w, x);
                const Floats d = scale(plane, b, t);
                for (int q = 0; q < queries; ++q)
                    sums[q] = fma(mul(d, splat(x[q].d)), toFloats(dots[q]), sums[q]);
            }
            for (int q = 0; q < queries; ++q)
                store(rows[query + q] + t, sums[q]);
        }
    }

    int m_blocks;
    int m_rowBytes; // of a token's quants
};

} // namespace
} // namespace inglenook::cpu
