#include "inference/generation/acceptance.h"

#include <algorithm>

namespace inglenook {

namespace {

/// How far one guess moves the averages of its sequence, and of all.
constexpr double kOwnRate = 0.1;
constexpr double kSharedRate = 0.04;

} // namespace

Acceptance::Acceptance(double lowest, double highest)
{
    for (int grade = 0; grade < kDraftGrades; ++grade)
        m_right[static_cast<size_t>(grade)].fill(lowest +
                                                 (highest - lowest) * grade / (kDraftGrades - 1));
    m_first = m_right;
}

void Acceptance::hope(double rate)
{
    for (size_t grade = 0; grade < kDraftGrades; ++grade)
        for (size_t place = 0; place < kPlaces; ++place)
            m_right[grade][place] +=
                rate * std::max(0., m_first[grade][place] - m_right[grade][place]);
}

void Acceptance::note(int grade, int place, bool right, double rate)
{
    double& average =
        m_right[static_cast<size_t>(grade)][static_cast<size_t>(std::min(place, kPlaces - 1))];
    average += rate * ((right ? 1. : 0.) - average);
}

void GuessRecord::guessed(int start, const Draft& draft)
{
    m_guess = draft.tokens;
    m_grade = draft.grade;
    m_start = start;
    m_checked = 0;
}

void GuessRecord::compare(std::span<const int32_t> tokens)
{
    while (open() && static_cast<size_t>(m_start + m_checked) < tokens.size()) {
        const auto place = static_cast<size_t>(m_checked);
        const bool right = m_guess[place] == tokens[static_cast<size_t>(m_start) + place];
        m_own.note(m_grade, m_checked, right, kOwnRate);
        m_shared->note(m_grade, m_checked, right, kSharedRate);
        m_checked = right ? m_checked + 1 : static_cast<int>(m_guess.size());
    }
}

} // namespace inglenook
