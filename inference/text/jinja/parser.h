#pragma once

#include "inference/text/jinja/lexeme_reader.h"
#include "inference/text/jinja/nodes.h"

namespace inglenook::jinja {

template <typename Node> std::unique_ptr<Node> makeNode(const LexemeReader& reader)
{
    auto node = std::make_unique<Node>();
    node->line = reader.line();
    return node;
}

/// A name, a constant, a list, a dictionary, or anything in brackets.
[[nodiscard]] ExpressionPointer parsePrimary(LexemeReader& reader);
/// What may follow an expression: ".name", "[index]", "(arguments)", any number of times.
[[nodiscard]] ExpressionPointer parsePath(LexemeReader& reader, ExpressionPointer expression);
/// Behind the opening bracket.
[[nodiscard]] ExpressionPointer parseCall(LexemeReader& reader, ExpressionPointer callee);
/// Behind the opening bracket.
[[nodiscard]] ArgumentList parseArguments(LexemeReader& reader);

/// Reads one expression at the reader's place.
[[nodiscard]] ExpressionPointer parseExpression(LexemeReader& reader);
/// The same, but a comma makes a tuple of it: "a, b".
[[nodiscard]] ExpressionPointer parseTuple(LexemeReader& reader);
/// "| name(arguments) | ..." without what they apply to.
[[nodiscard]] std::vector<FilterCall> parseFilters(LexemeReader& reader);
/// "name(arguments)".
[[nodiscard]] FilterCall parseFilterCall(LexemeReader& reader);
/// An expression without "if ... else ..." at its end.
[[nodiscard]] ExpressionPointer parseUnconditional(LexemeReader& reader);

/// Reads a whole program. Throws Fault with the line in the text.
[[nodiscard]] Body parseProgram(std::string_view source);

} // namespace inglenook::jinja
