#pragma once

#include "inference/text/jinja/arguments.h"
#include "inference/text/jinja/interpreter.h"

namespace inglenook::jinja {

using FilterFunction = Value (*)(Interpreter&, const Value&, const Arguments&);
using FilterTable = std::map<std::string_view, FilterFunction>;

/// Filters that make texts and numbers.
[[nodiscard]] const FilterTable& textFilters();
/// Filters that go through lists and dictionaries.
[[nodiscard]] const FilterTable& listFilters();

/// What a text filter sees: the text itself, or how the value is printed.
[[nodiscard]] std::string asText(Interpreter& interpreter, const Value& value);

} // namespace inglenook::jinja
