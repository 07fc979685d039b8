#include "inference/text/jinja/arguments.h"

namespace inglenook::jinja {

namespace {

[[noreturn]] void refuse(std::string_view name, const Value& value, const char* wanted)
{
    throw Fault("the argument '" + std::string(name) + "' is " + value.kindName() +
                ", but must be " + wanted);
}

} // namespace

std::string textArgument(const Arguments& arguments, size_t place, std::string_view name,
                         std::string_view fallback)
{
    const Value* value = arguments.find(place, name);
    if (!value)
        return std::string(fallback);
    if (!value->text())
        refuse(name, *value, "a text");
    return *value->text();
}

int64_t wholeArgument(const Arguments& arguments, size_t place, std::string_view name,
                      int64_t fallback)
{
    const Value* value = arguments.find(place, name);
    if (!value)
        return fallback;
    const auto* whole = value->get<int64_t>();
    if (!whole)
        refuse(name, *value, "a whole number");
    return *whole;
}

bool flagArgument(const Arguments& arguments, size_t place, std::string_view name, bool fallback)
{
    const Value* value = arguments.find(place, name);
    return value ? value->truth() : fallback;
}

const Value& requiredArgument(const Arguments& arguments, size_t place, std::string_view name)
{
    const Value* value = arguments.find(place, name);
    if (!value)
        throw Fault("the argument '" + std::string(name) + "' is missing");
    return *value;
}

const std::string& requiredText(const Value& value, std::string_view what)
{
    if (!value.text())
        throw Fault(std::string(what) + " needs a text, not " + value.kindName());
    return *value.text();
}

} // namespace inglenook::jinja
