#include "inference/text/jinja/lexer.h"

#include "inference/text/jinja/characters.h"
#include "inference/text/jinja/value.h"
#include "inference/text/utf8.h"

#include <algorithm>
#include <array>

namespace inglenook::jinja {

namespace {

using Kind = Lexeme::Kind;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
bool isNameStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool isName(char c)
{
    return isNameStart(c) || isDigit(c);
}
bool isBlank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view withoutTrailingBlanks(std::string_view text)
{
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

/// With one kind of line end, and without one at the end.
std::string normalized(std::string_view source)
{
    std::string result = replaced(replaced(source, "\r\n", "\n", -1), "\r", "\n", -1);
    if (result.ends_with('\n'))
        result.pop_back();
    return result;
}

class Lexer {
public:
    explicit Lexer(std::string source)
        : m_source(std::move(source))
    {
    }

    std::vector<Lexeme> run()
    {
        while (m_place < m_source.size())
            lexTextAndTag();
        add(Kind::End, {});
        return std::move(m_lexemes);
    }

private:
    [[noreturn]] void fail(const std::string& reason) const
    {
        throw Fault("line " + std::to_string(m_line) + ": " + reason);
    }

    [[nodiscard]] std::string_view rest() const
    {
        return std::string_view(m_source).substr(m_place);
    }

    void skip(size_t length)
    {
        const std::string_view skipped = rest().substr(0, length);
        m_line += static_cast<int>(std::ranges::count(skipped, '\n'));
        m_place += length;
    }

    void add(Kind kind, std::string text)
    {
        m_lexemes.push_back({.kind = kind, .text = std::move(text), .line = m_line});
    }

    void addText(std::string_view text)
    {
        if (!text.empty())
            add(Kind::Text, std::string(text));
    }

    void lexTextAndTag()
    {
        size_t tag = m_place;
        do {
            tag = m_source.find('{', tag);
            if (tag == std::string::npos || tag + 1 >= m_source.size()) {
                addText(rest());
                skip(rest().size());
                return;
            }
        } while (std::string_view("{%#").find(m_source[tag + 1]) == std::string_view::npos &&
                 ++tag);
        const char type = m_source[tag + 1];
        const char sign = tag + 2 < m_source.size() ? m_source[tag + 2] : ' ';
        addText(textBefore(rest().substr(0, tag - m_place), type, sign));
        skip(tag - m_place + 2 + (sign == '-' || sign == '+' ? 1 : 0));
        if (type == '#')
            skipComment();
        else if (type == '{')
            lexTag(Kind::OutputBegin, Kind::OutputEnd, "}}");
        else if (!lexRaw())
            lexTag(Kind::BlockBegin, Kind::BlockEnd, "%}");
    }

    /// What remains of the text before a tag.
    [[nodiscard]] std::string_view textBefore(std::string_view text, char type, char sign) const
    {
        if (sign == '-')
            return withoutTrailingBlanks(text);
        if (type == '{' || sign == '+')
            return text;
        // A tag that stands alone on its line takes the blanks before it away.
        const size_t newline = text.rfind('\n');
        const size_t start = newline == std::string_view::npos ? 0 : newline + 1;
        const bool atLineStart = start > 0 || m_lineStarting;
        return atLineStart && std::ranges::all_of(text.substr(start), isBlank)
            ? text.substr(0, start)
            : text;
    }

    /// At the end of a tag, a sign and the closing mark: takes them and the white space that goes
    /// with them. Returns false if they do not stand here.
    bool takeEnd(std::string_view mark)
    {
        const bool signedEnd = rest().starts_with('-') || rest().starts_with('+');
        const char sign = signedEnd ? rest().front() : ' ';
        if (!rest().substr(signedEnd ? 1 : 0).starts_with(mark))
            return false;
        size_t length = mark.size() + (signedEnd ? 1 : 0);
        if (sign == '-')
            while (length < rest().size() && isBlank(rest()[length]))
                ++length;
        else if (sign == ' ' && mark != "}}" && rest().substr(length).starts_with('\n'))
            ++length;
        m_lineStarting = rest()[length - 1] == '\n';
        skip(length);
        return true;
    }

    void skipComment()
    {
        const size_t end = rest().find("#}");
        if (end == std::string_view::npos)
            fail("a comment does not end");
        skip(end > 0 && (rest()[end - 1] == '-' || rest()[end - 1] == '+') ? end - 1 : end);
        (void)takeEnd("#}");
    }

    /// Whether the tag that begins here is `word`, alone; takes it with its end.
    bool takeTag(std::string_view word)
    {
        size_t length = 0;
        const auto blanks = [&] {
            while (length < rest().size() && isBlank(rest()[length]))
                ++length;
        };
        blanks();
        if (!rest().substr(length).starts_with(word))
            return false;
        length += word.size();
        blanks();
        const std::string_view after = rest().substr(length);
        if (!after.starts_with("%}") && !after.starts_with("-%}") && !after.starts_with("+%}"))
            return false;
        skip(length);
        return takeEnd("%}");
    }

    bool lexRaw()
    {
        if (!takeTag("raw"))
            return false;
        for (size_t tag = m_source.find("{%", m_place); tag != std::string::npos;
             tag = m_source.find("{%", tag + 2)) {
            const std::string_view text = rest().substr(0, tag - m_place);
            const size_t start = m_place;
            const int line = m_line;
            const bool strips = m_source.substr(tag + 2, 1) == "-";
            skip(tag - m_place + (strips ? 3 : 2));
            if (takeTag("endraw")) {
                addText(strips ? withoutTrailingBlanks(text) : text);
                return true;
            }
            m_place = start;
            m_line = line;
        }
        fail("a raw part does not end");
    }

    void lexTag(Kind begin, Kind end, std::string_view mark)
    {
        add(begin, {});
        int open = 0; // brackets: within them, "}}" closes two dictionaries
        while (true) {
            while (!rest().empty() && isBlank(rest().front()))
                skip(1);
            if (rest().empty())
                fail("a tag does not end");
            if (open == 0 && takeEnd(mark))
                break;
            lexInside(open);
        }
        add(end, {});
    }

    void lexInside(int& open)
    {
        const char c = rest().front();
        if (isNameStart(c)) {
            const auto end = std::ranges::find_if_not(rest(), isName);
            const auto length = static_cast<size_t>(end - rest().begin());
            add(Kind::Name, std::string(rest().substr(0, length)));
            skip(length);
        } else if (isDigit(c)) {
            lexNumber();
        } else if (c == '\'' || c == '"') {
            lexString(c);
        } else {
            lexOperator(open);
        }
    }

    void lexNumber()
    {
        const std::string_view all = rest();
        const auto digits = [&](size_t from) {
            while (from < all.size() && (isDigit(all[from]) || all[from] == '_'))
                ++from;
            return from;
        };
        size_t end = digits(0);
        bool whole = true;
        if (end + 1 < all.size() && all[end] == '.' && isDigit(all[end + 1])) {
            end = digits(end + 1);
            whole = false;
        }
        if (end < all.size() && (all[end] == 'e' || all[end] == 'E')) {
            size_t exponent = end + 1;
            if (exponent < all.size() && (all[exponent] == '+' || all[exponent] == '-'))
                ++exponent;
            if (exponent < all.size() && isDigit(all[exponent])) {
                end = digits(exponent);
                whole = false;
            }
        }
        std::string text(all.substr(0, end));
        std::erase(text, '_');
        add(whole ? Kind::Integer : Kind::Float, std::move(text));
        skip(end);
    }

    void lexString(char quote)
    {
        const std::string_view all = rest();
        std::string text;
        size_t place = 1;
        for (; place < all.size() && all[place] != quote; ++place) {
            if (all[place] != '\\')
                text += all[place];
            else if (++place < all.size())
                unescape(all, place, text);
        }
        if (place >= all.size())
            fail("a text in quotes does not end");
        add(Kind::String, std::move(text));
        skip(place + 1);
    }

    /// `place` stands behind a backslash and is left on the last character of the escape.
    void unescape(std::string_view all, size_t& place, std::string& text) const
    {
        constexpr std::string_view kNames = "nrtbfva0\\'\"";
        constexpr std::string_view kMeanings{"\n\r\t\b\f\v\a\0\\'\"", 11};
        const char c = all[place];
        if (const size_t known = kNames.find(c); known != std::string_view::npos) {
            text += kMeanings[known];
        } else if (c == 'x' || c == 'u' || c == 'U') {
            const size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
            appendUtf8(text, hexCharacter(all.substr(place + 1, digits), digits));
            place += digits;
        } else if (c != '\n') { // a line end is swallowed
            text += '\\';
            text += c;
        }
    }

    [[nodiscard]] char32_t hexCharacter(std::string_view digits, size_t count) const
    {
        char32_t character = 0;
        for (const char digit : digits) {
            const size_t value = std::string_view("0123456789abcdefABCDEF").find(digit);
            if (value == std::string_view::npos || character > 0x10ffff)
                fail("an escape in a text is not a number");
            character = character * 16 + static_cast<char32_t>(value < 16 ? value : value - 6);
        }
        if (digits.size() < count || character > 0x10ffff ||
            (character >= 0xd800 && character < 0xe000))
            fail("an escape in a text is not a character");
        return character;
    }

    void lexOperator(int& open)
    {
        constexpr std::array<std::string_view, 6> kLong = {"//", "**", "==", "!=", "<=", ">="};
        const std::string_view two = rest().substr(0, 2);
        const bool isLong = std::ranges::find(kLong, two) != kLong.end();
        const std::string_view text = rest().substr(0, isLong ? 2 : 1);
        if (!isLong && std::string_view("+-*/%~<>=()[]{}.,:|").find(text) == std::string_view::npos)
            fail("there is a character that does not belong into a tag");
        if (std::string_view("([{").find(text) != std::string_view::npos)
            ++open;
        if (std::string_view(")]}").find(text) != std::string_view::npos && open > 0)
            --open;
        add(Kind::Operator, std::string(text));
        skip(text.size());
    }

    std::string m_source;
    size_t m_place = 0;
    int m_line = 1;
    bool m_lineStarting = true; // nothing but what was trimmed stands before m_place in its line
    std::vector<Lexeme> m_lexemes;
};

} // namespace

std::vector<Lexeme> lex(std::string_view source)
{
    return Lexer(normalized(source)).run();
}

} // namespace inglenook::jinja
