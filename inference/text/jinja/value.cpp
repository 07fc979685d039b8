#include "inference/text/jinja/value.h"

#include "inference/text/jinja/interpreter.h"

#include <algorithm>
#include <optional>

namespace inglenook::jinja {

namespace {

constexpr int kMostDepth = 64;

void checkDepth(int depth)
{
    if (depth > kMostDepth)
        throw Fault("a list or dictionary is nested more than " + std::to_string(kMostDepth) +
                    " times");
}

/// Lists that share their parts can be small and yet take for ever to compare.
void countComparison(Interpreter& interpreter, const Value& a)
{
    interpreter.step();
    if (const std::string* text = a.text())
        interpreter.stepBytes(text->size());
}

/// What tells keys apart: texts from numbers, but not 1 from true. Nothing: not a key.
std::optional<std::string> spelledKey(const Value& key)
{
    if (key.text())
        return "t" + *key.text();
    if (key.is<bool>() || key.is<int64_t>())
        return "n" + std::to_string(key.is<bool>() ? *key.get<bool>() : *key.get<int64_t>());
    return std::nullopt;
}

bool equalLists(Interpreter& interpreter, const List& a, const List& b)
{
    return a.tuple == b.tuple &&
        std::ranges::equal(a.items, b.items, [&](const Value& left, const Value& right) {
               return equal(interpreter, left, right);
           });
}

bool equalDicts(Interpreter& interpreter, const Dict& a, const Dict& b)
{
    if (a.entries().size() != b.entries().size())
        return false;
    return std::ranges::all_of(a.entries(), [&](const Dict::Entry& entry) {
        const Value* other = b.find(entry.first);
        return other && equal(interpreter, entry.second, *other);
    });
}

} // namespace

const std::string* Value::text() const
{
    const auto* pointer = get<TextPointer>();
    return pointer ? pointer->get() : nullptr;
}

const List* Value::list() const
{
    const auto* pointer = get<ListPointer>();
    return pointer ? pointer->get() : nullptr;
}

const Dict* Value::dict() const
{
    const auto* pointer = get<DictPointer>();
    return pointer ? pointer->get() : nullptr;
}

bool Value::truth() const
{
    if (const auto* value = get<bool>())
        return *value;
    if (isNumber())
        return number() != 0.;
    if (const std::string* value = text())
        return !value->empty();
    if (const List* value = list())
        return !value->items.empty();
    if (const Dict* value = dict())
        return !value->entries().empty();
    return !isUndefined() && !isNone();
}

double Value::number() const
{
    if (const auto* value = get<bool>())
        return *value ? 1. : 0.;
    if (const auto* value = get<int64_t>())
        return static_cast<double>(*value);
    return *get<double>();
}

const char* Value::kindName() const
{
    constexpr const char* kNames[] = {"undefined",   "none",   "true or false", "a whole number",
                                      "a number",    "a text", "a list",        "a dictionary",
                                      "a namespace", "a loop", "a function"};
    static_assert(std::size(kNames) == std::variant_size_v<decltype(m_value)>);
    return kNames[m_value.index()];
}

int Value::depth() const
{
    if (const List* value = list())
        return value->depth;
    if (const Dict* value = dict())
        return value->depth();
    return 0;
}

const Value* Dict::findNamed(std::string_view key) const
{
    const auto place = m_places.find("t" + std::string(key));
    return place == m_places.end() ? nullptr : &m_entries[place->second].second;
}

const Value* Dict::find(const Value& key) const
{
    const auto spelled = spelledKey(key);
    const auto place = spelled ? m_places.find(*spelled) : m_places.end();
    return place == m_places.end() ? nullptr : &m_entries[place->second].second;
}

void Dict::set(const Value& key, Value value)
{
    const auto spelled = spelledKey(key);
    if (!spelled)
        throw Fault("a dictionary's key must be a text or a whole number, not " +
                    std::string(key.kindName()));
    m_depth = std::max(m_depth, 1 + value.depth());
    checkDepth(m_depth);
    const auto [place, isNew] = m_places.emplace(*spelled, m_entries.size());
    if (isNew)
        m_entries.emplace_back(key, std::move(value));
    else
        m_entries[place->second].second = std::move(value);
}

const Value* Arguments::find(size_t place, std::string_view name) const
{
    if (place < positional.size())
        return &positional[place];
    for (const auto& [key, value] : named)
        if (key == name)
            return &value;
    return nullptr;
}

Value makeList(std::vector<Value> items, bool tuple)
{
    List list{.items = std::move(items), .tuple = tuple};
    for (const Value& item : list.items)
        list.depth = std::max(list.depth, 1 + item.depth());
    checkDepth(list.depth);
    return ListPointer(std::make_shared<const List>(std::move(list)));
}

Value makeDict(Dict dict)
{
    return DictPointer(std::make_shared<const Dict>(std::move(dict)));
}

bool equal(Interpreter& interpreter, const Value& a, const Value& b)
{
    countComparison(interpreter, a);
    if (a.isNumber() && b.isNumber()) {
        const auto* left = a.get<int64_t>();
        const auto* right = b.get<int64_t>();
        return left && right ? *left == *right : a.number() == b.number();
    }
    if (a.text() && b.text())
        return *a.text() == *b.text();
    if (a.list() && b.list())
        return a.list() == b.list() || equalLists(interpreter, *a.list(), *b.list());
    if (a.dict() && b.dict())
        return a.dict() == b.dict() || equalDicts(interpreter, *a.dict(), *b.dict());
    if (const auto* space = a.get<Namespace*>())
        return b.is<Namespace*>() && *space == *b.get<Namespace*>();
    return (a.isUndefined() && b.isUndefined()) || (a.isNone() && b.isNone());
}

bool less(Interpreter& interpreter, const Value& a, const Value& b)
{
    countComparison(interpreter, a);
    if (a.isNumber() && b.isNumber()) {
        const auto* left = a.get<int64_t>();
        const auto* right = b.get<int64_t>();
        return left && right ? *left < *right : a.number() < b.number();
    }
    if (a.text() && b.text())
        return *a.text() < *b.text();
    if (a.list() && b.list())
        return std::ranges::lexicographical_compare(
            a.list()->items, b.list()->items,
            [&](const Value& left, const Value& right) { return less(interpreter, left, right); });
    throw Fault(std::string(a.kindName()) + " and " + b.kindName() + " have no order");
}

} // namespace inglenook::jinja
