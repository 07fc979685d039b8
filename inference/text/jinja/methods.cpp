#include "inference/text/jinja/arguments.h"
#include "inference/text/jinja/characters.h"
#include "inference/text/jinja/functions.h"
#include "inference/text/jinja/operators.h"
#include "inference/text/jinja/printing.h"
#include "inference/text/utf8.h"

#include <algorithm>

namespace inglenook::jinja {

namespace {

using Method = Value (*)(Interpreter&, const Value&, const Arguments&);
using MethodTable = std::map<std::string_view, Method>;

template <Sides Which> Value strip(Interpreter&, const Value& object, const Arguments& arguments)
{
    const Value* chars = arguments.find(0, "chars");
    return stripped(*object.text(), Which, chars && chars->text() ? *chars->text() : "");
}

template <std::string (*Change)(std::string_view)>
Value changed(Interpreter& interpreter, const Value& object, const Arguments&)
{
    interpreter.stepItems(object.text()->size() / 8);
    return Change(*object.text());
}

template <bool AtStart>
Value startsOrEnds(Interpreter&, const Value& object, const Arguments& arguments)
{
    const Value& part = requiredArgument(arguments, 0, "prefix");
    const auto fits = [&](const Value& each) {
        const std::string& text = requiredText(each, "startswith or endswith");
        return AtStart ? object.text()->starts_with(text) : object.text()->ends_with(text);
    };
    return part.list() ? std::ranges::any_of(part.list()->items, fits) : fits(part);
}

template <bool AtStart>
Value removeEnd(Interpreter&, const Value& object, const Arguments& arguments)
{
    std::string_view text = *object.text();
    const std::string& part = requiredText(requiredArgument(arguments, 0, "part"), "remove...");
    if (AtStart ? text.starts_with(part) : text.ends_with(part))
        AtStart ? text.remove_prefix(part.size()) : text.remove_suffix(part.size());
    return text;
}

/// Words between white space; what is left after `most` cuts stays whole.
std::vector<Value> wordsOf(std::string_view text, int64_t most)
{
    std::vector<Value> words;
    text = stripped(text, Sides::Left);
    while (!text.empty()) {
        size_t end = 0;
        while (end < text.size() && !isSpace(stepUtf8(text.substr(end)).character))
            end += static_cast<size_t>(stepUtf8(text.substr(end)).length);
        if (most-- == 0)
            end = stripped(text, Sides::Right).size();
        words.emplace_back(text.substr(0, end));
        text = stripped(text.substr(end), Sides::Left);
    }
    return words;
}

Value split(Interpreter& interpreter, const Value& object, const Arguments& arguments)
{
    const std::string_view text = *object.text();
    const Value* separator = arguments.find(0, "sep");
    int64_t most = wholeArgument(arguments, 1, "maxsplit", -1);
    std::vector<Value> parts;
    if (!separator || separator->isNone()) {
        interpreter.stepItems(text.size() / 4);
        return makeList(wordsOf(text, most));
    }
    const std::string& mark = requiredText(*separator, "split");
    if (mark.empty())
        throw Fault("a text cannot be split at nothing");
    interpreter.stepBytes(text.size());
    size_t start = 0;
    for (size_t found = findText(text, mark, 0); found != std::string_view::npos && most-- != 0;
         found = findText(text, mark, start)) {
        interpreter.step();
        parts.emplace_back(text.substr(start, found - start));
        start = found + mark.size();
    }
    parts.emplace_back(text.substr(start));
    return makeList(std::move(parts));
}

Value rsplit(Interpreter& interpreter, const Value& object, const Arguments& arguments)
{
    const std::string_view text = *object.text();
    int64_t most = wholeArgument(arguments, 1, "maxsplit", -1);
    const std::string& mark = requiredText(requiredArgument(arguments, 0, "sep"), "rsplit");
    if (mark.empty())
        throw Fault("a text cannot be split at nothing");
    // The cuts from the left, of which the last ones are wanted.
    std::vector<size_t> cuts;
    interpreter.stepBytes(text.size());
    for (size_t found = findText(text, mark, 0); found != std::string_view::npos;
         found = findText(text, mark, found + mark.size())) {
        interpreter.step();
        cuts.push_back(found);
    }
    const size_t skipped = most < 0 || static_cast<size_t>(most) >= cuts.size()
        ? 0
        : cuts.size() - static_cast<size_t>(most);
    std::vector<Value> parts;
    size_t start = 0;
    for (size_t i = skipped; i < cuts.size(); ++i) {
        parts.emplace_back(text.substr(start, cuts[i] - start));
        start = cuts[i] + mark.size();
    }
    parts.emplace_back(text.substr(start));
    return makeList(std::move(parts));
}

Value splitLines(Interpreter& interpreter, const Value& object, const Arguments&)
{
    const std::string_view text = *object.text();
    interpreter.stepItems(text.size() / 8);
    std::vector<Value> lines;
    for (size_t start = 0; start < text.size();) {
        const size_t end = std::min(text.find_first_of("\r\n", start), text.size());
        lines.emplace_back(text.substr(start, end - start));
        interpreter.step();
        start = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
    }
    return makeList(std::move(lines));
}

Value replaceMethod(Interpreter& interpreter, const Value& object, const Arguments& arguments)
{
    return boundedReplace(interpreter, *object.text(),
                          {.from = requiredText(requiredArgument(arguments, 0, "old"), "replace"),
                           .to = requiredText(requiredArgument(arguments, 1, "new"), "replace"),
                           .most = wholeArgument(arguments, 2, "count", -1)});
}

Value find(Interpreter& interpreter, const Value& object, const Arguments& arguments)
{
    const std::string& text = *object.text();
    const std::string& part = requiredText(requiredArgument(arguments, 0, "sub"), "find");
    interpreter.stepBytes(text.size());
    const size_t found = findText(text, part, 0);
    return found == std::string::npos ? int64_t{-1}
                                      : countCharacters(std::string_view(text).substr(0, found));
}

Value rfind(Interpreter& interpreter, const Value& object, const Arguments& arguments)
{
    const std::string& text = *object.text();
    const std::string& part = requiredText(requiredArgument(arguments, 0, "sub"), "rfind");
    interpreter.stepBytes(text.size());
    // Overlapping places count too, so the search goes on by one byte.
    int64_t last = -1;
    for (size_t found = findText(text, part, 0); found != std::string::npos;
         found = findText(text, part, found + 1)) {
        interpreter.step(1 + static_cast<int64_t>(part.size() / 32));
        last = static_cast<int64_t>(found);
    }
    return last < 0 ? last
                    : countCharacters(std::string_view(text).substr(0, static_cast<size_t>(last)));
}

Value countParts(Interpreter& interpreter, const Value& object, const Arguments& arguments)
{
    const std::string& text = *object.text();
    const std::string& part = requiredText(requiredArgument(arguments, 0, "sub"), "count");
    interpreter.stepBytes(text.size());
    if (part.empty())
        return countCharacters(text) + 1;
    int64_t count = 0;
    for (size_t found = findText(text, part, 0); found != std::string::npos;
         found = findText(text, part, found + part.size()))
        ++count;
    return count;
}

Value joinMethod(Interpreter& interpreter, const Value& object, const Arguments& arguments)
{
    Arguments joining;
    joining.positional.push_back(object);
    return applyFilter(interpreter, "join", requiredArgument(arguments, 0, "iterable"), joining);
}

template <bool (*Fits)(char32_t)>
Value allCharacters(Interpreter& interpreter, const Value& object, const Arguments&)
{
    interpreter.stepItems(object.text()->size() / 8);
    const auto characters = charactersOf(*object.text());
    return !characters.empty() && std::ranges::all_of(characters, [](std::string_view character) {
        return Fits(stepUtf8(character).character);
    });
}

bool isDigit(char32_t c)
{
    return c >= '0' && c <= '9';
}

/// "{} and {0}".format(...): fields without further instructions.
Value formatMethod(Interpreter& interpreter, const Value& object, const Arguments& arguments)
{
    const std::string& format = *object.text();
    std::string result;
    size_t next = 0;
    for (size_t place = 0; place < format.size(); ++place) {
        const char c = format[place];
        const bool doubled =
            (c == '{' || c == '}') && format.substr(place + 1, 1) == std::string(1, c);
        if (c != '{' || doubled) {
            interpreter.append(result, std::string_view(format).substr(place, 1));
            place += doubled;
            continue;
        }
        const size_t end = format.find('}', place);
        if (end == std::string::npos)
            throw Fault("a format's \"{\" does not end");
        const std::string name = format.substr(place + 1, end - place - 1);
        const bool number = !name.empty() && name.size() < 6 &&
            std::ranges::all_of(name, [](char digit) { return digit >= '0' && digit <= '9'; });
        const size_t index = name.empty() ? next++
            : number                      ? static_cast<size_t>(std::stoi(name))
                                          : ~size_t{0};
        interpreter.append(result, printed(interpreter, requiredArgument(arguments, index, name)));
        place = end;
    }
    return result;
}

template <bool Keys, bool Values>
Value entries(Interpreter& interpreter, const Value& object, const Arguments&)
{
    std::vector<Value> list;
    for (const auto& [key, value] : object.dict()->entries()) {
        interpreter.step();
        if (Keys && Values)
            list.push_back(makeList({key, value}, true));
        else
            list.push_back(Keys ? key : value);
    }
    return makeList(std::move(list));
}

Value getEntry(Interpreter&, const Value& object, const Arguments& arguments)
{
    const Value& key = requiredArgument(arguments, 0, "key");
    const Value* found = object.dict()->find(key);
    const Value* fallback = arguments.find(1, "default");
    return found ? *found : fallback ? *fallback : Value(None());
}

Value indexOf(Interpreter& interpreter, const Value& object, const Arguments& arguments)
{
    const Value& wanted = requiredArgument(arguments, 0, "value");
    const auto& items = object.list()->items;
    for (size_t i = 0; i < items.size(); ++i)
        if (equal(interpreter, items[i], wanted))
            return static_cast<int64_t>(i);
    throw Fault("a list does not contain what was looked for");
}

Value countItems(Interpreter& interpreter, const Value& object, const Arguments& arguments)
{
    const Value& wanted = requiredArgument(arguments, 0, "value");
    return int64_t{std::ranges::count_if(
        object.list()->items, [&](const Value& item) { return equal(interpreter, item, wanted); })};
}

Value refuseChange(Interpreter&, const Value&, const Arguments&)
{
    throw Fault("lists and dictionaries cannot be changed");
}

Value cycle(Interpreter&, const Value& object, const Arguments& arguments)
{
    if (arguments.positional.empty())
        throw Fault("loop.cycle needs values");
    const size_t index = (*object.get<LoopPointer>())->index;
    return arguments.positional[index % arguments.positional.size()];
}

const MethodTable& textMethods()
{
    static const MethodTable kTable = {
        {"capitalize", changed<capitalized>},
        {"count", countParts},
        {"endswith", startsOrEnds<false>},
        {"find", find},
        {"format", formatMethod},
        {"isdigit", allCharacters<isDigit>},
        {"isspace", allCharacters<isSpace>},
        {"join", joinMethod},
        {"lower", changed<lowerCase>},
        {"lstrip", strip<Sides::Left>},
        {"removeprefix", removeEnd<true>},
        {"removesuffix", removeEnd<false>},
        {"replace", replaceMethod},
        {"rfind", rfind},
        {"rsplit", rsplit},
        {"rstrip", strip<Sides::Right>},
        {"split", split},
        {"splitlines", splitLines},
        {"startswith", startsOrEnds<true>},
        {"strip", strip<Sides::Both>},
        {"title", changed<titleCase>},
        {"upper", changed<upperCase>},
    };
    return kTable;
}

const MethodTable& dictMethods()
{
    static const MethodTable kTable = {
        {"clear", refuseChange},        {"get", getEntry},
        {"items", entries<true, true>}, {"keys", entries<true, false>},
        {"pop", refuseChange},          {"setdefault", refuseChange},
        {"update", refuseChange},       {"values", entries<false, true>},
    };
    return kTable;
}

const MethodTable& listMethods()
{
    static const MethodTable kTable = {
        {"append", refuseChange}, {"clear", refuseChange},  {"count", countItems},
        {"extend", refuseChange}, {"index", indexOf},       {"insert", refuseChange},
        {"pop", refuseChange},    {"remove", refuseChange}, {"reverse", refuseChange},
        {"sort", refuseChange},
    };
    return kTable;
}

const MethodTable& loopMethods()
{
    static const MethodTable kTable = {{"cycle", cycle}};
    return kTable;
}

const MethodTable& methodsOf(const Value& object)
{
    static const MethodTable kNone;
    if (object.text())
        return textMethods();
    if (object.dict())
        return dictMethods();
    if (object.list())
        return listMethods();
    return object.is<LoopPointer>() ? loopMethods() : kNone;
}

} // namespace

std::optional<Value> callMethod(Interpreter& interpreter, const Value& object,
                                const std::string& name, const Arguments& arguments)
{
    const MethodTable& methods = methodsOf(object);
    const auto method = methods.find(name);
    if (method == methods.end())
        return std::nullopt;
    interpreter.step();
    if (object.text())
        interpreter.stepBytes(object.text()->size());
    return method->second(interpreter, object, arguments);
}

} // namespace inglenook::jinja
