#include "inference/generation/sampler.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

namespace inglenook {

namespace {

/// Below it the most likely token is certain, and dividing by it would overflow.
constexpr float kGreedyTemperature = 1e-3f;

/// A bijection of 64 bits whose output looks random (Steele, Lea & Flood 2014, SplitMix64).
uint64_t mixed(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

/// -log(-log(u)) of a number u in (0, 1) that belongs to this seed, position and token.
double gumbel(uint64_t seed, uint64_t position, uint64_t token)
{
    const uint64_t bits = mixed(mixed(mixed(seed) ^ position) ^ token);
    const double u = (static_cast<double>(bits >> 11) + 0.5) * 0x1p-53;
    return -std::log(-std::log(u));
}

/// No noise is larger: u has 53 bits.
constexpr double kMostNoise = 37.5;

// Loops over a vocabulary work on lanes that do not wait for each other: compilers make vectors of
// them.
constexpr size_t kLanes = 16;
constexpr size_t kClasses = 256;

/// Calls hear(token, logit) for all that are at least so likely, in the order of tokens.
template <class Hear> void eachFrom(float least, std::span<const float> logits, const Hear& hear)
{
    for (size_t start = 0; start < logits.size(); start += kLanes) {
        const auto some = logits.subspan(start, std::min(kLanes, logits.size() - start));
        unsigned found = 0;
        for (const float x : some)
            found |= static_cast<unsigned>(x >= least);
        if (found == 0)
            continue;
        for (size_t i = 0; i < some.size(); ++i)
            if (some[i] >= least)
                hear(static_cast<int32_t>(start + i), some[i]);
    }
}

/// A number that at least `count` logits reach, close to the largest such. The classes are every
/// 256th logit each: `count` of them have a largest logit that reaches it.
float reachedBy(size_t count, std::span<const float> logits)
{
    if (count > kClasses || logits.size() < kClasses)
        return -std::numeric_limits<float>::infinity();
    std::array<float, kClasses> most;
    std::copy_n(logits.begin(), kClasses, most.begin());
    size_t i = kClasses;
    for (; i + kClasses <= logits.size(); i += kClasses)
        for (size_t c = 0; c < kClasses; ++c)
            most[c] = most[c] < logits[i + c] ? logits[i + c] : most[c];
    const auto last = most.begin() + static_cast<std::ptrdiff_t>(count) - 1;
    std::nth_element(most.begin(), last, most.end(), std::greater());
    return *last;
}

bool isGreedy(const SamplingSettings& settings)
{
    return settings.temperature < kGreedyTemperature;
}

bool hasPenalties(const SamplingSettings& settings)
{
    return settings.repeatPenalty != 1.f || settings.presencePenalty != 0.f ||
        settings.frequencyPenalty != 0.f;
}

/// How often each of the last tokens occurs that penalties look at.
std::map<int32_t, int> recentTokens(const SamplingSettings& settings,
                                    std::span<const int32_t> before)
{
    const size_t window = std::min(before.size(), static_cast<size_t>(settings.penaltyWindow));
    std::map<int32_t, int> counts;
    for (const int32_t token : before.last(window))
        ++counts[token];
    return counts;
}

/// Of a token that occurs `count` times among the last ones.
float withPenalties(float logit, int count, const SamplingSettings& settings)
{
    logit = logit > 0.f ? logit / settings.repeatPenalty : logit * settings.repeatPenalty;
    return logit -
        (settings.presencePenalty + settings.frequencyPenalty * static_cast<float>(count));
}

/// Whether so many of the likeliest tokens may be enough: no other token gets a greater logit, and
/// no more of them count.
bool chooseAmong(size_t known, const SamplingSettings& settings)
{
    const bool raised = settings.repeatPenalty < 1.f || settings.presencePenalty < 0.f ||
        settings.frequencyPenalty < 0.f;
    const auto k = static_cast<size_t>(settings.topK);
    return !raised && (isGreedy(settings) || (k > 0 && k <= known));
}

void checkRange(const char* what, double value, double least, double most)
{
    if (std::isfinite(value) && value >= least && value <= most)
        return;
    throw std::runtime_error("The sampling setting " + std::string(what) + " is " +
                             std::to_string(value) + ", but must lie between " +
                             std::to_string(least) + " and " + std::to_string(most) +
                             ". Reset it in the settings.");
}

} // namespace

void checkSampling(const SamplingSettings& settings)
{
    checkRange("temperature", settings.temperature, 0., 100.);
    checkRange("top-k", settings.topK, 0., 1e9);
    checkRange("top-p", settings.topP, 0., 1.);
    checkRange("min-p", settings.minP, 0., 1.);
    checkRange("repeat penalty", settings.repeatPenalty, 0.01, 100.);
    checkRange("presence penalty", settings.presencePenalty, -100., 100.);
    checkRange("frequency penalty", settings.frequencyPenalty, -100., 100.);
    checkRange("penalty window", settings.penaltyWindow, 0., 1e9);
}

int32_t Sampler::pick(std::span<const float> logits, const SamplingSettings& settings,
                      std::span<const int32_t> before)
{
    listLikeliest(penalised(logits, settings, before), settings);
    return choose(settings, before.size());
}

std::optional<int32_t> Sampler::pick(const Candidates& likeliest, int vocabulary,
                                     const SamplingSettings& settings,
                                     std::span<const int32_t> before)
{
    const std::span<const Candidate> known = likeliest.known();
    const bool all = likeliest.count == vocabulary;
    if (known.empty() || (!all && !chooseAmong(known.size(), settings)))
        return std::nullopt;
    m_candidates.assign(known.begin(), known.end());
    if (hasPenalties(settings)) {
        const std::map<int32_t, int> counts = recentTokens(settings, before);
        for (Candidate& candidate : m_candidates)
            if (const auto found = counts.find(candidate.token); found != counts.end())
                candidate.logit = withPenalties(candidate.logit, found->second, settings);
    }
    if (!all && !noneIsMissing(known.back().logit, settings))
        return std::nullopt;
    return choose(settings, before.size());
}

/// Of the candidates, which were the likeliest before penalties: whether those that count are. No
/// other logit is greater than `bound`; penalties and a division by the temperature leave it so,
/// since rounding keeps the order of what it does not make equal.
bool Sampler::noneIsMissing(float bound, const SamplingSettings& settings) const
{
    if (isGreedy(settings))
        return !hasPenalties(settings) ||
            std::ranges::max(m_candidates, {}, &Candidate::logit).logit > bound;
    std::array<float, kCandidates> logits{};
    std::ranges::transform(m_candidates, logits.begin(), &Candidate::logit);
    const auto last = logits.begin() + settings.topK - 1;
    if (hasPenalties(settings))
        std::nth_element(logits.begin(), last, logits.begin() + m_candidates.size(),
                         std::greater());
    return *last / settings.temperature > bound / settings.temperature;
}

int32_t Sampler::choose(const SamplingSettings& settings, uint64_t position)
{
    if (isGreedy(settings))
        return std::ranges::min(m_candidates, likelier).token;

    for (Candidate& candidate : m_candidates)
        candidate.logit /= settings.temperature;
    keepTopK(settings);
    const float most = std::ranges::max(m_candidates, {}, &Candidate::logit).logit;
    if (settings.topP < 1.f)
        keepTopP(settings.topP);
    if (settings.minP > 0.f) {
        const float least = most + std::log(settings.minP);
        std::erase_if(m_candidates, [&](const Candidate& c) { return c.logit < least; });
    }

    const Candidate* best = nullptr;
    double bestScore = 0.;
    for (const Candidate& c : m_candidates) {
        if (best && static_cast<double>(c.logit) + kMostNoise < bestScore)
            continue; // no noise would make it the best
        const double score = static_cast<double>(c.logit) +
            gumbel(settings.seed, position, static_cast<uint64_t>(c.token));
        if (!best || score > bestScore || (score == bestScore && c.token < best->token)) {
            best = &c;
            bestScore = score;
        }
    }
    return best->token;
}

/// The logits with penalties; the given ones where there are none.
std::span<const float> Sampler::penalised(std::span<const float> logits,
                                          const SamplingSettings& settings,
                                          std::span<const int32_t> before)
{
    if (!hasPenalties(settings))
        return logits;
    m_logits.assign(logits.begin(), logits.end());
    for (const auto& [token, count] : recentTokens(settings, before)) {
        if (token < 0 || static_cast<size_t>(token) >= m_logits.size())
            continue;
        float& logit = m_logits[static_cast<size_t>(token)];
        logit = withPenalties(logit, count, settings);
    }
    return m_logits;
}

/// Makes candidates of all tokens that keepTopK() may keep.
void Sampler::listLikeliest(std::span<const float> logits, const SamplingSettings& settings)
{
    const auto k = isGreedy(settings) ? 1 : static_cast<size_t>(settings.topK);
    const bool all = k == 0 || k >= logits.size();
    const float reached = all ? -std::numeric_limits<float>::infinity() : reachedBy(k, logits);
    // a little less, because logits that differ may be equal once they are divided
    const float least = all ? reached : reached - 1e-6f * std::abs(reached);
    m_candidates.clear();
    eachFrom(least, logits, [&](int32_t token, float logit) {
        m_candidates.push_back({.logit = logit, .token = token});
    });
}

/// Leaves the likeliest. Few are put in order, so that what is computed of them does not depend on
/// the order in which they were listed.
void Sampler::keepTopK(const SamplingSettings& settings)
{
    const auto k = static_cast<size_t>(settings.topK);
    if (k > 0 && k < m_candidates.size()) {
        std::nth_element(m_candidates.begin(), m_candidates.begin() + settings.topK - 1,
                         m_candidates.end(), likelier);
        m_candidates.resize(k);
    }
    if (m_candidates.size() <= kCandidates)
        std::ranges::sort(m_candidates, likelier);
}

/// Leaves the likeliest candidates that have this share of the probability together, at least one.
/// Sorts no more of them than that takes.
void Sampler::keepTopP(float topP)
{
    const float most = std::ranges::max_element(m_candidates, {}, &Candidate::logit)->logit;
    const auto weight = [&](const Candidate& c) {
        return std::exp(static_cast<double>(c.logit - most));
    };
    double sum = 0.;
    for (const Candidate& c : m_candidates)
        sum += weight(c);
    double kept = 0.;
    size_t count = 0;
    size_t sorted = m_candidates.size() <= kCandidates ? m_candidates.size() : 0;
    while (count < m_candidates.size() && (count == 0 || kept < sum * static_cast<double>(topP))) {
        if (count == sorted) {
            const auto from = m_candidates.begin() + static_cast<std::ptrdiff_t>(sorted);
            sorted = std::min(m_candidates.size(), 4 * sorted + 64);
            std::partial_sort(from, m_candidates.begin() + static_cast<std::ptrdiff_t>(sorted),
                              m_candidates.end(), likelier);
        }
        kept += weight(m_candidates[count++]);
    }
    m_candidates.resize(count);
}

} // namespace inglenook
