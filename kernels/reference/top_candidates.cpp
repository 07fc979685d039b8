#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

namespace inglenook {

namespace {

void findCandidates(std::span<int32_t> found, std::span<const float> logits)
{
    std::ranges::fill(found, 0);
    if (!std::ranges::all_of(logits, [](float x) { return std::isfinite(x); }))
        return;
    std::vector<Candidate> all;
    for (const float logit : logits)
        all.push_back({.logit = logit, .token = static_cast<int32_t>(all.size())});
    std::ranges::sort(all, likelier);
    all.resize(std::min<size_t>(all.size(), kCandidates));
    found[0] = 1;
    found[1] = static_cast<int32_t>(all.size());
    for (size_t i = 0; i < all.size(); ++i) {
        found[kCandidateLogits + i] = std::bit_cast<int32_t>(all[i].logit);
        found[kCandidateTokens + i] = all[i].token;
    }
}

} // namespace

void ReferenceBackend::topCandidates(Tensor found, Tensor logits)
{
    checkTopCandidates(found, logits);
    perform([=] {
        for (int r = 0; r < logits.rows; ++r)
            findCandidates(reference::intRow(found, r), reference::row(logits, r));
    });
}

} // namespace inglenook
