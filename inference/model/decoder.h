#pragma once

#include "inference/memory/kv_cache.h"
#include "inference/model/activations.h"
#include "inference/model/step_inputs.h"
#include "inference/model/weights.h"

#include <map>
#include <memory>

namespace inglenook {

/// How large a decoder's steps may be.
struct StepLimits {
    int rows = 512; // of one step, at least kDecodeRows
    int outputs = kDecodeRows; // rows with logits
};

/// Which part of a model a decoder computes, and with whom.
struct DecoderPart {
    bool embeds = true; // computes x from the tokens; else it is given
    bool hasHead = true; // computes logits; else x is the result
    int firstToken = 0; // whose vector is row 0 of the embedding
    GroupMember* group = nullptr; // where devices meet; null: alone
    /// The same place as a listener's, where attention and the feed-forwards of some layers are
    /// different devices'. Null: each device computes a part of both, and the group adds up.
    GroupMember* listener = nullptr;
};

/// Runs steps of one model on one device. Steps of up to kDecodeRows rows are padded to 1, 2, 4, 8
/// or 16 rows, recorded when first met and replayed afterwards; wider ones run directly. Everything
/// is allocated here.
class Decoder {
public:
    /// All that is referred to outlives the decoder.
    Decoder(Backend& backend, const ModelSpec& spec, const Weights& weights, KvCache& cache,
            StepLimits limits, DecoderPart part = {});

    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    /// Bytes that the constructor will take.
    [[nodiscard]] static size_t bytes(const ModelSpec& spec, StepLimits limits);

    [[nodiscard]] const StepLimits& limits() const { return m_limits; }
    [[nodiscard]] int recordings() const { return static_cast<int>(m_recordings.size()); }

    /// Computes the rows (1 .. limits().rows, at most limits().outputs with `output`). Rows of one
    /// sequence stand in the order of their positions; every position before them has been
    /// computed, and setPages() was told its page.
    /// `x` is the residual stream (rows, dim) for a part that does not embed.
    void run(std::span<const StepRow> rows, std::span<const float> x = {});
    void setPages(int slot, std::span<const int> pages, std::span<const int> windowPages = {})
    {
        m_cache.setPages(m_backend, slot, pages, windowPages);
    }

    /// Copies pages of one layer out of / into the cache as Backend::readPages() does; their
    /// numbers are those of the layer.
    void readPages(std::span<std::byte> to, size_t layer, std::span<const int> pages);
    void writePages(size_t layer, std::span<const int> pages, std::span<const std::byte> from);

    /// Returns when the last step is done.
    void wait();
    /// Waits, then copies the likeliest tokens of the last step, one list per row with `output`, in
    /// their order; tokens are counted from the part's first word.
    void readCandidates(std::span<Candidates> candidates);
    /// Waits, then copies the logits of the last step: one row of vocabulary numbers per row with
    /// `output`, in their order.
    void readLogits(std::span<float> logits);
    /// Waits, then copies the residual stream behind the last layer, (rows, dim).
    void readResidual(std::span<float> x);

private:
    struct Shape {
        int rows;
        int outputs;
        int contextBound;
        auto operator<=>(const Shape&) const = default;
    };

    Backend& m_backend;
    const ModelSpec& m_spec;
    const Weights& m_weights;
    KvCache& m_cache;
    StepLimits m_limits;
    DecoderPart m_part;
    std::vector<RopeTable> m_ropes;
    StepTensors m_decodeInputs; // of steps that are recorded
    StepTensors m_wideInputs;
    Activations m_activations;
    std::map<Shape, std::unique_ptr<Recording>> m_recordings;
    std::vector<int32_t> m_candidates; // on their way
    int m_rows = 0; // of the last step
    int m_outputs = 0; // of them
};

} // namespace inglenook
