#include "inference/text/jinja/functions.h"

#include "inference/text/jinja/arguments.h"
#include "inference/text/jinja/interpreter.h"

#include <array>
#include <ctime>
#include <optional>

namespace inglenook::jinja {

namespace {

constexpr int64_t kMostRange = 100'000;

Value range(Interpreter& interpreter, void*, const Arguments& arguments)
{
    const bool one = arguments.positional.size() == 1;
    const int64_t start = one ? 0 : wholeArgument(arguments, 0, "start", 0);
    const int64_t stop = wholeArgument(arguments, one ? 0 : 1, "stop", 0);
    const int64_t step = wholeArgument(arguments, 2, "step", 1);
    if (step == 0)
        throw Fault("a range with the step zero");
    std::vector<Value> numbers;
    for (int64_t number = start; step > 0 ? number < stop : number > stop;) {
        if (static_cast<int64_t>(numbers.size()) == kMostRange)
            throw Fault("a range has more than " + std::to_string(kMostRange) + " numbers");
        interpreter.step();
        numbers.emplace_back(number);
        if (__builtin_add_overflow(number, step, &number))
            break;
    }
    return makeList(std::move(numbers));
}

Value makeSpace(Interpreter& interpreter, void*, const Arguments& arguments)
{
    Namespace& space = interpreter.makeNamespace();
    if (!arguments.positional.empty()) {
        const Dict* dict = arguments.positional.front().dict();
        if (!dict)
            throw Fault("a namespace is made from a dictionary or from named values");
        space.values = *dict;
    }
    for (const auto& [name, value] : arguments.named)
        space.values.set(name, value);
    return &space;
}

Value dictionary(Interpreter& interpreter, void*, const Arguments& arguments)
{
    Dict dict;
    if (!arguments.positional.empty() && arguments.positional.front().dict()) {
        dict = *arguments.positional.front().dict();
        interpreter.stepItems(dict.entries().size());
    }
    for (const auto& [name, value] : arguments.named)
        dict.set(name, value);
    return makeDict(std::move(dict));
}

/// Nothing the first time, then the text it was made with.
Value callJoiner(Interpreter&, void* target, const Arguments&)
{
    Value& state = *static_cast<Value*>(target);
    const Dict& dict = *state.dict();
    if (dict.findNamed("used"))
        return *dict.findNamed("text");
    Dict used = dict;
    used.set("used", true);
    state = makeDict(std::move(used));
    return "";
}

Value joiner(Interpreter& interpreter, void*, const Arguments& arguments)
{
    Dict dict;
    dict.set("text", textArgument(arguments, 0, "sep", ", "));
    return Callable{.call = callJoiner, .target = &interpreter.keep(makeDict(std::move(dict)))};
}

Value raiseException(Interpreter&, void*, const Arguments& arguments)
{
    throw Refusal(textArgument(arguments, 0, "message", "no reason is given"));
}

/// "2026-11-21 10:00:00", from the input `now`, or the clock.
std::tm currentTime(const Interpreter& interpreter)
{
    std::tm time{};
    const Value now = interpreter.lookUp("now");
    if (now.text()) {
        if (!strptime(now.text()->c_str(), "%Y-%m-%d %H:%M:%S", &time))
            throw Fault("the input 'now' is not a time like 2026-11-21 10:00:00");
        return time;
    }
    const std::time_t seconds = std::time(nullptr);
    localtime_r(&seconds, &time);
    return time;
}

Value strftimeNow(Interpreter& interpreter, void*, const Arguments& arguments)
{
    const std::string format = textArgument(arguments, 0, "format", "%Y-%m-%d");
    if (format.size() > 256)
        throw Fault("the format of a time is longer than 256 bytes");
    const std::tm time = currentTime(interpreter);
    std::array<char, 2048> text;
    const size_t length = std::strftime(text.data(), text.size(), format.c_str(), &time);
    return std::string(text.data(), length);
}

} // namespace

std::optional<Value> findFunction(std::string_view name)
{
    static const std::map<std::string_view, Value (*)(Interpreter&, void*, const Arguments&)>
        kFunctions = {
            {"dict", dictionary},     {"joiner", joiner},
            {"namespace", makeSpace}, {"raise_exception", raiseException},
            {"range", range},         {"strftime_now", strftimeNow},
        };
    const auto found = kFunctions.find(name);
    if (found == kFunctions.end())
        return std::nullopt;
    return Callable{.call = found->second, .target = nullptr};
}

} // namespace inglenook::jinja
