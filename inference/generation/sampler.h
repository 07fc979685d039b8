#pragma once

#include "inference/messages.h"

#include <cstdint>
#include <span>
#include <vector>

namespace inglenook {

/// Throws std::runtime_error with a sentence if a setting is not a number or out of its range.
void checkSampling(const SamplingSettings& settings);

/// Whether nothing went wrong on the way to these logits: a fault of a device or of a file shows as
/// a value that is infinite or not a number.
[[nodiscard]] bool allFinite(std::span<const float> logits);

/// Chooses tokens: penalties, temperature, top-k, top-p, min-p, then the largest sum of
/// log-probability and Gumbel noise (Gumbel 1954; "Gumbel-max"), which is a draw from the
/// distribution. The noise is a pure function of (seed, position, token), so a token depends on
/// nothing but logits, settings and what stands before it. Keeps scratch memory only.
class Sampler {
public:
    /// The token that follows `before`. Among equals the lowest id. The logits are finite.
    [[nodiscard]] int32_t pick(std::span<const float> logits, const SamplingSettings& settings,
                               std::span<const int32_t> before);

private:
    struct Candidate {
        float logit;
        int32_t token;
    };
    [[nodiscard]] static bool likelier(const Candidate& a, const Candidate& b)
    {
        return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
    }

    [[nodiscard]] std::span<const float> penalised(std::span<const float> logits,
                                                   const SamplingSettings& settings,
                                                   std::span<const int32_t> before);
    void keepTopK(std::span<const float> logits, const SamplingSettings& settings);
    void keepTopP(float topP);

    std::vector<float> m_logits; // with penalties
    std::vector<Candidate> m_candidates;
};

} // namespace inglenook
