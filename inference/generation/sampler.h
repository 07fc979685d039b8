#pragma once

#include "inference/messages.h"
#include "kernels/candidates.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace inglenook {

/// Throws std::runtime_error with a sentence if a setting is not a number or out of its range.
void checkSampling(const SamplingSettings& settings);

/// Chooses tokens: penalties, temperature, top-k, top-p, min-p, then the largest sum of
/// log-probability and Gumbel noise (Gumbel 1954; "Gumbel-max"), which is a draw from the
/// distribution. The noise is a pure function of (seed, position, token), so a token depends on
/// nothing but logits, settings and what stands before it. Keeps scratch memory only.
class Sampler {
public:
    /// The token that follows `before`. Among equals the lowest id. The logits are finite.
    [[nodiscard]] int32_t pick(std::span<const float> logits, const SamplingSettings& settings,
                               std::span<const int32_t> before);
    /// The very same token, from the likeliest of a vocabulary; nothing where they do not tell it:
    /// where a token that is not among them might be chosen, or might change what is.
    [[nodiscard]] std::optional<int32_t> pick(const Candidates& likeliest, int vocabulary,
                                              const SamplingSettings& settings,
                                              std::span<const int32_t> before);

private:
    [[nodiscard]] std::span<const float> penalised(std::span<const float> logits,
                                                   const SamplingSettings& settings,
                                                   std::span<const int32_t> before);
    void listLikeliest(std::span<const float> logits, const SamplingSettings& settings);
    [[nodiscard]] bool noneIsMissing(float bound, const SamplingSettings& settings) const;
    [[nodiscard]] int32_t choose(const SamplingSettings& settings, uint64_t position);
    void keepTopK(const SamplingSettings& settings);
    void keepTopP(float topP);

    std::vector<float> m_logits; // with penalties
    std::vector<Candidate> m_candidates; // with penalties; where tokens are drawn, by temperature
};

} // namespace inglenook
