#include "inference/text/jinja/characters.h"

#include "inference/text/utf8.h"

#include <algorithm>
#include <cstring>
#include <locale.h>
#include <wctype.h>

namespace inglenook::jinja {

namespace {

/// Knows the letters of all scripts, whatever the user's language is.
class UnicodeLocale {
public:
    UnicodeLocale()
        : m_locale(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr))
    {
    }
    ~UnicodeLocale()
    {
        if (m_locale)
            freelocale(m_locale);
    }
    UnicodeLocale(const UnicodeLocale&) = delete;
    UnicodeLocale& operator=(const UnicodeLocale&) = delete;

    [[nodiscard]] char32_t upper(char32_t c) const
    {
        return m_locale ? static_cast<char32_t>(towupper_l(static_cast<wint_t>(c), m_locale))
                        : asciiUpper(c);
    }
    [[nodiscard]] char32_t lower(char32_t c) const
    {
        return m_locale ? static_cast<char32_t>(towlower_l(static_cast<wint_t>(c), m_locale))
                        : asciiLower(c);
    }
    [[nodiscard]] bool isLetter(char32_t c) const
    {
        return m_locale ? iswalpha_l(static_cast<wint_t>(c), m_locale) != 0
                        : asciiLower(c) >= 'a' && asciiLower(c) <= 'z';
    }

private:
    static char32_t asciiUpper(char32_t c) { return c >= 'a' && c <= 'z' ? c - 32 : c; }
    static char32_t asciiLower(char32_t c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }

    locale_t m_locale;
};

template <typename Change> std::string changed(std::string_view text, Change change)
{
    const UnicodeLocale locale;
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const Utf8Step step = stepUtf8(text);
        appendUtf8(result, change(locale, step.character));
        text.remove_prefix(static_cast<size_t>(step.length));
    }
    return result;
}

bool isContinuation(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xc0) == 0x80;
}

/// The last character of a text that is not empty.
std::string_view lastCharacter(std::string_view text)
{
    size_t start = text.size() - 1;
    while (start > 0 && isContinuation(text[start]))
        --start;
    return text.substr(start);
}

} // namespace

int64_t countCharacters(std::string_view text)
{
    return std::ranges::count_if(text, [](char byte) { return !isContinuation(byte); });
}

std::vector<std::string_view> charactersOf(std::string_view text)
{
    std::vector<std::string_view> characters;
    while (!text.empty()) {
        const auto length = static_cast<size_t>(stepUtf8(text).length);
        characters.push_back(text.substr(0, length));
        text.remove_prefix(length);
    }
    return characters;
}

bool isSpace(char32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 || c == 0xa0 ||
        c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
        c == 0x205f || c == 0x3000;
}

std::string_view stripped(std::string_view text, Sides sides, std::string_view chars)
{
    const auto goes = [&](std::string_view character) {
        return chars.empty() ? isSpace(stepUtf8(character).character)
                             : chars.find(character) != std::string_view::npos;
    };
    while (sides != Sides::Right && !text.empty()) {
        const auto length = static_cast<size_t>(stepUtf8(text).length);
        if (!goes(text.substr(0, length)))
            break;
        text.remove_prefix(length);
    }
    while (sides != Sides::Left && !text.empty()) {
        const std::string_view last = lastCharacter(text);
        if (!goes(last))
            break;
        text.remove_suffix(last.size());
    }
    return text;
}

std::string upperCase(std::string_view text)
{
    return changed(text, [](const UnicodeLocale& locale, char32_t c) { return locale.upper(c); });
}

std::string lowerCase(std::string_view text)
{
    return changed(text, [](const UnicodeLocale& locale, char32_t c) { return locale.lower(c); });
}

std::string capitalized(std::string_view text)
{
    return changed(text, [first = true](const UnicodeLocale& locale, char32_t c) mutable {
        const char32_t result = first ? locale.upper(c) : locale.lower(c);
        first = false;
        return result;
    });
}

std::string titleCase(std::string_view text)
{
    return changed(text, [within = false](const UnicodeLocale& locale, char32_t c) mutable {
        const char32_t result = within ? locale.lower(c) : locale.upper(c);
        within = locale.isLetter(c) || (within && c == '\'');
        return result;
    });
}

size_t findText(std::string_view text, std::string_view part, size_t from)
{
    if (from > text.size())
        return std::string_view::npos;
    const std::string_view rest = text.substr(from);
    const void* found = memmem(rest.data(), rest.size(), part.data(), part.size());
    return found ? static_cast<size_t>(static_cast<const char*>(found) - text.data())
                 : std::string_view::npos;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to,
                     int64_t most)
{
    std::string result;
    if (from.empty()) {
        // Python puts `to` around every character.
        for (const std::string_view character : charactersOf(text)) {
            if (most-- != 0)
                result += to;
            else
                most = 0;
            result += character;
        }
        return most != 0 ? result + std::string(to) : result;
    }
    size_t start = 0;
    for (size_t found = findText(text, from, 0); found != std::string_view::npos && most != 0;
         --most) {
        result += text.substr(start, found - start);
        result += to;
        start = found + from.size();
        found = findText(text, from, start);
    }
    return result += text.substr(start);
}

} // namespace inglenook::jinja
