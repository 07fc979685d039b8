#pragma once

#include "inference/generation/sequence.h"
#include "inference/model/decoder.h"

#include <span>
#include <vector>

namespace inglenook {

/// Tokens [first, first + count) of one sequence and what is guessed behind them, as part of a
/// step.
struct StepPart {
    size_t sequence = 0; // index in what plan() was given
    int first = 0;
    int count = 0;
    int outputs = 0; // of its last rows, which give the next tokens
};

/// Chooses the rows of the next step: one for every sequence that decodes and for each of its
/// guesses, and a slice of at most one prompt, as long as the step stays short. Prompts take turns.
class Scheduler {
public:
    explicit Scheduler(StepLimits limits)
        : m_limits(limits)
    {
    }

    /// Sequences without a slot are passed over. At most limits.outputs have one.
    [[nodiscard]] std::vector<StepPart> plan(std::span<const Sequence> sequences);

    /// Tells how long a step took, so that the next slice has the right length.
    void measured(std::span<const StepPart> parts, double seconds);

    [[nodiscard]] int sliceRows() const { return m_sliceRows; }

private:
    StepLimits m_limits;
    int m_sliceRows = 64; // until it is measured
    uint64_t m_lastPrompt = 0; // id of the sequence that was read last
};

} // namespace inglenook
