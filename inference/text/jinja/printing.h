#pragma once

#include "inference/text/jinja/interpreter.h"

namespace inglenook::jinja {

/// As the language prints a value: True, None, 1.5, ['a', 1].
[[nodiscard]] std::string printed(Interpreter& interpreter, const Value& value);

/// As JSON with ", " and ": "; with `indent` > 0, on several lines.
[[nodiscard]] std::string asJson(Interpreter& interpreter, const Value& value, int indent);

/// The inputs of a run. Throws Fault if it is not JSON.
[[nodiscard]] Value fromJson(const std::string& json);

/// A float as Python prints it: the shortest text that reads back the same.
[[nodiscard]] std::string printedFloat(double value);

} // namespace inglenook::jinja
