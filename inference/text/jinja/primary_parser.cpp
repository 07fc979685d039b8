#include "inference/text/jinja/parser.h"

#include <charconv>

namespace inglenook::jinja {

namespace {

using Kind = Lexeme::Kind;

class PrimaryParser {
public:
    explicit PrimaryParser(LexemeReader& reader)
        : m_reader(reader)
    {
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

    std::unique_ptr<Call> call(ExpressionPointer callee)
    {
        auto node = makeNode<Call>(m_reader);
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
                list.named.emplace_back(std::move(key), parseExpression(m_reader));
            } else {
                list.positional.push_back(parseExpression(m_reader));
            }
            if (!m_reader.takeSign(","))
                break;
        }
        m_reader.expectSign(")");
        return list;
    }

private:
    ExpressionPointer literal(Value value)
    {
        auto node = makeNode<Literal>(m_reader);
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
        auto node = makeNode<Variable>(m_reader);
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
        auto tuple = makeNode<ListExpression>(m_reader);
        tuple->tuple = true;
        bool comma = m_reader.atSign(")"); // "()" is the empty tuple
        while (!m_reader.atSign(")")) {
            tuple->items.push_back(parseExpression(m_reader));
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
        auto node = makeNode<ListExpression>(m_reader);
        while (!m_reader.atSign("]")) {
            node->items.push_back(parseExpression(m_reader));
            if (!m_reader.takeSign(","))
                break;
        }
        m_reader.expectSign("]");
        return node;
    }

    ExpressionPointer dictionary()
    {
        auto node = makeNode<DictExpression>(m_reader);
        while (!m_reader.atSign("}")) {
            ExpressionPointer key = parseExpression(m_reader);
            m_reader.expectSign(":");
            node->entries.emplace_back(std::move(key), parseExpression(m_reader));
            if (!m_reader.takeSign(","))
                break;
        }
        m_reader.expectSign("}");
        return node;
    }

    ExpressionPointer attribute(ExpressionPointer object)
    {
        if (m_reader.at(Kind::Integer)) {
            auto node = makeNode<Subscript>(m_reader);
            node->object = std::move(object);
            node->index = number<int64_t>();
            return node;
        }
        auto node = makeNode<Attribute>(m_reader);
        node->object = std::move(object);
        node->name = m_reader.expectName();
        return node;
    }

    ExpressionPointer subscript(ExpressionPointer object)
    {
        const auto sliceEnds = [this] { return m_reader.atSign(":") || m_reader.atSign("]"); };
        ExpressionPointer first = sliceEnds() ? nullptr : parseExpression(m_reader);
        if (!m_reader.takeSign(":")) {
            if (!first)
                m_reader.fail("an index is missing");
            auto node = makeNode<Subscript>(m_reader);
            node->object = std::move(object);
            node->index = std::move(first);
            m_reader.expectSign("]");
            return node;
        }
        auto node = makeNode<Slice>(m_reader);
        node->object = std::move(object);
        node->start = std::move(first);
        node->stop = sliceEnds() ? nullptr : parseExpression(m_reader);
        if (m_reader.takeSign(":"))
            node->step = sliceEnds() ? nullptr : parseExpression(m_reader);
        m_reader.expectSign("]");
        return node;
    }

    LexemeReader& m_reader;
};

} // namespace

ExpressionPointer parsePrimary(LexemeReader& reader)
{
    return PrimaryParser(reader).primary();
}

ExpressionPointer parsePath(LexemeReader& reader, ExpressionPointer expression)
{
    return PrimaryParser(reader).postfix(std::move(expression));
}

ExpressionPointer parseCall(LexemeReader& reader, ExpressionPointer callee)
{
    return PrimaryParser(reader).call(std::move(callee));
}

ArgumentList parseArguments(LexemeReader& reader)
{
    return PrimaryParser(reader).arguments();
}

} // namespace inglenook::jinja
