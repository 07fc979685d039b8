#include "inference/generation/step_costs.h"

#include <algorithm>
#include <bit>

namespace inglenook {

namespace {

/// How far one measurement moves the average, and how far off one may be: a step that another
/// program interrupted says nothing.
constexpr double kRate = 0.1;
constexpr double kOutlier = 1.5;

/// What twice the rows cost where nothing is known, at most: enough not to try in vain, little
/// enough to try.
constexpr double kUnknownDoubling = 1.35;

int widthOf(int rows)
{
    return std::bit_width(static_cast<unsigned>(std::max(rows, 1) - 1));
}

/// Contexts up to 256 tokens cost about the same.
int contextOf(int tokens)
{
    return std::max(0, static_cast<int>(std::bit_width(static_cast<unsigned>(tokens))) - 8);
}

} // namespace

void StepCosts::measured(int rows, int context, double seconds)
{
    const int width = std::min(widthOf(rows), kWidths - 1);
    const int place = std::min(contextOf(context), kContexts - 1);
    Cost& cost = m_costs[static_cast<size_t>(place)][static_cast<size_t>(width)];
    cost.last = ++m_steps;
    // the first step of a kind may be recorded or compiled, the second is not
    if (++cost.samples <= 2)
        cost.seconds = seconds;
    else
        cost.seconds += kRate *
            (std::clamp(seconds, cost.seconds / kOutlier, cost.seconds * kOutlier) - cost.seconds);
}

/// What is known of a width at one context; 0: nothing, not of narrower steps either.
double StepCosts::known(const Costs& costs, int width)
{
    double below = 0.;
    for (int w = 0; w <= width; ++w) {
        const Cost& cost = costs[static_cast<size_t>(w)];
        if (cost.samples >= 2)
            below = cost.seconds;
        else if (below > 0.)
            below *= kUnknownDoubling;
    }
    return below;
}

double StepCosts::seconds(int rows, int context) const
{
    const int width = std::min(widthOf(rows), kWidths - 1);
    // a shorter context is better than a guess
    for (int place = std::min(contextOf(context), kContexts - 1); place >= 0; --place) {
        const double seconds = known(m_costs[static_cast<size_t>(place)], width);
        if (seconds > 0.)
            return seconds;
    }
    return 0.;
}

bool StepCosts::fresh(int rows, int context, int steps) const
{
    const int width = std::min(widthOf(rows), kWidths - 1);
    const int place = std::min(contextOf(context), kContexts - 1);
    const Cost& cost = m_costs[static_cast<size_t>(place)][static_cast<size_t>(width)];
    return cost.samples >= 2 && m_steps - cost.last < steps;
}

} // namespace inglenook
