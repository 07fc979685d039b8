#pragma once

#include "kernels/candidates.h"

#include <algorithm>
#include <span>
#include <vector>

namespace inglenook {

/// The candidates of a row of finite logits, by the plainest means.
[[nodiscard]] inline Candidates likeliestOf(std::span<const float> logits)
{
    std::vector<Candidate> all;
    for (const float logit : logits)
        all.push_back({.logit = logit, .token = static_cast<int32_t>(all.size())});
    std::ranges::sort(all, likelier);
    Candidates result;
    result.finite = true;
    result.count = std::min(kCandidates, static_cast<int>(all.size()));
    std::copy_n(all.begin(), result.count, result.list.begin());
    return result;
}

} // namespace inglenook
