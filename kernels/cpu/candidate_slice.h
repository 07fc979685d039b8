#pragma once

#include "kernels/candidates.h"

#include <vector>

namespace inglenook::cpu {

/// A slice of a row of logits in the search for candidates. Keeps its memory from step to step.
struct CandidateSlice {
    const float* logits = nullptr;
    int firstToken = 0;
    int count = 0;
    bool finite = false;
    std::array<float, kCandidateClasses> greatest; // logit of each class
    std::vector<uint64_t> ranks; // of those that may be candidates, see rankOf()

    [[nodiscard]] uint64_t rankOf(int place) const;
};

} // namespace inglenook::cpu
