#include "inference/text/utf8_stream.h"

#include "inference/text/utf8.h"

namespace inglenook {

namespace {

/// Appends the whole characters of `bytes` to `text` and returns what is unfinished at the end.
std::string_view repair(std::string_view bytes, std::string& text)
{
    while (!bytes.empty()) {
        const Utf8Step step = stepUtf8(bytes);
        if (step.kind == Utf8Step::Kind::Unfinished)
            break;
        const auto length = static_cast<size_t>(step.length);
        text +=
            step.kind == Utf8Step::Kind::Whole ? bytes.substr(0, length) : kReplacementCharacter;
        bytes.remove_prefix(length);
    }
    return bytes;
}

} // namespace

std::string Utf8Stream::push(std::string_view bytes)
{
    m_pending += bytes;
    std::string text;
    const auto rest = repair(m_pending, text).size();
    m_pending.erase(0, m_pending.size() - rest);
    return text;
}

std::string Utf8Stream::finish()
{
    const bool unfinished = !m_pending.empty();
    m_pending.clear();
    return std::string(unfinished ? kReplacementCharacter : std::string_view());
}

std::string validUtf8(std::string_view text)
{
    std::string valid;
    valid.reserve(text.size());
    if (!repair(text, valid).empty())
        valid += kReplacementCharacter;
    return valid;
}

} // namespace inglenook
