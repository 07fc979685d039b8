#pragma once

#include "inference/messages.h"

#include <memory>
#include <string>
#include <vector>

namespace inglenook {

struct LoadedModel;

/// The middle one, which an interruption does not move. Of at least one value.
[[nodiscard]] double median(std::vector<double> values);

/// One model on its devices, for measuring single steps at any place of a conversation. One thread.
class BenchedModel {
public:
    /// Loads it. Throws std::runtime_error with a sentence.
    explicit BenchedModel(const LoadRequest& request);
    ~BenchedModel();

    [[nodiscard]] const ModelLoaded& facts() const;
    [[nodiscard]] std::string cacheType() const;
    /// What a step behind `context` tokens reads at least: every weight and the cache once.
    [[nodiscard]] uint64_t bytesRead(int context) const;
    /// Bytes per second; 0 where that is not measured.
    [[nodiscard]] double measureReadBandwidth();

    /// Seconds to compute `rows` tokens of one sequence behind `context` others, the mean of as
    /// many repeats as fill a measurable time. Up to kDecodeRows all logits are read, as drafts
    /// that are verified need them; of more, which are a prompt, the last.
    /// context + rows <= facts().contextTokens.
    [[nodiscard]] double secondsOf(int rows, int context);

private:
    void compute(int rows, int context);

    std::unique_ptr<LoadedModel> m_model;
};

} // namespace inglenook
