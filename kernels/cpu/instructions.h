#pragma once

#include "kernels/cpu/panels.h"

namespace inglenook::cpu {

/// A run of panels times all rows of x: y[r][o] = sum over k of w[o][k] x[r][k] + bias[o], every
/// sum in k order.
struct PanelProduct {
    const uint8_t* panels = nullptr; // the first panel of the run
    size_t panelBytes = 0;
    int panelCount = 0;
    int outputs = 0; // of the run; less than 16 * panelCount where the last panel is padded
    int in = 0;
    int blocks = 0; // blocks of 32 of a rounded row
    int rows = 0;
    const float* x = nullptr; // for F32, F16 and BF16
    size_t xStride = 0;
    const RoundedBlock* rounded = nullptr; // for the others, as roundRows wrote it
    float* y = nullptr; // first output of the run
    size_t yStride = 0;
    const float* bias = nullptr; // first output of the run, or absent
};

/// Queries that share a KV head, up to kQueries of them, against up to kChunkPages pages.
inline constexpr int kQueries = 16;
inline constexpr int kChunkPages = 4;
inline constexpr int kChunkTokens = 64 * kChunkPages;

/// The softmax over a part of the tokens: weights relative to exp(top), their total, and the
/// weighted values.
struct Partial {
    float top = 0.f;
    float total = 0.f; // 0: no token
    float* values = nullptr; // headSize
};

struct AttentionChunk {
    const uint8_t* keys[kChunkPages] = {}; // planes of this KV head; see kv_page.h
    const uint8_t* values[kChunkPages] = {};
    int headSize = 0;
    float scale = 1.f;
    float softcap = 0.f;
    int queryCount = 0;
    const float* queries[kQueries] = {};
    int begin[kQueries] = {}; // tokens of the chunk that the query sees: [begin, end)
    int end[kQueries] = {};
    float* scores = nullptr; // kQueries * kChunkTokens, scratch
    RoundedBlock* rounded = nullptr; // kQueries * blocks of a head, scratch of the quantised types
};

/// kCandidateClasses: its header may not be included here.
inline constexpr int kLogitClasses = 256;

/// The bodies written for one instruction set. All sets give the same bits.
struct Instructions {
    /// Rounds rows of `in` floats to blocks of 32, in the order panelProduct reads them: tiles of
    /// rows, and in a tile the blocks of its rows side by side. Starts at a tile; see tileRows.
    void (*roundRows)(RoundedBlock* to, int blocks, const float* x, size_t stride, int in,
                      int rows);
    /// The largest number of rows in a tile; a power of two.
    int largestTile;

    void (*productF32)(const PanelProduct&);
    void (*productF16)(const PanelProduct&);
    void (*productBF16)(const PanelProduct&);
    void (*productQ8_0)(const PanelProduct&);
    void (*productQ4_0)(const PanelProduct&);
    void (*productQ5_1)(const PanelProduct&);
    void (*productQ2_K)(const PanelProduct&);
    void (*productQ3_K)(const PanelProduct&);
    void (*productQ4_K)(const PanelProduct&);
    void (*productQ5_K)(const PanelProduct&);
    void (*productQ6_K)(const PanelProduct&);
    void (*productIQ4_XS)(const PanelProduct&);
    void (*productMXFP4)(const PanelProduct&);

    /// y = x / sqrt(mean(x^2) + eps) * weight; y may be x; an absent weight is one.
    void (*rmsNorm)(float* y, const float* x, const float* weight, int n, float eps);
    void (*add)(float* x, const float* y, int n);
    void (*gluSilu)(float* y, const float* gate, const float* up, int n);
    void (*gluGelu)(float* y, const float* gate, const float* up, int n);
    void (*gluClampedSilu)(float* y, const float* gate, const float* up, int n);
    void (*softcap)(float* x, int n, float cap);
    void (*toHalf)(uint16_t* to, const float* from, int n);

    /// greatest[i % kLogitClasses] becomes x[i] where that is greater. Returns whether all x
    /// are finite.
    bool (*raiseGreatest)(float* greatest, const float* x, int n);
    /// The first i in [from, n) with x[i] >= least; n: none.
    int (*nextFrom)(float least, const float* x, int from, int n);

    /// Fills partials[i] for query i over the tokens it sees of one chunk.
    void (*attendChunkF16)(Partial* partials, const AttentionChunk&);
    void (*attendChunkQ8_0)(Partial* partials, const AttentionChunk&);
    void (*attendChunkQ4)(Partial* partials, const AttentionChunk&);
    /// Adds the tokens of `more` to `sum`: fixed order of chunks makes fixed bits.
    void (*mergePartial)(Partial& sum, const Partial& more, int headSize);
    /// y = values / total.
    void (*finishPartial)(float* y, const Partial& sum, int headSize);
};

extern const Instructions kAvx2;
extern const Instructions kAvxVnni;
extern const Instructions kAvx512;
extern const Instructions kAmx;

} // namespace inglenook::cpu
