#include "storage/search_text.h"

#include <algorithm>
#include <cstdint>

namespace inglenook {

namespace {

constexpr size_t kBytesBefore = 40;
constexpr size_t kBytesAfter = 120;

bool isContinuation(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

uint32_t characterAt(std::string_view text, size_t at)
{
    const auto byte = [&](size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
    };
    const uint32_t lead = byte(at);
    if (lead < 0x80)
        return lead;
    if (lead < 0xe0)
        return (lead & 0x1f) << 6 | (byte(at + 1) & 0x3f);
    if (lead < 0xf0)
        return (lead & 0x0f) << 12 | (byte(at + 1) & 0x3f) << 6 | (byte(at + 2) & 0x3f);
    return (lead & 0x07) << 18 | (byte(at + 1) & 0x3f) << 12 | (byte(at + 2) & 0x3f) << 6 |
        (byte(at + 3) & 0x3f);
}

} // namespace

std::vector<std::string> searchWords(std::string_view text)
{
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (static_cast<unsigned char>(c) > ' ')
            words.back() += c;
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty())
        words.pop_back();
    return words;
}

bool isUnspaced(std::string_view word)
{
    for (size_t i = 0; i < word.size(); ++i) {
        if (isContinuation(word[i]))
            continue;
        const uint32_t c = characterAt(word, i);
        const bool southEastAsian = (c >= 0x0e00 && c < 0x0f00) || (c >= 0x1000 && c < 0x10a0) ||
            (c >= 0x1780 && c < 0x1800);
        const bool eastAsian = (c >= 0x2e80 && c < 0xa4d0) || (c >= 0xac00 && c < 0xd7b0) ||
            (c >= 0xf900 && c < 0xfb00) || (c >= 0x20000 && c < 0x40000);
        if (southEastAsian || eastAsian)
            return true;
    }
    return false;
}

std::string indexQuery(const std::vector<std::string>& words)
{
    std::string query;
    for (const std::string& word : words) {
        query += query.empty() ? "\"" : " \"";
        for (const char c : word) {
            if (c == '"')
                query += '"';
            query += c;
        }
        query += '"';
    }
    return query.empty() ? query : query + '*';
}

std::string likePattern(std::string_view word)
{
    std::string pattern = "%";
    for (const char c : word) {
        if (c == '%' || c == '_' || c == '\\')
            pattern += '\\';
        pattern += c;
    }
    return pattern + '%';
}

std::string snippetAround(const std::string& text, std::string_view word)
{
    const size_t found = text.find(word);
    const size_t middle = found == std::string::npos ? 0 : found;
    size_t begin = middle > kBytesBefore ? middle - kBytesBefore : 0;
    while (begin > 0 && isContinuation(text[begin]))
        --begin;
    size_t end = std::min(text.size(), middle + kBytesAfter);
    while (end < text.size() && isContinuation(text[end]))
        ++end;
    std::string snippet = text.substr(begin, end - begin);
    std::replace_if(
        snippet.begin(), snippet.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; },
        ' ');
    return (begin > 0 ? "…" : "") + snippet + (end < text.size() ? "…" : "");
}

} // namespace inglenook
