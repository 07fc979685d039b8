#pragma once

#include "inference/text/jinja/interpreter.h"

namespace inglenook::jinja {

/// As the language prints a value: True, None, 1.5, ['a', 1].
[[nodiscard]] std::string printed(Interpreter& interpreter, const Value& value);

struct JsonStyle {
    int indent = -1; // < 0: all in one line
    bool ascii = false; // other characters as \u escapes
    bool sorted = false; // by keys
    std::string comma = ", ";
    std::string colon = ": ";
};
[[nodiscard]] std::string asJson(Interpreter& interpreter, const Value& value,
                                 const JsonStyle& style);

/// The inputs of a run. Throws Fault if it is not JSON.
[[nodiscard]] Value fromJson(const std::string& json);

/// A float as Python prints it: the shortest text that reads back the same.
[[nodiscard]] std::string printedFloat(double value);

} // namespace inglenook::jinja
