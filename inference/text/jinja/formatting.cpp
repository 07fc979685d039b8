#include "inference/text/jinja/characters.h"
#include "inference/text/jinja/operators.h"
#include "inference/text/jinja/printing.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace inglenook::jinja {

namespace {

constexpr int kMostWidth = 1000;

/// One "%-5.2f" of a format.
struct Directive {
    bool left = false;
    bool zeros = false;
    bool plus = false;
    int width = 0;
    int precision = -1;
    char kind = 's';
};

int readNumber(std::string_view format, size_t& place)
{
    int number = 0;
    for (; place < format.size() && format[place] >= '0' && format[place] <= '9'; ++place)
        number = std::min(number * 10 + (format[place] - '0'), kMostWidth);
    return number;
}

/// `place` stands behind the percent sign and is left behind the directive.
Directive readDirective(std::string_view format, size_t& place)
{
    Directive directive;
    for (; place < format.size() &&
         std::string_view("-0+ #").find(format[place]) != std::string::npos;
         ++place) {
        directive.left |= format[place] == '-';
        directive.zeros |= format[place] == '0';
        directive.plus |= format[place] == '+';
    }
    directive.width = readNumber(format, place);
    if (place < format.size() && format[place] == '.')
        directive.precision = readNumber(format, ++place);
    if (place >= format.size())
        throw Fault("a format ends after \"%\"");
    directive.kind = format[place++];
    return directive;
}

std::string numberText(const Directive& directive, const Value& value)
{
    if (!value.isNumber())
        throw Fault("a format wants a number, not " + std::string(value.kindName()));
    // A number with 308 digits before the point and the widest precision.
    std::array<char, 400 + kMostWidth> buffer;
    char* const end = buffer.data() + buffer.size();
    if (directive.kind == 'f' || directive.kind == 'e' || directive.kind == 'g') {
        const auto style = directive.kind == 'f' ? std::chars_format::fixed
            : directive.kind == 'e'              ? std::chars_format::scientific
                                                 : std::chars_format::general;
        const int precision = directive.precision < 0 ? 6 : directive.precision;
        const auto result = std::to_chars(buffer.data(), end, value.number(), style, precision);
        return {buffer.data(), result.ptr};
    }
    const auto* whole = value.get<int64_t>();
    const int64_t number = whole          ? *whole
        : std::abs(value.number()) < 9e18 ? static_cast<int64_t>(value.number())
                                          : throw Fault("a number is too large for its format");
    const int base = directive.kind == 'x' ? 16 : directive.kind == 'o' ? 8 : 10;
    return {buffer.data(), std::to_chars(buffer.data(), end, number, base).ptr};
}

std::string directiveText(Interpreter& interpreter, const Directive& directive, const Value& value)
{
    std::string text;
    if (directive.kind == 's' || directive.kind == 'r') {
        text = directive.kind == 's' ? printed(interpreter, value)
                                     : printed(interpreter, makeList({value}));
        if (directive.kind == 'r')
            text = text.substr(1, text.size() - 2);
        const auto characters = charactersOf(text);
        if (directive.precision >= 0 &&
            characters.size() > static_cast<size_t>(directive.precision))
            text.resize(static_cast<size_t>(
                characters[static_cast<size_t>(directive.precision)].data() - text.data()));
    } else if (std::string_view("difgeox").find(directive.kind) != std::string_view::npos) {
        text = numberText(directive, value);
        if (directive.plus && !text.starts_with('-'))
            text.insert(0, 1, '+');
    } else {
        throw Fault(std::string("a format has the unknown sign \"%") + directive.kind + "\"");
    }
    const int64_t lacking = directive.width - countCharacters(text);
    if (lacking <= 0)
        return text;
    const std::string padding(static_cast<size_t>(lacking),
                              directive.zeros && !directive.left && directive.kind != 's' ? '0'
                                                                                          : ' ');
    if (directive.left)
        return text + padding;
    const bool sign = padding.front() == '0' && (text.front() == '-' || text.front() == '+');
    return sign ? text.substr(0, 1) + padding + text.substr(1) : padding + text;
}

} // namespace

std::string formatted(Interpreter& interpreter, const std::string& format,
                      const std::vector<Value>& values)
{
    std::string result;
    size_t used = 0;
    size_t place = 0;
    while (place < format.size()) {
        const size_t percent = std::min(format.find('%', place), format.size());
        interpreter.append(result, std::string_view(format).substr(place, percent - place));
        if (percent == format.size())
            break;
        interpreter.step();
        place = percent + 1;
        const Directive directive = readDirective(format, place);
        if (directive.kind == '%') {
            result += '%';
            continue;
        }
        if (used == values.size())
            throw Fault("a format wants more values than there are");
        interpreter.append(result, directiveText(interpreter, directive, values[used++]));
    }
    if (used < values.size())
        throw Fault("there are more values than a format wants");
    return result;
}

Value boundedReplace(Interpreter& interpreter, std::string_view text,
                     const Replacement& replacement)
{
    interpreter.stepBytes(text.size());
    size_t found = 0;
    const auto most = static_cast<size_t>(replacement.most); // -1: no limit
    if (replacement.from.empty())
        found = static_cast<size_t>(countCharacters(text)) + 1;
    else
        for (size_t place = findText(text, replacement.from, 0);
             place != std::string_view::npos && found < most;
             place = findText(text, replacement.from, place + replacement.from.size()))
            ++found;
    interpreter.stepItems(found);
    const size_t added = std::min(found, most) * replacement.to.size();
    if (text.size() + added > Interpreter::kMostOutputBytes)
        throw Fault("a text becomes longer than 8 MiB");
    interpreter.stepBytes(added);
    return replaced(text, replacement.from, replacement.to, replacement.most);
}

} // namespace inglenook::jinja
