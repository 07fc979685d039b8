#pragma once

#include "inference/generation/sampler.h"
#include "inference/model/loaded_model.h"

#include <span>
#include <vector>

namespace inglenook {

/// Chooses tokens behind the rows of a step. The likeliest of each row come with the step; all
/// logits are copied from the device only where those do not tell the token, once a step.
class TokenChooser {
public:
    /// The model outlives the chooser.
    explicit TokenChooser(LoadedModel& model);

    /// Waits for the step that was run last. It has so many rows with output, which are counted
    /// from 0 here.
    void readStep(size_t rows);

    /// Whether nothing went wrong on the way to a row's logits: a fault of a device or of a file
    /// shows as a value that is infinite or not a number.
    [[nodiscard]] bool finite(size_t row) const { return m_likeliest[row].finite; }
    /// Sampler::pick() for a finite row, before another step runs.
    [[nodiscard]] int32_t choose(size_t row, const SamplingSettings& settings,
                                 std::span<const int32_t> before);

private:
    [[nodiscard]] std::span<const float> logitsOf(size_t row);

    LoadedModel& m_model;
    Sampler m_sampler;
    std::vector<Candidates> m_likeliest; // of each row
    std::vector<float> m_logits; // of all rows; empty: not read yet
};

} // namespace inglenook
