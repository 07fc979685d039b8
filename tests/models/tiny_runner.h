#pragma once

#include "inference/model/decoder.h"
#include "tests/models/tiny_model.h"

#include <memory>
#include <span>
#include <vector>

namespace inglenook::tests {

/// A tiny model on a device with a cache of its own, for tests that compute steps themselves.
class TinyRunner {
public:
    static constexpr int kSlots = 4;
    static constexpr int kPagesPerSlot = 4;

    /// The backend outlives the runner.
    TinyRunner(Backend& backend, const ModelFile& file);

    [[nodiscard]] const ModelSpec& spec() const { return m_spec; }
    [[nodiscard]] Decoder& decoder() { return *m_decoder; }

    /// Gives a sequence the pages in this order.
    void setPages(int slot, const std::vector<int>& pages) { m_decoder->setPages(slot, pages); }
    /// Computes a step and returns the logits of its outputs, one after another.
    [[nodiscard]] std::vector<float> run(const std::vector<StepRow>& rows);
    /// Computes tokens of one sequence from `first` on in slices of `slice` rows; returns the
    /// logits of each.
    [[nodiscard]] std::vector<float> runSlices(std::span<const int32_t> tokens, int slot,
                                               int slice);

private:
    ModelSpec m_spec;
    Weights m_weights;
    std::unique_ptr<KvCache> m_cache;
    std::unique_ptr<Decoder> m_decoder;
};

} // namespace inglenook::tests
