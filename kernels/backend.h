#pragma once

#include "kernels/candidates.h"
#include "kernels/kv_type.h"
#include "kernels/tensor.h"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace inglenook {

/// Rows a decode step may have; steps up to here are padded to 1, 2, 4, 8 or 16 rows and recorded.
inline constexpr int kDecodeRows = 16;

/// The heads of one attention layer.
struct AttentionShape {
    int heads = 0;
    int kvHeads = 0; // divides heads; query head h reads KV head h / (heads / kvHeads)
    int headSize = 0; // a multiple of 2
    int window = 0; // tokens a row sees, itself included; 0: all
    float scale = 1.f; // scores are multiplied by it
    float softcap = 0.f; // then s = cap * tanh(s / cap); 0: not

    [[nodiscard]] int queryCols() const { return heads * headSize; }
    [[nodiscard]] int kvCols() const { return kvHeads * headSize; }
    [[nodiscard]] int qkvCols() const { return queryCols() + 2 * kvCols(); }
};

/// One layer's cache. Page p occupies the bytes [p, p + 1) * pageBytes() of the buffer; the layout
/// inside a page belongs to the backend. Entry (slot, i) of the table is the page that holds the
/// tokens [64 i, 64 i + 64) of the sequence in that slot.
struct KvPages {
    std::shared_ptr<Buffer> buffer;
    int pageCount = 0;
    Tensor pageTable; // I32 (slots, pages per sequence)
    KvType type = KvType::F16;

    [[nodiscard]] size_t pageBytes(const AttentionShape& shape) const
    {
        return kvPageBytes(shape.kvHeads, shape.headSize, type);
    }
};

/// Which elements of a head turn together: (0, 1), (2, 3), ... or (0, n/2), (1, n/2 + 1), ...
enum class RopePairs { Neighbours, Halves };

/// Rotary position embedding (Su et al. 2021, section 3.4) of the first `dims` elements of a head.
/// The angles are computed on the host in double precision, so that every scaling rule (linear,
/// llama 3, YaRN) and every backend sees the same numbers.
struct Rope {
    RopePairs pairs = RopePairs::Neighbours;
    int dims = 0; // even, <= headSize; 0: no rotation
    Tensor rotation; // F32 (rows, dims): of pair i the cosine at column 2i, the sine at 2i + 1
};

/// RMS norm over each head of q and of k before the rotation; absent weights: none.
struct QkNorm {
    Weight q; // (1, headSize)
    Weight k; // (1, headSize)
    float eps = 0.f;
};

/// All that differs between steps, in device memory at fixed addresses: a recorded step reads it
/// anew at each replay. A row whose position is -1 is empty: it stores nothing, its attention is
/// zero and its other results are meaningless.
struct StepInputs {
    Tensor tokens; // I32 (rows, 1), token ids
    Tensor positions; // I32 (rows, 1), place in its sequence, from 0
    Tensor slots; // I32 (rows, 1), row of the page tables
    Tensor outputRows; // I32 (outputs, 1), rows whose logits are wanted
    int contextBound = 0; // every position is below it; fixed for a recording
};

/// What glu() makes of a gate g, by which an up u is multiplied. ClampedSilu also changes u: with
/// g' = min(g, 7) and u' = u limited to -7 .. 7 the result is g' * sigmoid(1.702 g') * (u' + 1)
/// (OpenAI 2025, "gpt-oss-120b & gpt-oss-20b Model Card", section 2).
enum class Activation { Silu, GeluTanh, ClampedSilu };

/// One device's place in a group that adds up what each of them holds a part of.
class GroupMember {
public:
    virtual ~GroupMember() = default;

    /// Replaces the values by their sums over the group: added in one order, so that all members
    /// hold the same bits. Every member calls it with as many values; it returns when all have.
    /// Throws std::runtime_error if one of them never will.
    virtual void allReduce(std::span<float> values) = 0;
};

class Collective;

/// A step's work, remembered by the backend that recorded it.
class Recording {
public:
    virtual ~Recording() = default;
};

/// What one piece of loading a weight moves at most, about: some hundredths of a second even where
/// memory is slow to come by.
inline constexpr size_t kLoadPieceBytes = size_t{16} << 20;

/// A matrix on its way to a device, in pieces, so that whoever loads can do other things in between
/// and give up by destroying this. The backend outlives it.
class WeightLoading {
public:
    virtual ~WeightLoading() = default;

    /// Loads the next piece. Returns whether it was the last; then the file's bytes are no longer
    /// needed.
    [[nodiscard]] virtual bool advance() = 0;
    /// Call once, behind the last piece.
    [[nodiscard]] virtual Weight take() = 0;
};

/// One device that computes. All calls come from one thread and take effect in call order; only
/// read(), readPages() and allReduce() wait. Operators do not allocate, wait, or fail for data
/// reasons; wrong shapes are refused by std::invalid_argument in the words of kernels/checks.h.
/// Memory calls throw std::runtime_error with a sentence for the user.
///
/// Tensors are F32 unless said otherwise. "row" is a token of a sequence. *A row's result does not
/// depend on the other rows of the step, on their number, or on empty rows*: each operator sums in
/// an order fixed by the sizes of the weights and the position of the row alone, bit for bit.
///
/// Outputs may not overlap inputs unless stated.
class Backend {
public:
    virtual ~Backend() = default;

    [[nodiscard]] virtual std::string name() const = 0; // "cpu", "vulkan:0 llvmpipe", for users

    // Memory

    /// Memory for tensors or pages, aligned to 256 bytes, zeroed.
    [[nodiscard]] virtual std::shared_ptr<Buffer> allocate(size_t bytes) = 0;
    /// Begins to load a matrix of sum(part.out) rows and `in` columns; `in` fits every part's
    /// blocks. The bytes are needed until the last piece is loaded.
    [[nodiscard]] virtual std::unique_ptr<WeightLoading>
    beginLoad(std::span<const WeightPart> parts, int in) = 0;
    /// All pieces at once.
    [[nodiscard]] Weight load(std::span<const WeightPart> parts, int in);
    /// Copies rows * cols packed elements to the tensor / from it. read() waits for all work
    /// before.
    virtual void write(const Tensor& to, std::span<const std::byte> from) = 0;
    virtual void read(std::span<std::byte> to, const Tensor& from) = 0;
    /// Copies pages of one layer out of the cache / into it, one after another, in the layout that
    /// all backends share whatever theirs is inside: (key or value, KV head, token, element), f16;
    /// of quantised types a KV head's keys are the quants of all tokens (kv_type.h), then all their
    /// scales (token, block), and its values likewise. So pages travel between devices, splits and
    /// the disk. `kv` needs no table. readPages() waits for all work before; what is written is
    /// seen by all work behind, and its bytes are no longer needed when writePages() returns.
    virtual void readPages(std::span<std::byte> to, const KvPages& kv, std::span<const int> pages,
                           const AttentionShape& shape) = 0;
    virtual void writePages(const KvPages& kv, std::span<const int> pages,
                            const AttentionShape& shape, std::span<const std::byte> from) = 0;

    // Execution

    /// Runs `step` and remembers its operator calls (addresses, shapes, scalars), by whatever
    /// means: `step` may be called more than once, or kept for replay(), so what it refers to
    /// outlives the recording, as do the buffers. What they hold may change between replays. `step`
    /// calls no memory function.
    [[nodiscard]] virtual std::unique_ptr<Recording> record(const std::function<void()>& step) = 0;
    virtual void replay(Recording& recording) = 0;

    /// Measures how fast a kernel can read this device's memory: bytes per second over a buffer far
    /// larger than the caches, the best of a few passes. Takes about a tenth of a second. 0: never
    /// measured here.
    [[nodiscard]] virtual double measureReadBandwidth() { return 0.; }

    // Operators

    /// y[r] = scale * table[ids[r]]. Of an id outside the table the result is zero.
    /// y (rows, table.in), ids I32 (rows, 1).
    virtual void embed(Tensor y, const Weight& table, Tensor ids, float scale) = 0;

    /// y[r][c] = x[r][c] / sqrt(mean(x[r]^2) + eps) * weight[c]  (Zhang & Sennrich 2019, eq. 4).
    /// y may be x.
    virtual void rmsNorm(Tensor y, Tensor x, const Weight& weight, float eps) = 0;

    /// y[r] = W x[r] + bias. x (rows, w.in), y (rows, w.out), bias (1, w.out) or absent.
    /// A backend may round x to blocks of 32 signed 8-bit integers with an f32 scale where W is
    /// quantised.
    virtual void matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias = {}) = 0;

    /// Normalises the heads of q and k if asked, rotates them, leaves q in place and stores k and v
    /// in the page of each row's position. Where the cache turns heads (kv_type.h), q is turned
    /// too. qkv (rows, shape.qkvCols()): q heads, then k, then v, which may change as well.
    virtual void rotateAndStore(Tensor qkv, const KvPages& kv, const QkNorm& norm, const Rope& rope,
                                const AttentionShape& shape, const StepInputs& in) = 0;

    /// y[r] of each head = softmax(cap(scale * q . k)) v over the stored tokens of the row's
    /// sequence at positions max(0, p - window + 1) .. p. y (rows, shape.queryCols()); q as
    /// rotateAndStore left it; of turned values y is turned back. Sums over chunks at fixed
    /// positions, merged in order (Dao et al. 2023, flash decoding). Where the cache is quantised,
    /// a backend may round q to blocks as matmul does, and decoded values to f16.
    /// sinks (1, shape.heads) or absent: of each head a score that takes part in the softmax as one
    /// more token would, neither scaled nor capped, whose value is zero (Xiao et al. 2024, section
    /// 3.3): what it draws is missing from y.
    virtual void attention(Tensor y, Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                           const StepInputs& in, const Weight& sinks = {}) = 0;

    /// y[r][c] = activation(gateUp[r][c]) * gateUp[r][y.cols + c], or as Activation says. y may be
    /// gateUp's first columns.
    virtual void glu(Tensor y, Tensor gateUp, Activation activation) = 0;

    /// x += y.
    virtual void add(Tensor x, Tensor y) = 0;

    /// y[i] = x[rows[i]]. rows I32 (y.rows, 1), each within x.
    virtual void gatherRows(Tensor y, Tensor x, Tensor rows) = 0;

    /// x = cap * tanh(x / cap).
    virtual void softcap(Tensor x, float cap) = 0;

    /// The likeliest tokens of each row, in the order and layout of candidates.h: kCandidates, or
    /// as many as there are; zeros behind them. None, if a logit is infinite or not a number. A
    /// backend may also give up a row, and find none, where they are in a crowd as defined there.
    /// found I32 (rows, kCandidateCols), logits (rows, vocabulary).
    virtual void topCandidates(Tensor found, Tensor logits) = 0;

    // Mixtures of experts (Shazeer et al. 2017): each row uses some of many matrices, its picks

    /// Picks the experts of each row: those with the greatest logits, the greatest first, of equal
    /// ones the lower first. weights[r] = softmax over the picked logits alone. The picks of a row
    /// differ, even where logits are no numbers.
    /// ids I32 (rows, picks), weights (rows, picks), logits (rows, experts).
    virtual void routeExperts(Tensor ids, Tensor weights, Tensor logits) = 0;

    /// y[i] = W_e x[i] with e = ids[i / picks][i % picks]: one result per pick, those of a row
    /// behind each other. W_e is part e of `experts`: all parts have y.cols rows and one format.
    /// ids I32 (rows, picks), each a part; y (rows * picks, out); x has a row for each pick, or one
    /// for all picks of a row, then i / picks takes the place of i. May round x as matmul does.
    /// bias (1, experts.out) or absent: its part e is added to W_e x[i].
    virtual void expertMatmul(Tensor y, Tensor x, const Weight& experts, Tensor ids,
                              const Weight& bias = {}) = 0;

    /// y[r] = sum over j of weights[r][j] * x[r * picks + j], in the order of j.
    /// y (rows, cols), x (rows * picks, cols), weights (rows, picks).
    virtual void weightedSum(Tensor y, Tensor x, Tensor weights) = 0;

    /// x = the sum of the members' x (Shoeybi et al. 2019, section 3). Waits for all work before
    /// and, by `self`, for the others; a replay does so again. x is packed: stride == cols; `self`
    /// outlives recordings.
    virtual void allReduce(Tensor x, GroupMember& self) = 0;
    /// For makeCollective(): a way for a group of which this is one, in the order of ranks, to add
    /// up without the host. Null where the devices cannot.
    [[nodiscard]] virtual std::unique_ptr<Collective> collectiveOf(std::span<Backend* const> group);

    // Fused operators: the default body is the definition

    /// x += y, then h = rmsNorm(x).
    virtual void addRmsNorm(Tensor h, Tensor x, Tensor y, const Weight& weight, float eps)
    {
        add(x, y);
        rmsNorm(h, x, weight, eps);
    }

    /// gateUp = W x, then y = glu(gateUp) where y is gateUp's first half; what its other half holds
    /// behind that is undefined. The bits are those of the two operators.
    /// x (rows, w.in), gateUp (rows, w.out).
    virtual void matmulGlu(Tensor gateUp, Tensor x, const Weight& w, Activation activation)
    {
        matmul(gateUp, x, w);
        glu(gateUp.columns(0, gateUp.cols / 2), gateUp, activation);
    }
};

} // namespace inglenook
