#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace inglenook::jinja {

struct Lexeme {
    enum class Kind {
        Text, // outside of all tags
        BlockBegin,
        BlockEnd,
        OutputBegin,
        OutputEnd,
        Name,
        String, // unescaped
        Integer,
        Float,
        Operator,
        End
    };
    Kind kind = Kind::End;
    std::string text;
    int line = 0; // from 1
};

/// Cuts a program into lexemes; the last one is End. White space around tags is handled as by the
/// usual way to run chat templates: trim_blocks and lstrip_blocks are on, one line end at the end
/// of the program is dropped. Throws Fault, with the line in the text.
[[nodiscard]] std::vector<Lexeme> lex(std::string_view source);

} // namespace inglenook::jinja
