#include "inference/generation/step_costs.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace inglenook {

namespace {

/// How far one measurement moves the average, how far where there was none for so many steps, and
/// how far off one may be: a step that another program interrupted says nothing.
constexpr double kRate = 0.1;
constexpr double kLateRate = 0.5;
constexpr int kLateSteps = 64;
constexpr double kOutlier = 1.5;

/// Contexts up to so many tokens cost about the same.
constexpr int kShortest = 64;

/// What twice the rows cost where nothing is known, at most: enough not to try in vain, little
/// enough to try.
constexpr double kUnknownDoubling = 1.35;

int widthOf(int rows)
{
    return std::bit_width(static_cast<unsigned>(std::max(rows, 1) - 1));
}

/// Two to a doubling.
int contextOf(int tokens)
{
    const double doublings =
        std::log2(static_cast<double>(std::max(tokens, kShortest)) / kShortest);
    return static_cast<int>(2. * doublings);
}

} // namespace

void StepCosts::measured(int rows, int context, double seconds)
{
    const int width = std::min(widthOf(rows), kWidths - 1);
    const int place = std::min(contextOf(context), kContexts - 1);
    Cost& cost = m_costs[static_cast<size_t>(place)][static_cast<size_t>(width)];
    const bool late = ++m_steps - cost.last > kLateSteps;
    cost.last = m_steps;
    // the first step of a kind may be recorded or compiled, the second is not
    if (++cost.samples <= 2)
        cost.seconds = seconds;
    else
        cost.seconds += (late ? kLateRate : kRate) *
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

/// How much a plain step costs beside one behind a shorter context; 1 where that is not known.
double StepCosts::plainRatio(int place, int shorter) const
{
    const double here = known(m_costs[static_cast<size_t>(place)], 0);
    const double there = known(m_costs[static_cast<size_t>(shorter)], 0);
    return here > 0. && there > 0. ? here / there : 1.;
}

double StepCosts::seconds(int rows, int context) const
{
    const int width = std::min(widthOf(rows), kWidths - 1);
    const int place = std::min(contextOf(context), kContexts - 1);
    for (int from = place; from >= 0; --from)
        if (m_costs[static_cast<size_t>(from)][static_cast<size_t>(width)].samples >= 2)
            return known(m_costs[static_cast<size_t>(from)], width) * plainRatio(place, from);
    // nowhere: from narrower steps, behind a shorter context if need be
    for (int from = place; from >= 0; --from)
        if (const double seconds = known(m_costs[static_cast<size_t>(from)], width); seconds > 0.)
            return seconds;
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
