#include "inference/generation/stop_rules.h"

#include <algorithm>
#include <utility>

namespace inglenook {

namespace {

/// Whether encode() writes a space in front of a text.
bool addsSpace(const Tokenizer& tokenizer)
{
    const std::vector<Token> tokens = tokenizer.encode("a", false);
    return !tokens.empty() && tokenizer.bytes(tokens.front()).starts_with(' ');
}

/// The length of the longest end of `text` that a stop text begins with.
size_t openEnd(std::string_view text, const std::string& stop)
{
    for (size_t length = std::min(text.size(), stop.size() - 1); length > 0; --length) {
        if (stop.starts_with(text.substr(text.size() - length)))
            return length;
    }
    return 0;
}

} // namespace

StopTexts::StopTexts(std::vector<std::string> texts)
    : m_texts(std::move(texts))
{
    std::erase_if(m_texts, &std::string::empty);
}

StopTexts::Shown StopTexts::push(std::string_view text)
{
    m_held += text;
    size_t found = std::string::npos;
    size_t open = 0;
    for (const std::string& stop : m_texts) {
        found = std::min(found, m_held.find(stop));
        open = std::max(open, openEnd(m_held, stop));
    }
    if (found != std::string::npos) {
        Shown shown{.text = m_held.substr(0, found), .stopped = true};
        m_held.clear();
        return shown;
    }
    Shown shown{.text = m_held.substr(0, m_held.size() - open)};
    m_held.erase(0, shown.text.size());
    return shown;
}

std::string StopTexts::finish()
{
    return std::exchange(m_held, {});
}

StopRules::StopRules(const Tokenizer& tokenizer, StopLimits limits)
    : m_tokenizer(tokenizer)
    , m_maxTokens(limits.maxTokens)
    , m_dropSpace(!limits.continuesText && addsSpace(tokenizer))
    , m_stopTexts(std::move(limits.stopTexts))
{
}

std::string StopRules::bytesOf(Token token)
{
    std::string bytes = m_tokenizer.bytes(token);
    if (m_dropSpace && !bytes.empty()) {
        m_dropSpace = false;
        if (bytes.front() == ' ')
            bytes.erase(0, 1);
    }
    return bytes;
}

StopRules::Verdict StopRules::accept(Token token, bool contextFull)
{
    if (m_tokenizer.endsReply(token))
        return {.text = finish(), .ended = StopReason::EndOfText};
    ++m_tokens;
    StopTexts::Shown shown = m_stopTexts.push(m_characters.push(bytesOf(token)));
    Verdict verdict{.text = std::move(shown.text), .ended = std::nullopt};
    if (shown.stopped)
        verdict.ended = StopReason::StopText;
    else if (m_maxTokens > 0 && m_tokens >= m_maxTokens)
        verdict.ended = StopReason::MaxTokens;
    else if (contextFull)
        verdict.ended = StopReason::ContextFull;
    if (verdict.ended && !shown.stopped)
        verdict.text += finish();
    return verdict;
}

std::string StopRules::finish()
{
    StopTexts::Shown shown = m_stopTexts.push(m_characters.finish());
    return shown.stopped ? shown.text : shown.text + m_stopTexts.finish();
}

} // namespace inglenook
