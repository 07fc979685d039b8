#pragma once

#include "inference/text/jinja/interpreter.h"

#include <optional>

namespace inglenook::jinja {

/// + - * / // % ** and ~, by their sign.
[[nodiscard]] Value applyOperator(Interpreter& interpreter, const std::string& sign,
                                  const Value& left, const Value& right);
[[nodiscard]] Value negative(const Value& value);

/// == != < <= > >=, "in" and "not in".
[[nodiscard]] bool compare(Interpreter& interpreter, const std::string& sign, const Value& left,
                           const Value& right);
[[nodiscard]] bool contains(Interpreter& interpreter, const Value& container, const Value& item);

/// `object.name`: a method's name gives nothing here.
[[nodiscard]] Value attributeOf(const Value& object, const std::string& name);
/// `object[index]`.
[[nodiscard]] Value itemOf(const Value& object, const Value& index);
struct SliceBounds {
    std::optional<int64_t> start;
    std::optional<int64_t> stop;
    int64_t step = 1;
};
[[nodiscard]] Value sliceOf(Interpreter& interpreter, const Value& object,
                            const SliceBounds& bounds);

/// What a loop over the value goes through. Throws Fault if it cannot be gone through.
[[nodiscard]] std::vector<Value> itemsOf(Interpreter& interpreter, const Value& value);

struct Replacement {
    std::string_view from;
    std::string_view to;
    int64_t most = -1; // < 0: all
};
/// As replaced(), but counted and refused if the result is too long.
[[nodiscard]] Value boundedReplace(Interpreter& interpreter, std::string_view text,
                                   const Replacement& replacement);

/// printf-style: "%s is %d" % (name, number).
[[nodiscard]] std::string formatted(Interpreter& interpreter, const std::string& format,
                                    const std::vector<Value>& values);

} // namespace inglenook::jinja
