#include "inference/text/jinja/characters.h"
#include "inference/text/jinja/filter_table.h"
#include "inference/text/jinja/operators.h"
#include "inference/text/jinja/printing.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace inglenook::jinja {

namespace {

Value trim(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const std::string text = asText(interpreter, value);
    return stripped(text, Sides::Both, textArgument(arguments, 0, "chars", {}));
}

template <std::string (*Change)(std::string_view)>
Value changedText(Interpreter& interpreter, const Value& value, const Arguments&)
{
    const std::string text = asText(interpreter, value);
    interpreter.stepItems(text.size() / 8);
    return Change(text);
}

Value replace(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const std::string text = asText(interpreter, value);
    const std::string from = asText(interpreter, requiredArgument(arguments, 0, "old"));
    const std::string to = asText(interpreter, requiredArgument(arguments, 1, "new"));
    return boundedReplace(
        interpreter, text,
        {.from = from, .to = to, .most = wholeArgument(arguments, 2, "count", -1)});
}

Value escape(Interpreter& interpreter, const Value& value, const Arguments&)
{
    std::string result;
    for (const char c : asText(interpreter, value)) {
        constexpr std::string_view kCharacters = "&<>\"'";
        constexpr const char* kNames[] = {"&amp;", "&lt;", "&gt;", "&#34;", "&#39;"};
        const size_t known = kCharacters.find(c);
        known == std::string_view::npos ? result += c : result += kNames[known];
    }
    interpreter.stepBytes(result.size());
    return result;
}

Value identity(Interpreter&, const Value& value, const Arguments&)
{
    return value;
}

Value string(Interpreter& interpreter, const Value& value, const Arguments&)
{
    return asText(interpreter, value);
}

Value indent(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const Value* width = arguments.find(0, "width");
    std::string margin;
    if (width && width->text())
        margin = *width->text();
    else
        margin.assign(static_cast<size_t>(
                          std::clamp<int64_t>(wholeArgument(arguments, 0, "width", 4), 0, 1000)),
                      ' ');
    const bool first = flagArgument(arguments, 1, "first", false);
    const bool blank = flagArgument(arguments, 2, "blank", false);
    const std::string text = asText(interpreter, value);
    std::string result;
    size_t start = 0;
    while (true) {
        const size_t end = text.find('\n', start);
        const std::string_view line = std::string_view(text).substr(start, end - start);
        const bool indented = start == 0 ? first : blank || !line.empty();
        if (indented)
            interpreter.append(result, margin);
        interpreter.append(result, line);
        interpreter.step();
        if (end == std::string::npos)
            return result;
        result += '\n';
        start = end + 1;
    }
}

Value toJson(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    JsonStyle style;
    constexpr size_t kByName = ~size_t{0};
    const Value* indent = arguments.find(0, "indent");
    if (indent && indent->is<int64_t>()) {
        style.indent = static_cast<int>(std::clamp<int64_t>(*indent->get<int64_t>(), 0, 100));
        style.comma = ",";
    }
    style.ascii = flagArgument(arguments, kByName, "ensure_ascii", false);
    style.sorted = flagArgument(arguments, kByName, "sort_keys", false);
    const Value* separators = arguments.find(kByName, "separators");
    if (separators && separators->list() && separators->list()->items.size() == 2) {
        style.comma = requiredText(separators->list()->items.front(), "tojson");
        style.colon = requiredText(separators->list()->items.back(), "tojson");
    }
    return asJson(interpreter, value, style);
}

Value format(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    return formatted(interpreter, asText(interpreter, value), arguments.positional);
}

Value wordCount(Interpreter& interpreter, const Value& value, const Arguments&)
{
    const std::string text = asText(interpreter, value);
    int64_t words = 0;
    bool within = false;
    for (const char c : text) {
        const bool space =
            isSpace(static_cast<unsigned char>(c) < 0x80 ? static_cast<char32_t>(c) : U'x');
        words += !space && !within;
        within = !space;
    }
    return words;
}

/// The number that a text is, or nothing.
std::optional<double> numberIn(const std::string& text)
{
    const std::string_view trimmed = stripped(text, Sides::Both);
    double number = 0.;
    const auto end = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
    if (end.ec != std::errc() || end.ptr != trimmed.data() + trimmed.size())
        return std::nullopt;
    return number;
}

Value toInt(Interpreter&, const Value& value, const Arguments& arguments)
{
    const Value* fallback = arguments.find(0, "default");
    const Value otherwise = fallback ? *fallback : Value(int64_t{0});
    if (const std::string* text = value.text()) {
        const std::string_view trimmed = stripped(*text, Sides::Both);
        int64_t whole = 0;
        const auto base = wholeArgument(arguments, 1, "base", 10);
        const auto end = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), whole,
                                         base == 16 ? 16 : 10);
        if (end.ec == std::errc() && end.ptr == trimmed.data() + trimmed.size())
            return whole;
    } else if (value.is<int64_t>()) {
        return value;
    }
    const auto number = value.text() ? numberIn(*value.text())
        : value.isNumber()           ? std::optional(value.number())
                                     : std::nullopt;
    if (!number || !(std::abs(*number) < 9e18))
        return otherwise;
    return static_cast<int64_t>(*number);
}

Value toFloat(Interpreter&, const Value& value, const Arguments& arguments)
{
    const Value* fallback = arguments.find(0, "default");
    const auto number = value.text() ? numberIn(*value.text())
        : value.isNumber()           ? std::optional(value.number())
                                     : std::nullopt;
    if (number)
        return *number;
    return fallback ? *fallback : Value(0.);
}

Value absolute(Interpreter&, const Value& value, const Arguments&)
{
    if (!value.isNumber())
        throw Fault("abs needs a number, not " + std::string(value.kindName()));
    return value.number() < 0 ? negative(value) : value;
}

Value round(Interpreter&, const Value& value, const Arguments& arguments)
{
    if (!value.isNumber())
        throw Fault("round needs a number, not " + std::string(value.kindName()));
    const int64_t precision =
        std::clamp<int64_t>(wholeArgument(arguments, 0, "precision", 0), -300, 300);
    const std::string method = textArgument(arguments, 1, "method", "common");
    const double scale = std::pow(10., static_cast<double>(precision));
    const double scaled = value.number() * scale;
    const double result = (method == "ceil"        ? std::ceil(scaled)
                               : method == "floor" ? std::floor(scaled)
                                                   : std::nearbyint(scaled)) /
        scale;
    return std::isfinite(result) ? result : value.number();
}

} // namespace

std::string asText(Interpreter& interpreter, const Value& value)
{
    std::string text = printed(interpreter, value);
    interpreter.stepBytes(text.size());
    return text;
}

const FilterTable& textFilters()
{
    static const FilterTable kTable = {
        {"abs", absolute},
        {"capitalize", changedText<capitalized>},
        {"e", escape},
        {"escape", escape},
        {"float", toFloat},
        {"format", format},
        {"indent", indent},
        {"int", toInt},
        {"lower", changedText<lowerCase>},
        {"replace", replace},
        {"round", round},
        {"safe", identity},
        {"string", string},
        {"title", changedText<titleCase>},
        {"tojson", toJson},
        {"trim", trim},
        {"upper", changedText<upperCase>},
        {"wordcount", wordCount},
    };
    return kTable;
}

} // namespace inglenook::jinja
