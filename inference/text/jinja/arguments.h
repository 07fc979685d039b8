#pragma once

#include "inference/text/jinja/value.h"

namespace inglenook::jinja {

// Reading the arguments of a call. An argument of another kind is a Fault that names it.

[[nodiscard]] std::string textArgument(const Arguments& arguments, size_t place,
                                       std::string_view name, std::string_view fallback);
[[nodiscard]] int64_t wholeArgument(const Arguments& arguments, size_t place, std::string_view name,
                                    int64_t fallback);
[[nodiscard]] bool flagArgument(const Arguments& arguments, size_t place, std::string_view name,
                                bool fallback);
/// Throws if it is not given.
[[nodiscard]] const Value& requiredArgument(const Arguments& arguments, size_t place,
                                            std::string_view name);

/// The text of a value that must be one.
[[nodiscard]] const std::string& requiredText(const Value& value, std::string_view what);

} // namespace inglenook::jinja
