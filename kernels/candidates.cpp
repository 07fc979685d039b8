#include "kernels/candidates.h"

#include <algorithm>
#include <bit>

namespace inglenook {

Candidates candidatesOf(std::span<const int32_t, kCandidateCols> row)
{
    Candidates result;
    result.finite = row[0] != 0;
    result.count = row[1];
    for (size_t i = 0; i < static_cast<size_t>(result.count); ++i)
        result.list[i] = {.logit = std::bit_cast<float>(row[kCandidateLogits + i]),
                          .token = row[kCandidateTokens + i]};
    return result;
}

Candidates merged(const Candidates& a, const Candidates& b)
{
    Candidates result;
    result.finite = a.finite && b.finite;
    if (a.count == 0 || b.count == 0)
        return result; // of one part nothing is known
    std::array<Candidate, 2 * kCandidates> both;
    const auto end = std::ranges::merge(a.known(), b.known(), both.begin(), likelier).out;
    result.count = std::min(kCandidates, static_cast<int>(end - both.begin()));
    std::copy_n(both.begin(), result.count, result.list.begin());
    return result;
}

} // namespace inglenook
