#pragma once

#include "inference/text/jinja/value.h"

#include <optional>

namespace inglenook::jinja {

// What programs can call, by name.

/// range, namespace, dict, joiner, raise_exception, strftime_now; nothing for other names.
[[nodiscard]] std::optional<Value> findFunction(std::string_view name);

/// `value | name(arguments)`.
[[nodiscard]] Value applyFilter(Interpreter& interpreter, const std::string& name,
                                const Value& value, const Arguments& arguments);

/// `value is name(arguments)`.
[[nodiscard]] bool applyTest(Interpreter& interpreter, const std::string& name, const Value& value,
                             const Arguments& arguments);

/// `object.name(arguments)`; nothing if the object has no such method.
[[nodiscard]] std::optional<Value> callMethod(Interpreter& interpreter, const Value& object,
                                              const std::string& name, const Arguments& arguments);

/// The words of raise_exception: not a fault of the program.
class Refusal : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace inglenook::jinja
