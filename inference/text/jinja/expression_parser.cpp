#include "inference/text/jinja/parser.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace inglenook::jinja {

namespace {

using Kind = Lexeme::Kind;

template <typename Node> std::unique_ptr<Node> make(const LexemeReader& reader)
{
    auto node = std::make_unique<Node>();
    node->line = reader.line();
    return node;
}

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
            auto node = make<Conditional>(m_reader);
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
            call.arguments = arguments();
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
            auto node = make<Binary>(m_reader);
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
        auto node = make<Unary>(m_reader);
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
        auto node = make<Comparison>(m_reader);
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
            auto node = make<Unary>(m_reader);
            node->sign = m_reader.take().text;
            node->operand = unary(false);
            expression = std::move(node);
        } else {
            expression = primary();
        }
        expression = postfix(std::move(expression));
        return withFilters ? filtersAndTests(std::move(expression)) : std::move(expression);
    }

    ExpressionPointer primary()
    {
        const LexemeReader::Deeper guard(m_reader);
        switch (m_reader.current().kind) {
        case Kind::Name:
            return name();
        case Kind::String:
            return text();
        case Kind::Integer:
            return number<int64_t>();
        case Kind::Float:
            return number<double>();
        case Kind::Operator:
            if (m_reader.takeSign("("))
                return parenthesis();
            if (m_reader.takeSign("["))
                return list();
            if (m_reader.takeSign("{"))
                return dictionary();
            break;
        default:
            break;
        }
        m_reader.fail("a value is missing");
    }

    ExpressionPointer literal(Value value)
    {
        auto node = make<Literal>(m_reader);
        node->value = std::move(value);
        return node;
    }

    ExpressionPointer name()
    {
        const std::string word = m_reader.take().text;
        if (word == "true" || word == "True")
            return literal(true);
        if (word == "false" || word == "False")
            return literal(false);
        if (word == "none" || word == "None")
            return literal(None());
        auto node = make<Variable>(m_reader);
        node->name = word;
        return node;
    }

    ExpressionPointer text()
    {
        std::string all;
        while (m_reader.at(Kind::String))
            all += m_reader.take().text;
        return literal(std::move(all));
    }

    template <typename Number> ExpressionPointer number()
    {
        const std::string digits = m_reader.take().text;
        Number value{};
        const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (end.ec != std::errc())
            m_reader.fail("a number is too large");
        return literal(value);
    }

    ExpressionPointer parenthesis()
    {
        auto tuple = make<ListExpression>(m_reader);
        tuple->tuple = true;
        bool comma = m_reader.atSign(")"); // "()" is the empty tuple
        while (!m_reader.atSign(")")) {
            tuple->items.push_back(conditional());
            if (!m_reader.takeSign(","))
                break;
            comma = true;
        }
        m_reader.expectSign(")");
        if (!comma)
            return std::move(tuple->items.front());
        return tuple;
    }

    ExpressionPointer list()
    {
        auto node = make<ListExpression>(m_reader);
        while (!m_reader.atSign("]")) {
            node->items.push_back(conditional());
            if (!m_reader.takeSign(","))
                break;
        }
        m_reader.expectSign("]");
        return node;
    }

    ExpressionPointer dictionary()
    {
        auto node = make<DictExpression>(m_reader);
        while (!m_reader.atSign("}")) {
            ExpressionPointer key = conditional();
            m_reader.expectSign(":");
            node->entries.emplace_back(std::move(key), conditional());
            if (!m_reader.takeSign(","))
                break;
        }
        m_reader.expectSign("}");
        return node;
    }

    ExpressionPointer postfix(ExpressionPointer expression)
    {
        int links = 0;
        while (true) {
            if (m_reader.takeSign("."))
                expression = attribute(std::move(expression));
            else if (m_reader.takeSign("["))
                expression = subscript(std::move(expression));
            else if (m_reader.takeSign("("))
                expression = call(std::move(expression));
            else
                return expression;
            m_reader.countLink(links);
        }
    }

    ExpressionPointer attribute(ExpressionPointer object)
    {
        if (m_reader.at(Kind::Integer)) {
            auto node = make<Subscript>(m_reader);
            node->object = std::move(object);
            node->index = number<int64_t>();
            return node;
        }
        auto node = make<Attribute>(m_reader);
        node->object = std::move(object);
        node->name = m_reader.expectName();
        return node;
    }

    ExpressionPointer subscript(ExpressionPointer object)
    {
        const auto sliceEnds = [this] { return m_reader.atSign(":") || m_reader.atSign("]"); };
        ExpressionPointer first = sliceEnds() ? nullptr : conditional();
        if (!m_reader.takeSign(":")) {
            if (!first)
                m_reader.fail("an index is missing");
            auto node = make<Subscript>(m_reader);
            node->object = std::move(object);
            node->index = std::move(first);
            m_reader.expectSign("]");
            return node;
        }
        auto node = make<Slice>(m_reader);
        node->object = std::move(object);
        node->start = std::move(first);
        node->stop = sliceEnds() ? nullptr : conditional();
        if (m_reader.takeSign(":"))
            node->step = sliceEnds() ? nullptr : conditional();
        m_reader.expectSign("]");
        return node;
    }

    std::unique_ptr<Call> call(ExpressionPointer callee)
    {
        auto node = make<Call>(m_reader);
        node->callee = std::move(callee);
        node->arguments = arguments();
        return node;
    }

    /// Behind the opening bracket.
    ArgumentList arguments()
    {
        ArgumentList list;
        while (!m_reader.atSign(")")) {
            if (m_reader.atSign("*") || m_reader.atSign("**"))
                m_reader.fail("arguments cannot be unpacked here");
            const bool named = m_reader.at(Kind::Name) &&
                m_reader.following().kind == Kind::Operator && m_reader.following().text == "=";
            if (named) {
                std::string key = m_reader.take().text;
                (void)m_reader.take();
                list.named.emplace_back(std::move(key), conditional());
            } else {
                list.positional.push_back(conditional());
            }
            if (!m_reader.takeSign(","))
                break;
        }
        m_reader.expectSign(")");
        return list;
    }

    ExpressionPointer filtersAndTests(ExpressionPointer expression)
    {
        int links = 0;
        while (true) {
            if (m_reader.takeSign("|")) {
                auto node = make<Filter>(m_reader);
                node->input = std::move(expression);
                node->filter = filterCall();
                expression = std::move(node);
            } else if (m_reader.takeWord("is")) {
                expression = test(std::move(expression));
            } else if (m_reader.takeSign("(")) {
                expression = call(std::move(expression));
            } else {
                return expression;
            }
            m_reader.countLink(links);
        }
    }

    ExpressionPointer test(ExpressionPointer input)
    {
        auto node = make<Test>(m_reader);
        node->input = std::move(input);
        node->negated = m_reader.takeWord("not");
        node->name = m_reader.expectName();
        if (m_reader.takeSign("("))
            node->arguments = arguments();
        else if (atTestOperand())
            node->arguments.positional.push_back(postfix(primary()));
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
    auto tuple = make<ListExpression>(reader);
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
