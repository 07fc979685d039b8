#pragma once

#include "inference/generation/drafter.h"

#include <array>

namespace inglenook {

/// How often a drafter's guesses come true: for each grade and each place in a guess, the share of
/// guesses right there among those right up to there, as an exponential average.
class Acceptance {
public:
    /// What to expect before any guess was checked, of the lowest grade and of the highest.
    Acceptance(double lowest, double highest);

    /// The chance that a guess is right at `place` if it is right before.
    [[nodiscard]] double chance(int grade, int place) const
    {
        return m_right[static_cast<size_t>(grade)]
                      [static_cast<size_t>(place < kPlaces ? place : kPlaces - 1)];
    }
    /// Where it is below what was expected at first, moves a little back up.
    void hope(double rate);
    /// A guess was right or wrong at `place`, and right before it.
    void note(int grade, int place, bool right, double rate);

private:
    static constexpr int kPlaces = 8; // those behind are like the last
    using Averages = std::array<std::array<double, kPlaces>, kDraftGrades>;
    Averages m_right;
    Averages m_first; // as expected at first
};

/// One drafter's guesses in one sequence, checked against what came. This costs nothing, so that it
/// is done for guesses that nobody verified too.
class GuessRecord {
public:
    /// What to expect until there is experience: that of other sequences, which also learns.
    explicit GuessRecord(Acceptance& shared)
        : m_shared(&shared)
        , m_own(shared)
    {
    }

    [[nodiscard]] const Acceptance& acceptance() const { return m_own; }
    /// Whether the last guess is still open: right as far as the text goes.
    [[nodiscard]] bool open() const { return m_checked < static_cast<int>(m_guess.size()); }
    /// A new guess of what follows the first `start` tokens.
    void guessed(int start, const Draft& draft);
    /// Compares with the text as it is now.
    void compare(std::span<const int32_t> tokens);

private:
    Acceptance* m_shared;
    Acceptance m_own;
    std::vector<int32_t> m_guess;
    int m_grade = 0;
    int m_start = 0;
    int m_checked = 0;
};

} // namespace inglenook
