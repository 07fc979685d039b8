#include "inference/model/rope_table.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace inglenook {

namespace {

/// The pair whose wave turns `rotations` times over the original context (YaRN, section 3.2).
double pairOfRotations(const RopeSpec& spec, double rotations)
{
    return spec.dims * std::log(spec.yarn.originalContext / (rotations * 2. * std::numbers::pi)) /
        (2. * std::log(spec.base));
}

/// The share of pair i's frequency that is kept: 1 for fast waves, 0 for slow ones, a ramp between.
double keptShare(const RopeSpec& spec, int pair)
{
    const double from = pairOfRotations(spec, spec.yarn.betaFast);
    const double to = pairOfRotations(spec, spec.yarn.betaSlow);
    const bool whole = spec.yarn.wholePairs;
    const double low = std::max(0., whole ? std::floor(from) : from);
    const double high = std::min(spec.dims - 1., whole ? std::ceil(to) : to);
    const double ramp = (pair - low) / std::max(0.001, high - low);
    return 1. - std::clamp(ramp, 0., 1.);
}

} // namespace

RopeTable::RopeTable(const RopeSpec& spec)
    : m_frequencies(static_cast<size_t>(spec.dims / 2))
    , m_magnitude(spec.magnitude)
{
    const bool yarn = spec.yarn.originalContext > 0;
    const double base = spec.dims > 2
        ? spec.base * std::pow(spec.ntkAlpha, spec.dims / (spec.dims - 2.))
        : spec.base; // a single wave, of any base
    for (size_t i = 0; i < m_frequencies.size(); ++i) {
        double frequency = std::pow(base, -2. * static_cast<double>(i) / spec.dims);
        if (!spec.frequencyFactors.empty())
            frequency /= static_cast<double>(spec.frequencyFactors[i]);
        const double kept = yarn ? keptShare(spec, static_cast<int>(i)) : 0.;
        m_frequencies[i] = frequency * kept + frequency / spec.factor * (1. - kept);
    }
    // the entropy of attention is kept by making all scores a little larger (YaRN, section 3.4)
    if (yarn)
        m_magnitude *= 1. + 0.1 * std::log(spec.factor);
}

void RopeTable::fill(int position, std::span<float> row) const
{
    assert(row.size() == m_frequencies.size() * 2);
    for (size_t i = 0; i < m_frequencies.size(); ++i) {
        const double angle = position * m_frequencies[i];
        row[2 * i] = static_cast<float>(m_magnitude * std::cos(angle));
        row[2 * i + 1] = static_cast<float>(m_magnitude * std::sin(angle));
    }
}

} // namespace inglenook
