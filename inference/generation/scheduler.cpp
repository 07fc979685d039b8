#include "inference/generation/scheduler.h"

#include <algorithm>

namespace inglenook {

namespace {

/// What a step that reads a prompt may take; other requests wait so long.
constexpr double kStepSeconds = 0.1;

/// Slices are multiples of what a kernel computes together.
constexpr int kSliceUnit = 16;

} // namespace

std::vector<StepPart> Scheduler::plan(std::span<const Sequence> sequences)
{
    std::vector<StepPart> parts;
    std::vector<size_t> prompts;
    int rows = 0;
    for (size_t i = 0; i < sequences.size(); ++i) {
        const Sequence& s = sequences[i];
        if (s.slot < 0)
            continue;
        if (!s.decodes()) {
            prompts.push_back(i);
            continue;
        }
        const int count = 1 + static_cast<int>(s.proposed.size());
        parts.push_back({.sequence = i, .first = s.computed, .count = count, .outputs = count});
        rows += count;
    }
    if (prompts.empty())
        return parts;

    // the one behind the one that was read last
    const auto last =
        std::ranges::find_if(prompts, [&](size_t i) { return sequences[i].id == m_lastPrompt; });
    const size_t chosen =
        last == prompts.end() || last + 1 == prompts.end() ? prompts.front() : *(last + 1);
    const Sequence& s = sequences[chosen];
    const int room = m_limits.rows - rows;
    const int left = s.length() - s.computed;
    const int count = std::min({left, m_sliceRows, room});
    if (count > 0) {
        parts.push_back({.sequence = chosen,
                         .first = s.computed,
                         .count = count,
                         .outputs = count == left ? 1 : 0});
        m_lastPrompt = s.id;
    }
    return parts;
}

void Scheduler::measured(std::span<const StepPart> parts, double seconds)
{
    int rows = 0;
    for (const StepPart& part : parts)
        rows += part.count;
    if (rows < kSliceUnit || seconds <= 0.)
        return;
    const double fitting = kStepSeconds / seconds * rows;
    // half way towards the measured rate, and never more than four times longer at once
    const double next = std::min(4. * m_sliceRows, 0.5 * (m_sliceRows + std::min(fitting, 1e6)));
    const int units = static_cast<int>(next) / kSliceUnit;
    m_sliceRows = std::clamp(units * kSliceUnit, kSliceUnit, m_limits.rows);
}

} // namespace inglenook
