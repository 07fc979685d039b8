#include "inference/generation/sampler.h"

#include <algorithm>
#include <cmath>
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
    return std::ranges::all_of(logits, [](float x) { return std::isfinite(x); });
}

int32_t Sampler::pick(std::span<const float> logits, const SamplingSettings& settings,
                      std::span<const int32_t> before)
{
    penalise(logits, settings, before);
    if (settings.temperature < kGreedyTemperature)
        return static_cast<int32_t>(std::ranges::max_element(m_logits) - m_logits.begin());

    m_candidates.clear();
    for (size_t t = 0; t < m_logits.size(); ++t)
        m_candidates.push_back({m_logits[t] / settings.temperature, static_cast<int32_t>(t)});
    keepLikely(settings);

    const Candidate* best = nullptr;
    double bestScore = 0.;
    for (const Candidate& c : m_candidates) {
        const double score = static_cast<double>(c.logit) +
            gumbel(settings.seed, before.size(), static_cast<uint64_t>(c.token));
        if (!best || score > bestScore || (score == bestScore && c.token < best->token)) {
            best = &c;
            bestScore = score;
        }
    }
    return best->token;
}

void Sampler::penalise(std::span<const float> logits, const SamplingSettings& settings,
                       std::span<const int32_t> before)
{
    m_logits.assign(logits.begin(), logits.end());
    if (settings.repeatPenalty == 1.f && settings.presencePenalty == 0.f &&
        settings.frequencyPenalty == 0.f)
        return;
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
}

/// Leaves the candidates that top-k, top-p and min-p allow, at least one.
void Sampler::keepLikely(const SamplingSettings& settings)
{
    const auto likelier = [](const Candidate& a, const Candidate& b) {
        return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
    };
    const auto k = static_cast<size_t>(settings.topK);
    const bool cut = k > 0 && k < m_candidates.size();
    if (cut) {
        std::nth_element(m_candidates.begin(), m_candidates.begin() + settings.topK - 1,
                         m_candidates.end(), likelier);
        m_candidates.resize(k);
    }
    const float most = std::ranges::min_element(m_candidates, likelier)->logit;
    if (settings.topP < 1.f) {
        std::ranges::sort(m_candidates, likelier);
        double sum = 0.;
        for (const Candidate& c : m_candidates)
            sum += std::exp(static_cast<double>(c.logit - most));
        double kept = 0.;
        size_t count = 0;
        while (count < m_candidates.size() &&
               (count == 0 || kept < sum * static_cast<double>(settings.topP)))
            kept += std::exp(static_cast<double>(m_candidates[count++].logit - most));
        m_candidates.resize(count);
    }
    if (settings.minP > 0.f) {
        const float least = most + std::log(settings.minP);
        std::erase_if(m_candidates, [&](const Candidate& c) { return c.logit < least; });
    }
}

} // namespace inglenook
