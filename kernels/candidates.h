#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace inglenook {

/// A token and what the model gave it.
struct Candidate {
    float logit = 0.f;
    int32_t token = 0;
};

/// The order of candidates: the greater logit first, of equal ones the lower token. Of finite
/// logits; zeros of both signs are equal.
[[nodiscard]] inline bool likelier(const Candidate& a, const Candidate& b)
{
    return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
}

/// How many candidates of a row Backend::topCandidates() finds at most.
inline constexpr int kCandidates = 64;

/// Tokens fall into classes by their remainder, and each class has a greatest logit. All candidates
/// reach the kCandidates-th greatest of those, since that many tokens do. Few others reach it; or
/// many, as in a row of equal logits: more than kCandidateCrowd in all are a crowd.
inline constexpr int kCandidateClasses = 256;
inline constexpr int kCandidateCrowd = 1024;

/// Columns of a row that it writes, I32: whether all logits are finite, how many candidates follow,
/// the bits of their logits, and from kCandidateTokens on their tokens.
inline constexpr int kCandidateLogits = 2;
inline constexpr int kCandidateTokens = kCandidateLogits + kCandidates;
inline constexpr int kCandidateCols = kCandidateTokens + kCandidates;

/// Such a row on the host.
struct Candidates {
    bool finite = false;
    int count = 0; // the likeliest so many, in order; 0: not known
    std::array<Candidate, kCandidates> list;

    [[nodiscard]] std::span<const Candidate> known() const
    {
        return std::span(list).first(static_cast<size_t>(count));
    }
};

[[nodiscard]] Candidates candidatesOf(std::span<const int32_t, kCandidateCols> row);

/// The candidates of two parts of a vocabulary together.
[[nodiscard]] Candidates merged(const Candidates& a, const Candidates& b);

} // namespace inglenook
