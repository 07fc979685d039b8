#include "inference/text/jinja/parser.h"

#include <algorithm>

namespace inglenook::jinja {

namespace {

using Kind = Lexeme::Kind;
using Words = std::initializer_list<std::string_view>;

class Parser {
public:
    explicit Parser(std::vector<Lexeme> lexemes)
        : m_reader(std::move(lexemes))
    {
    }

    Body program()
    {
        Body body = bodyUntil({});
        if (!m_reader.at(Kind::End))
            m_reader.fail("\"" + m_reader.current().text + "\" has no beginning");
        return body;
    }

private:
    using StatementPointer = std::unique_ptr<const Statement>;

    template <typename Node> std::unique_ptr<Node> make() const
    {
        auto node = std::make_unique<Node>();
        node->line = m_reader.line();
        return node;
    }

    /// Reads statements up to a tag that begins with one of the words; the tag's opening and the
    /// word are left for the caller. Without words: up to the end.
    Body bodyUntil(Words words)
    {
        const LexemeReader::Deeper guard(m_reader);
        Body body;
        while (!m_reader.at(Kind::End)) {
            if (m_reader.at(Kind::Text)) {
                auto node = make<TextStatement>();
                node->text = m_reader.take().text;
                body.push_back(std::move(node));
            } else if (m_reader.at(Kind::OutputBegin)) {
                body.push_back(output());
            } else {
                const std::string word = m_reader.following().text;
                if (std::ranges::find(words, word) != words.end())
                    return body;
                if (word.starts_with("end") || word == "else" || word == "elif")
                    m_reader.fail("\"" + word + "\" stands in the wrong place");
                m_reader.expect(Kind::BlockBegin, "a tag");
                body.push_back(statement());
            }
        }
        if (words.size() > 0)
            m_reader.fail("\"" + std::string(*words.begin()) + "\" is missing");
        return body;
    }

    StatementPointer output()
    {
        auto node = make<Output>();
        (void)m_reader.take();
        node->expression = parseTuple(m_reader);
        m_reader.expect(Kind::OutputEnd, "\"}}\"");
        return node;
    }

    void endOfTag() { m_reader.expect(Kind::BlockEnd, "\"%}\""); }

    /// Takes "{% word %}", which bodyUntil() has found.
    void closing(std::string_view word)
    {
        (void)m_reader.take();
        if (!m_reader.takeWord(word))
            m_reader.fail("\"" + std::string(word) + "\" is missing");
        endOfTag();
    }

    Body bodyAndClosing(std::string_view word)
    {
        endOfTag();
        Body body = bodyUntil({word});
        closing(word);
        return body;
    }

    StatementPointer statement()
    {
        const std::string word = m_reader.expectName();
        if (word == "if")
            return ifStatement();
        if (word == "for")
            return forStatement();
        if (word == "set")
            return setStatement();
        if (word == "macro")
            return macro();
        if (word == "call")
            return callBlock();
        if (word == "filter")
            return filterBlock();
        if (word == "with")
            return with();
        if (word == "generation") {
            auto node = make<Group>();
            node->body = bodyAndClosing("endgeneration");
            return node;
        }
        if (word == "do") {
            auto node = make<Do>();
            node->expression = parseTuple(m_reader);
            endOfTag();
            return node;
        }
        if (word == "break" || word == "continue")
            return jump(word == "break" ? Flow::Break : Flow::Continue);
        m_reader.fail("there is no statement \"" + word + "\" here");
    }

    StatementPointer jump(Flow flow)
    {
        if (m_loops == 0)
            m_reader.fail("a jump out of a loop stands outside of all loops");
        auto node = make<Jump>();
        node->flow = flow;
        endOfTag();
        return node;
    }

    StatementPointer ifStatement()
    {
        auto node = make<If>();
        bool more = true;
        while (more) {
            ExpressionPointer condition = parseTuple(m_reader);
            endOfTag();
            node->branches.emplace_back(std::move(condition), bodyUntil({"endif", "else", "elif"}));
            (void)m_reader.take();
            more = m_reader.takeWord("elif");
        }
        if (m_reader.takeWord("else")) {
            endOfTag();
            node->otherwise = bodyUntil({"endif"});
            (void)m_reader.take();
        }
        if (!m_reader.takeWord("endif"))
            m_reader.fail("\"endif\" is missing");
        endOfTag();
        return node;
    }

    /// "a", "a, b" or "(a, b)".
    std::vector<std::string> targets()
    {
        const bool bracket = m_reader.takeSign("(");
        std::vector<std::string> names{m_reader.expectName()};
        while (m_reader.takeSign(",") && m_reader.at(Kind::Name))
            names.push_back(m_reader.take().text);
        if (bracket)
            m_reader.expectSign(")");
        return names;
    }

    StatementPointer forStatement()
    {
        auto node = make<For>();
        node->targets = targets();
        if (!m_reader.takeWord("in"))
            m_reader.fail("\"in\" is missing");
        node->iterable = parseUnconditional(m_reader);
        if (m_reader.takeWord("if"))
            node->filter = parseExpression(m_reader);
        if (m_reader.atWord("recursive"))
            m_reader.fail("recursive loops are not supported");
        endOfTag();
        ++m_loops;
        node->body = bodyUntil({"endfor", "else"});
        --m_loops;
        if (m_reader.following().text == "else") {
            closing("else");
            node->otherwise = bodyUntil({"endfor"});
        }
        closing("endfor");
        return node;
    }

    StatementPointer setStatement()
    {
        std::vector<std::string> names = targets();
        std::string attribute;
        if (names.size() == 1 && m_reader.takeSign("."))
            attribute = m_reader.expectName();
        if (m_reader.takeSign("=")) {
            auto node = make<Set>();
            node->targets = std::move(names);
            node->attribute = std::move(attribute);
            node->value = parseTuple(m_reader);
            endOfTag();
            return node;
        }
        if (names.size() > 1)
            m_reader.fail("\"=\" is missing");
        auto node = make<SetBlock>();
        node->target = names.front();
        node->attribute = std::move(attribute);
        node->filters = parseFilters(m_reader);
        node->body = bodyAndClosing("endset");
        return node;
    }

    std::vector<Parameter> parameters()
    {
        std::vector<Parameter> list;
        m_reader.expectSign("(");
        while (!m_reader.atSign(")")) {
            Parameter parameter{.name = m_reader.expectName(), .fallback = nullptr};
            if (m_reader.takeSign("="))
                parameter.fallback = parseExpression(m_reader);
            list.push_back(std::move(parameter));
            if (!m_reader.takeSign(","))
                break;
        }
        m_reader.expectSign(")");
        return list;
    }

    /// A body that runs by itself: jumps cannot leave it.
    Body separateBody(std::string_view end)
    {
        const int loops = m_loops;
        m_loops = 0;
        Body body = bodyAndClosing(end);
        m_loops = loops;
        return body;
    }

    StatementPointer macro()
    {
        auto node = make<Macro>();
        node->name = m_reader.expectName();
        node->parameters = parameters();
        node->body = separateBody("endmacro");
        return node;
    }

    StatementPointer callBlock()
    {
        auto node = make<CallBlock>();
        auto body = make<Macro>();
        body->name = "caller";
        if (m_reader.atSign("("))
            body->parameters = parameters();
        ExpressionPointer call = parseExpression(m_reader);
        const auto* asCall = dynamic_cast<const Call*>(call.get());
        if (!asCall)
            m_reader.fail("a call is missing");
        (void)call.release();
        node->call.reset(asCall);
        body->body = separateBody("endcall");
        node->caller = std::move(body);
        return node;
    }

    StatementPointer filterBlock()
    {
        auto node = make<FilterBlock>();
        // The first filter has no bar before it.
        node->filters.push_back(parseFilterCall(m_reader));
        for (FilterCall& filter : parseFilters(m_reader))
            node->filters.push_back(std::move(filter));
        node->body = bodyAndClosing("endfilter");
        return node;
    }

    StatementPointer with()
    {
        auto node = make<With>();
        while (!m_reader.at(Kind::BlockEnd)) {
            std::string name = m_reader.expectName();
            m_reader.expectSign("=");
            node->variables.emplace_back(std::move(name), parseExpression(m_reader));
            if (!m_reader.takeSign(","))
                break;
        }
        node->body = bodyAndClosing("endwith");
        return node;
    }

    LexemeReader m_reader;
    int m_loops = 0; // around the current place
};

} // namespace

Body parseProgram(std::string_view source)
{
    return Parser(lex(source)).program();
}

} // namespace inglenook::jinja
