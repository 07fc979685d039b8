#include "inference/text/jinja/parser.h"

#include <algorithm>
#include <array>

namespace inglenook::jinja {

namespace {

using Kind = Lexeme::Kind;

class ExpressionParser {
public:
    explicit ExpressionParser(LexemeReader& reader)
        : m_reader(reader)
    {
    }

    ExpressionPointer conditional()
    {
        const LexemeReader::Deeper guard(m_reader);
        ExpressionPointer expression = disjunction();
        int links = 0;
        while (m_reader.takeWord("if")) {
            m_reader.countLink(links);
            auto node = makeNode<Conditional>(m_reader);
            node->then = std::move(expression);
            node->condition = disjunction();
            if (m_reader.takeWord("else"))
                node->otherwise = conditional();
            expression = std::move(node);
        }
        return expression;
    }

    ExpressionPointer disjunction()
    {
        return chain({"or"}, true, [this] { return conjunction(); });
    }

    std::vector<FilterCall> filters()
    {
        std::vector<FilterCall> calls;
        while (m_reader.takeSign("|"))
            calls.push_back(filterCall());
        return calls;
    }

    FilterCall filterCall()
    {
        FilterCall call;
        call.name = m_reader.expectName();
        if (m_reader.takeSign("("))
            call.arguments = parseArguments(m_reader);
        return call;
    }

private:
    /// Operators of one rank, from left to right.
    template <typename Operand>
    ExpressionPointer chain(std::initializer_list<std::string_view> signs, bool words,
                            Operand operand)
    {
        ExpressionPointer left = operand();
        int links = 0;
        while (true) {
            const bool more = m_reader.at(words ? Kind::Name : Kind::Operator) &&
                std::ranges::find(signs, m_reader.current().text) != signs.end();
            if (!more)
                return left;
            m_reader.countLink(links);
            auto node = makeNode<Binary>(m_reader);
            node->sign = m_reader.take().text;
            node->left = std::move(left);
            node->right = operand();
            left = std::move(node);
        }
    }

    ExpressionPointer conjunction()
    {
        return chain({"and"}, true, [this] { return negation(); });
    }

    ExpressionPointer negation()
    {
        if (!m_reader.atWord("not"))
            return comparison();
        const LexemeReader::Deeper guard(m_reader);
        auto node = makeNode<Unary>(m_reader);
        node->sign = m_reader.take().text;
        node->operand = negation();
        return node;
    }

    /// "" if there is none here; takes it.
    std::string comparisonSign()
    {
        constexpr std::array<std::string_view, 6> kSigns = {"==", "!=", "<", "<=", ">", ">="};
        if (m_reader.at(Kind::Operator) &&
            std::ranges::find(kSigns, m_reader.current().text) != kSigns.end())
            return m_reader.take().text;
        if (m_reader.takeWord("in"))
            return "in";
        if (m_reader.atWord("not") && m_reader.following().kind == Kind::Name &&
            m_reader.following().text == "in") {
            (void)m_reader.take();
            (void)m_reader.take();
            return "not in";
        }
        return {};
    }

    ExpressionPointer comparison()
    {
        ExpressionPointer first = sum();
        std::string sign = comparisonSign();
        if (sign.empty())
            return first;
        auto node = makeNode<Comparison>(m_reader);
        node->first = std::move(first);
        for (; !sign.empty(); sign = comparisonSign())
            node->rest.emplace_back(sign, sum());
        return node;
    }

    ExpressionPointer sum()
    {
        return chain({"+", "-"}, false, [this] { return concatenation(); });
    }

    ExpressionPointer concatenation()
    {
        return chain({"~"}, false, [this] { return product(); });
    }

    ExpressionPointer product()
    {
        return chain({"*", "/", "//", "%"}, false, [this] { return power(); });
    }

    ExpressionPointer power()
    {
        return chain({"**"}, false, [this] { return unary(true); });
    }

    ExpressionPointer unary(bool withFilters)
    {
        ExpressionPointer expression;
        if (m_reader.atSign("-") || m_reader.atSign("+")) {
            const LexemeReader::Deeper guard(m_reader);
            auto node = makeNode<Unary>(m_reader);
            node->sign = m_reader.take().text;
            node->operand = unary(false);
            expression = std::move(node);
        } else {
            expression = parsePrimary(m_reader);
        }
        expression = parsePath(m_reader, std::move(expression));
        return withFilters ? filtersAndTests(std::move(expression)) : std::move(expression);
    }

    ExpressionPointer filtersAndTests(ExpressionPointer expression)
    {
        int links = 0;
        while (true) {
            if (m_reader.takeSign("|")) {
                auto node = makeNode<Filter>(m_reader);
                node->input = std::move(expression);
                node->filter = filterCall();
                expression = std::move(node);
            } else if (m_reader.takeWord("is")) {
                expression = test(std::move(expression));
            } else if (m_reader.takeSign("(")) {
                expression = parseCall(m_reader, std::move(expression));
            } else {
                return expression;
            }
            m_reader.countLink(links);
        }
    }

    ExpressionPointer test(ExpressionPointer input)
    {
        auto node = makeNode<Test>(m_reader);
        node->input = std::move(input);
        node->negated = m_reader.takeWord("not");
        node->name = m_reader.expectName();
        if (m_reader.takeSign("("))
            node->arguments = parseArguments(m_reader);
        else if (atTestOperand())
            node->arguments.positional.push_back(parsePath(m_reader, parsePrimary(m_reader)));
        return node;
    }

    /// "x is divisibleby 3": an operand may follow without brackets.
    [[nodiscard]] bool atTestOperand() const
    {
        constexpr std::array<std::string_view, 7> kOthers = {"else", "or", "and", "if",
                                                             "is",   "in", "not"};
        if (m_reader.at(Kind::Name))
            return std::ranges::find(kOthers, m_reader.current().text) == kOthers.end();
        return m_reader.at(Kind::String) || m_reader.at(Kind::Integer) ||
            m_reader.at(Kind::Float) || m_reader.atSign("[") || m_reader.atSign("{");
    }

    LexemeReader& m_reader;
};

} // namespace

ExpressionPointer parseExpression(LexemeReader& reader)
{
    return ExpressionParser(reader).conditional();
}

ExpressionPointer parseUnconditional(LexemeReader& reader)
{
    return ExpressionParser(reader).disjunction();
}

ExpressionPointer parseTuple(LexemeReader& reader)
{
    ExpressionPointer first = parseExpression(reader);
    if (!reader.atSign(","))
        return first;
    auto tuple = makeNode<ListExpression>(reader);
    tuple->tuple = true;
    tuple->items.push_back(std::move(first));
    while (reader.takeSign(",")) {
        if (reader.at(Kind::BlockEnd) || reader.at(Kind::OutputEnd))
            break;
        tuple->items.push_back(parseExpression(reader));
    }
    return tuple;
}

FilterCall parseFilterCall(LexemeReader& reader)
{
    return ExpressionParser(reader).filterCall();
}

std::vector<FilterCall> parseFilters(LexemeReader& reader)
{
    return ExpressionParser(reader).filters();
}

} // namespace inglenook::jinja
