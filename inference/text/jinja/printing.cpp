#include "inference/text/jinja/printing.h"

#include "inference/text/utf8.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace inglenook::jinja {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMostJsonDepth = 60;

std::string inQuotes(std::string_view text)
{
    const bool single =
        text.find('\'') == std::string_view::npos || text.find('"') != std::string_view::npos;
    const char quote = single ? '\'' : '"';
    std::string result(1, quote);
    for (const char c : text) {
        constexpr std::string_view kNames = "nrt";
        constexpr std::string_view kCharacters = "\n\r\t";
        if (const size_t known = kCharacters.find(c); known != std::string_view::npos)
            (result += '\\') += kNames[known];
        else if (c == quote || c == '\\')
            (result += '\\') += c;
        else
            result += c;
    }
    return result + quote;
}

void appendRepresentation(Interpreter& interpreter, const Value& value, std::string& out);

template <typename Items, typename Append>
void appendJoined(const Items& items, std::string& out, Append append)
{
    bool first = true;
    for (const auto& item : items) {
        if (!first)
            out += ", ";
        first = false;
        append(item);
    }
}

void appendRepresentation(Interpreter& interpreter, const Value& value, std::string& out)
{
    interpreter.step();
    if (const std::string* text = value.text()) {
        interpreter.stepBytes(text->size());
        out += inQuotes(*text);
    } else if (const List* list = value.list()) {
        out += list->tuple ? '(' : '[';
        appendJoined(list->items, out,
                     [&](const Value& item) { appendRepresentation(interpreter, item, out); });
        if (list->tuple && list->items.size() == 1)
            out += ',';
        out += list->tuple ? ')' : ']';
    } else if (const Dict* dict = value.dict()) {
        out += '{';
        appendJoined(dict->entries(), out, [&](const Dict::Entry& entry) {
            appendRepresentation(interpreter, entry.first, out);
            out += ": ";
            appendRepresentation(interpreter, entry.second, out);
        });
        out += '}';
    } else if (value.isUndefined()) {
        out += "Undefined";
    } else {
        out += printed(interpreter, value);
    }
    // The same list may stand in another many times over.
    if (out.size() > Interpreter::kMostOutputBytes)
        throw Fault("it prints more than 8 MiB at once");
}

/// As one or two \u escapes.
std::string escapedCharacter(char32_t character)
{
    if (character >= 0x10000) {
        character -= 0x10000;
        return escapedCharacter(0xd800 + (character >> 10)) +
            escapedCharacter(0xdc00 + (character & 0x3ff));
    }
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out = "\\u";
    for (const int shift : {12, 8, 4, 0})
        out += kDigits[character >> shift & 15];
    return out;
}

std::string jsonText(const std::string& text, bool ascii)
{
    std::string out = "\"";
    for (std::string_view rest = text; !rest.empty();) {
        constexpr std::string_view kNames = "nrtbf\"\\";
        constexpr std::string_view kCharacters = "\n\r\t\b\f\"\\";
        const Utf8Step step = stepUtf8(rest);
        const std::string_view character = rest.substr(0, static_cast<size_t>(step.length));
        if (const size_t known = kCharacters.find(character); known != std::string_view::npos)
            (out += '\\') += kNames[known];
        else if (step.character < 0x20 || (ascii && step.character > 0x7e))
            out += escapedCharacter(step.character);
        else
            out += character;
        rest.remove_prefix(character.size());
    }
    return out + '"';
}

class JsonWriter {
public:
    JsonWriter(Interpreter& interpreter, const JsonStyle& style)
        : m_interpreter(interpreter)
        , m_style(style)
    {
    }

    void write(const Value& value)
    {
        m_interpreter.step();
        if (const std::string* text = value.text()) {
            m_interpreter.stepBytes(text->size());
            m_out += jsonText(*text, m_style.ascii);
        } else if (const List* list = value.list()) {
            writeAll(list->items, '[', ']', [&](const Value& item) { write(item); });
        } else if (const Dict* dict = value.dict()) {
            std::vector<Dict::Entry> entries = dict->entries();
            if (m_style.sorted)
                std::ranges::stable_sort(entries, [&](const auto& a, const auto& b) {
                    return less(m_interpreter, a.first, b.first);
                });
            writeAll(entries, '{', '}', [&](const Dict::Entry& entry) {
                m_out +=
                    jsonText(printed(m_interpreter, entry.first), m_style.ascii) + m_style.colon;
                write(entry.second);
            });
        } else if (const auto* flag = value.get<bool>()) {
            m_out += *flag ? "true" : "false";
        } else if (value.isNone()) {
            m_out += "null";
        } else if (value.isNumber()) {
            writeNumber(value);
        } else {
            throw Fault(std::string(value.kindName()) + " cannot be written as JSON");
        }
        if (m_out.size() > Interpreter::kMostOutputBytes)
            throw Fault("it writes more than 8 MiB of JSON at once");
    }

    [[nodiscard]] std::string take() { return std::move(m_out); }

private:
    void writeNumber(const Value& value)
    {
        if (const auto* whole = value.get<int64_t>())
            m_out += std::to_string(*whole);
        else if (std::isfinite(value.number()))
            m_out += printedFloat(value.number());
        else
            m_out += std::isnan(value.number()) ? "NaN"
                : value.number() > 0            ? "Infinity"
                                                : "-Infinity";
    }

    template <typename Items, typename Write>
    void writeAll(const Items& items, char open, char close, Write writeItem)
    {
        m_out += open;
        ++m_level;
        bool first = true;
        for (const auto& item : items) {
            if (!first)
                m_out += m_style.comma;
            first = false;
            breakLine();
            writeItem(item);
        }
        --m_level;
        if (!items.empty())
            breakLine();
        m_out += close;
    }

    void breakLine()
    {
        if (m_style.indent < 0)
            return;
        m_out += '\n';
        m_out.append(static_cast<size_t>(m_style.indent) * static_cast<size_t>(m_level), ' ');
    }

    Interpreter& m_interpreter;
    const JsonStyle& m_style;
    int m_level = 0;
    std::string m_out;
};

Value valueOf(const Json& json, int depth)
{
    if (depth > kMostJsonDepth)
        throw Fault("the inputs are nested too deeply");
    switch (json.type()) {
    case Json::value_t::null:
        return None();
    case Json::value_t::boolean:
        return json.get<bool>();
    case Json::value_t::number_integer:
        return json.get<int64_t>();
    case Json::value_t::number_unsigned:
        if (json.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
            return json.get<int64_t>();
        return json.get<double>();
    case Json::value_t::number_float:
        return json.get<double>();
    case Json::value_t::string:
        return json.get_ref<const std::string&>();
    case Json::value_t::array: {
        std::vector<Value> items;
        for (const Json& item : json)
            items.push_back(valueOf(item, depth + 1));
        return makeList(std::move(items));
    }
    default: {
        Dict dict;
        for (const auto& entry : json.items())
            dict.set(entry.key(), valueOf(entry.value(), depth + 1));
        return makeDict(std::move(dict));
    }
    }
}

} // namespace

std::string printedFloat(double value)
{
    if (!std::isfinite(value))
        return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
    char buffer[64];
    const double size = std::abs(value);
    const bool fixed = size == 0. || (size >= 1e-4 && size < 1e16);
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, value,
                      fixed ? std::chars_format::fixed : std::chars_format::scientific);
    std::string text(buffer, end.ptr);
    if (fixed && text.find('.') == std::string::npos)
        text += ".0";
    return text;
}

std::string printed(Interpreter& interpreter, const Value& value)
{
    if (const std::string* text = value.text())
        return *text;
    if (value.list() || value.dict()) {
        std::string out;
        appendRepresentation(interpreter, value, out);
        return out;
    }
    if (const auto* flag = value.get<bool>())
        return *flag ? "True" : "False";
    if (const auto* whole = value.get<int64_t>())
        return std::to_string(*whole);
    if (value.isNumber())
        return printedFloat(value.number());
    if (value.isNone())
        return "None";
    return value.isUndefined() ? std::string() : "<" + std::string(value.kindName()) + ">";
}

std::string asJson(Interpreter& interpreter, const Value& value, const JsonStyle& style)
{
    JsonWriter writer(interpreter, style);
    writer.write(value);
    return writer.take();
}

Value fromJson(const std::string& json)
{
    try {
        return valueOf(Json::parse(json), 0);
    } catch (const Json::exception&) {
        throw Fault("the inputs are not JSON");
    }
}

} // namespace inglenook::jinja
