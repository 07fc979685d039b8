#include "inference/generation/token_chooser.h"

namespace inglenook {

TokenChooser::TokenChooser(LoadedModel& model)
    : m_model(model)
{
}

void TokenChooser::readStep(size_t rows)
{
    m_logits.clear();
    m_likeliest.resize(rows);
    if (rows > 0)
        m_model.group->readCandidates(m_likeliest);
    else
        m_model.group->wait();
}

int32_t TokenChooser::choose(size_t row, const SamplingSettings& settings,
                             std::span<const int32_t> before)
{
    const std::optional<int32_t> token =
        m_sampler.pick(m_likeliest[row], m_model.spec.vocabulary, settings, before);
    return token ? *token : m_sampler.pick(logitsOf(row), settings, before);
}

std::span<const float> TokenChooser::logitsOf(size_t row)
{
    const auto vocabulary = static_cast<size_t>(m_model.spec.vocabulary);
    if (m_logits.empty()) {
        m_logits.resize(m_likeliest.size() * vocabulary);
        m_model.group->readLogits(m_logits);
    }
    return std::span(m_logits).subspan(row * vocabulary, vocabulary);
}

} // namespace inglenook
