#pragma once

#include "inference/generation/sequence.h"

#include <cstdint>
#include <span>
#include <vector>

namespace inglenook {

/// A question to a drafter, and its answer: how may this sequence go on?
struct Draft {
    const Sequence* sequence = nullptr; // it decodes
    int most = 0; // tokens that are wanted
    std::vector<int32_t> tokens = {}; // the guess, at most that many
    int grade = 0; // of the guess, below kDraftGrades: how much speaks for it
};

inline constexpr int kDraftGrades = 4;

/// Guesses how sequences go on. The model then computes all guessed tokens in one step and keeps
/// those that it would have chosen itself, so a guess changes how fast an answer comes, never what
/// it says. One thread.
class Drafter {
public:
    virtual ~Drafter() = default;

    /// Answers all of them.
    virtual void propose(std::span<Draft> drafts) = 0;

    /// Whether a guess costs nothing worth counting, so that it can be seen before it is decided
    /// whether it is verified.
    [[nodiscard]] virtual bool free() const = 0;
    /// What propose() would take, as far as is known by now, without catchingUp().
    [[nodiscard]] virtual double seconds(std::span<const Draft> drafts) const = 0;
    /// What it would take before that, once: to read what it has not seen of a sequence.
    [[nodiscard]] virtual double catchingUp(const Sequence&) const { return 0.; }

    /// The sequence ended. Unknown ids are ignored.
    virtual void forget(uint64_t id) = 0;
};

} // namespace inglenook
