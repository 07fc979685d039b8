#include "inference/generation/sampler.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
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

bool allFinite(std::span<const float> logits)
{
    constexpr uint32_t kExponent = 0x7f800000; // all ones: infinite or not a number
    uint32_t found = 0;
    for (const float x : logits)
        found |= static_cast<uint32_t>((std::bit_cast<uint32_t>(x) & kExponent) == kExponent);
    return found == 0;
}

int32_t Sampler::pick(std::span<const float> logits, const SamplingSettings& settings,
                      std::span<const int32_t> before)
{
    const std::span<const float> own = penalised(logits, settings, before);
    if (settings.temperature < kGreedyTemperature) {
        Candidate best{-std::numeric_limits<float>::infinity(), 0};
        eachFrom(reachedBy(1, own), own, [&](int32_t token, float logit) {
            if (logit > best.logit)
                best = {logit, token};
        });
        return best.token;
    }

    keepTopK(own, settings);
    const float most = std::ranges::max_element(m_candidates, {}, &Candidate::logit)->logit;
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
            gumbel(settings.seed, before.size(), static_cast<uint64_t>(c.token));
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
    if (settings.repeatPenalty == 1.f && settings.presencePenalty == 0.f &&
        settings.frequencyPenalty == 0.f)
        return logits;
    m_logits.assign(logits.begin(), logits.end());
    const size_t window = std::min(before.size(), static_cast<size_t>(settings.penaltyWindow));
    std::map<int32_t, int> counts;
    for (const int32_t token : before.last(window))
        ++counts[token];
    for (const auto& [token, count] : counts) {
        if (token < 0 || static_cast<size_t>(token) >= m_logits.size())
            continue;
        float& logit = m_logits[static_cast<size_t>(token)];
        logit = logit > 0.f ? logit / settings.repeatPenalty : logit * settings.repeatPenalty;
        logit -= settings.presencePenalty + settings.frequencyPenalty * static_cast<float>(count);
    }
    return m_logits;
}

/// Makes the likeliest tokens candidates, or all where top-k is off.
void Sampler::keepTopK(std::span<const float> logits, const SamplingSettings& settings)
{
    const float temperature = settings.temperature;
    const auto k = static_cast<size_t>(settings.topK);
    m_candidates.clear();
    if (k == 0 || k >= logits.size()) {
        for (size_t t = 0; t < logits.size(); ++t)
            m_candidates.push_back({logits[t] / temperature, static_cast<int32_t>(t)});
        return;
    }
    // a little less, because logits that differ may be equal once they are divided
    const float reached = reachedBy(k, logits);
    eachFrom(reached - 1e-6f * std::abs(reached), logits, [&](int32_t token, float logit) {
        m_candidates.push_back({logit / temperature, token});
    });
    std::nth_element(m_candidates.begin(), m_candidates.begin() + settings.topK - 1,
                     m_candidates.end(), likelier);
    m_candidates.resize(k);
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
    size_t sorted = 0;
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
