#pragma once

#include "inference/text/jinja/lexer.h"
#include "inference/text/jinja/value.h"

namespace inglenook::jinja {

/// Walks through the lexemes of a program. What is not there as asked is a Fault with the line.
class LexemeReader {
public:
    static constexpr int kMostNesting = 64; // of expressions and blocks in each other
    static constexpr int kMostChain = 200; // parts of a sum, steps of a path, ...

    explicit LexemeReader(std::vector<Lexeme> lexemes)
        : m_lexemes(std::move(lexemes))
    {
    }

    [[nodiscard]] const Lexeme& current() const { return m_lexemes[m_place]; }
    [[nodiscard]] const Lexeme& following() const
    {
        return m_lexemes[m_place + 1 < m_lexemes.size() ? m_place + 1 : m_place];
    }
    [[nodiscard]] int line() const { return current().line; }

    Lexeme take()
    {
        Lexeme taken = current();
        if (m_place + 1 < m_lexemes.size())
            ++m_place;
        return taken;
    }

    [[nodiscard]] bool at(Lexeme::Kind kind) const { return current().kind == kind; }
    [[nodiscard]] bool at(Lexeme::Kind kind, std::string_view text) const
    {
        return at(kind) && current().text == text;
    }
    [[nodiscard]] bool atSign(std::string_view sign) const
    {
        return at(Lexeme::Kind::Operator, sign);
    }
    [[nodiscard]] bool atWord(std::string_view word) const { return at(Lexeme::Kind::Name, word); }

    bool takeSign(std::string_view sign) { return takeIf(atSign(sign)); }
    bool takeWord(std::string_view word) { return takeIf(atWord(word)); }

    void expectSign(std::string_view sign)
    {
        if (!takeSign(sign))
            fail("\"" + std::string(sign) + "\" is missing");
    }

    void expect(Lexeme::Kind kind, const char* what)
    {
        if (!takeIf(at(kind)))
            fail(std::string(what) + " is missing");
    }

    std::string expectName()
    {
        if (!at(Lexeme::Kind::Name))
            fail("a name is missing");
        return take().text;
    }

    [[noreturn]] void fail(const std::string& reason) const
    {
        throw Fault("line " + std::to_string(line()) + ": " + reason);
    }

    /// Counts one level of nesting for as long as it lives.
    class Deeper {
    public:
        explicit Deeper(LexemeReader& reader)
            : m_reader(reader)
        {
            if (m_reader.m_nesting >= kMostNesting)
                m_reader.fail("too many parts in each other");
            ++m_reader.m_nesting;
        }
        ~Deeper() { --m_reader.m_nesting; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;

    private:
        LexemeReader& m_reader;
    };

    /// Call once per link of a chain that becomes a tree as deep as it is long.
    void countLink(int& links) const
    {
        if (++links > kMostChain)
            fail("too many parts in a row");
    }

private:
    bool takeIf(bool wanted)
    {
        if (wanted)
            (void)take();
        return wanted;
    }

    std::vector<Lexeme> m_lexemes;
    size_t m_place = 0;
    int m_nesting = 0;
};

} // namespace inglenook::jinja
