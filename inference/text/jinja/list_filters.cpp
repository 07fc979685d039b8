#include "inference/text/jinja/characters.h"
#include "inference/text/jinja/filter_table.h"
#include "inference/text/jinja/functions.h"
#include "inference/text/jinja/operators.h"

#include <algorithm>

namespace inglenook::jinja {

namespace {

/// `value.a.b` for the path "a.b"; whole numbers are indices.
Value attributeByPath(const Value& value, const std::string& path)
{
    Value current = value;
    size_t start = 0;
    while (start <= path.size()) {
        const size_t end = std::min(path.find('.', start), path.size());
        const std::string step = path.substr(start, end - start);
        const bool index = !step.empty() && step.size() < 10 &&
            step.find_first_not_of("0123456789") == std::string::npos;
        current = index ? itemOf(current, int64_t{std::stoll(step)}) : attributeOf(current, step);
        start = end + 1;
    }
    return current;
}

/// The value that an item is sorted or compared by.
Value keyOf(Interpreter& interpreter, const Value& item, const Arguments& arguments, size_t place,
            bool caseSensitive)
{
    interpreter.step();
    const Value* attribute = arguments.find(place, "attribute");
    Value key = attribute && attribute->text() ? attributeByPath(item, *attribute->text()) : item;
    if (key.text() && !caseSensitive) {
        interpreter.stepBytes(key.text()->size());
        return lowerCase(*key.text());
    }
    return key;
}

Arguments withoutFirst(const Arguments& arguments, size_t count)
{
    Arguments rest = arguments;
    rest.positional.erase(rest.positional.begin(),
                          rest.positional.begin() +
                              static_cast<ptrdiff_t>(std::min(count, rest.positional.size())));
    return rest;
}

Value length(Interpreter& interpreter, const Value& value, const Arguments&)
{
    if (const std::string* text = value.text()) {
        interpreter.stepBytes(text->size());
        return countCharacters(*text);
    }
    if (const Dict* dict = value.dict())
        return static_cast<int64_t>(dict->entries().size());
    if (const List* list = value.list())
        return static_cast<int64_t>(list->items.size());
    if (value.isUndefined())
        return int64_t{0};
    throw Fault(std::string(value.kindName()) + " has no length");
}

Value first(Interpreter& interpreter, const Value& value, const Arguments&)
{
    if (value.list() || value.text()) {
        interpreter.stepItems(value.text() ? value.text()->size() / 8 : 0);
        return itemOf(value, int64_t{0});
    }
    const auto items = itemsOf(interpreter, value);
    return items.empty() ? Value() : items.front();
}

Value last(Interpreter& interpreter, const Value& value, const Arguments&)
{
    if (value.list() || value.text()) {
        interpreter.stepItems(value.text() ? value.text()->size() / 8 : 0);
        return itemOf(value, int64_t{-1});
    }
    const auto items = itemsOf(interpreter, value);
    return items.empty() ? Value() : items.back();
}

Value fallback(Interpreter&, const Value& value, const Arguments& arguments)
{
    const bool missing =
        value.isUndefined() || (flagArgument(arguments, 1, "boolean", false) && !value.truth());
    const Value* given = arguments.find(0, "default_value");
    return !missing ? value : given ? *given : Value("");
}

Value list(Interpreter& interpreter, const Value& value, const Arguments&)
{
    return makeList(itemsOf(interpreter, value));
}

Value join(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const std::string between = textArgument(arguments, 0, "d", "");
    const Value* attribute = arguments.find(1, "attribute");
    std::string result;
    bool isFirst = true;
    for (const Value& item : itemsOf(interpreter, value)) {
        if (!isFirst)
            interpreter.append(result, between);
        isFirst = false;
        interpreter.append(result,
                           asText(interpreter,
                                  attribute && attribute->text()
                                      ? attributeByPath(item, *attribute->text())
                                      : item));
    }
    return result;
}

Value reverse(Interpreter& interpreter, const Value& value, const Arguments&)
{
    if (value.text())
        return sliceOf(interpreter, value, {.start = {}, .stop = {}, .step = -1});
    auto items = itemsOf(interpreter, value);
    std::ranges::reverse(items);
    return makeList(std::move(items));
}

Value sort(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const bool backwards = flagArgument(arguments, 0, "reverse", false);
    const bool caseSensitive = flagArgument(arguments, 1, "case_sensitive", false);
    std::vector<std::pair<Value, Value>> keyed;
    for (const Value& item : itemsOf(interpreter, value))
        keyed.emplace_back(keyOf(interpreter, item, arguments, 2, caseSensitive), item);
    std::ranges::stable_sort(keyed, [&](const auto& a, const auto& b) {
        return backwards ? less(interpreter, b.first, a.first)
                         : less(interpreter, a.first, b.first);
    });
    std::vector<Value> items;
    for (auto& [key, item] : keyed)
        items.push_back(std::move(item));
    return makeList(std::move(items));
}

Value unique(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const bool caseSensitive = flagArgument(arguments, 0, "case_sensitive", false);
    std::vector<Value> keys;
    std::vector<Value> items;
    for (const Value& item : itemsOf(interpreter, value)) {
        const Value key = keyOf(interpreter, item, arguments, 1, caseSensitive);
        if (std::ranges::any_of(keys, [&](const Value& k) { return equal(interpreter, k, key); }))
            continue;
        keys.push_back(key);
        items.push_back(item);
    }
    return makeList(std::move(items));
}

template <bool Largest>
Value extreme(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const bool caseSensitive = flagArgument(arguments, 0, "case_sensitive", false);
    Value best;
    Value bestKey;
    bool found = false;
    for (const Value& item : itemsOf(interpreter, value)) {
        const Value key = keyOf(interpreter, item, arguments, 1, caseSensitive);
        if (!found ||
            (Largest ? less(interpreter, bestKey, key) : less(interpreter, key, bestKey))) {
            best = item;
            bestKey = key;
        }
        found = true;
    }
    return best;
}

Value sum(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const Value* attribute = arguments.find(0, "attribute");
    const Value* start = arguments.find(1, "start");
    Value total = start ? *start : Value(int64_t{0});
    for (const Value& item : itemsOf(interpreter, value))
        total = applyOperator(
            interpreter, "+", total,
            attribute && attribute->text() ? attributeByPath(item, *attribute->text()) : item);
    return total;
}

Value items(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    if (value.isUndefined())
        return makeList({});
    if (!value.dict())
        throw Fault("only a dictionary has items, not " + std::string(value.kindName()));
    return *callMethod(interpreter, value, "items", arguments);
}

Value dictSort(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const bool caseSensitive = flagArgument(arguments, 0, "case_sensitive", false);
    const int64_t by = textArgument(arguments, 1, "by", "key") == "value" ? 1 : 0;
    const bool backwards = flagArgument(arguments, 2, "reverse", false);
    Arguments sorting;
    sorting.positional = {Value(backwards), Value(caseSensitive), Value(std::to_string(by))};
    return sort(interpreter, items(interpreter, value, {}), sorting);
}

Value map(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const Value* attribute =
        arguments.positional.empty() ? arguments.find(0, "attribute") : nullptr;
    const Value* otherwise = arguments.find(~size_t{0}, "default");
    std::vector<Value> results;
    if (!value.truth())
        return makeList({});
    for (const Value& item : itemsOf(interpreter, value)) {
        if (!attribute) {
            const std::string& name = requiredText(requiredArgument(arguments, 0, "filter"), "map");
            results.push_back(applyFilter(interpreter, name, item, withoutFirst(arguments, 1)));
            continue;
        }
        Value result = attributeByPath(item, requiredText(*attribute, "map"));
        results.push_back(result.isUndefined() && otherwise ? *otherwise : std::move(result));
    }
    return makeList(std::move(results));
}

/// select, reject: the first argument names the test. selectattr, rejectattr: it comes second.
template <bool Keep, bool ByAttribute>
Value filterItems(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    constexpr size_t kTest = ByAttribute ? 1 : 0;
    const Value* test = arguments.find(kTest, "test");
    const Arguments rest = withoutFirst(arguments, kTest + 1);
    std::vector<Value> kept;
    if (!value.truth())
        return makeList({});
    for (const Value& item : itemsOf(interpreter, value)) {
        interpreter.step();
        const Value tested = ByAttribute
            ? attributeByPath(
                  item, requiredText(requiredArgument(arguments, 0, "attribute"), "selectattr"))
            : item;
        const bool passes = test
            ? applyTest(interpreter, requiredText(*test, "select"), tested, rest)
            : tested.truth();
        if (passes == Keep)
            kept.push_back(item);
    }
    return makeList(std::move(kept));
}

Value batch(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    const int64_t size = wholeArgument(arguments, 0, "linecount", 0);
    if (size < 1 || size > 100'000)
        throw Fault("batch needs a size between 1 and 100000");
    const Value* fill = arguments.find(1, "fill_with");
    std::vector<Value> batches;
    std::vector<Value> current;
    const auto close = [&] {
        interpreter.stepItems(current.size());
        batches.push_back(makeList(std::move(current)));
        current.clear();
    };
    for (const Value& item : itemsOf(interpreter, value)) {
        if (current.size() == static_cast<size_t>(size))
            close();
        current.push_back(item);
    }
    if (!current.empty()) {
        if (fill && !fill->isNone()) {
            interpreter.step(size);
            current.resize(static_cast<size_t>(size), *fill);
        }
        close();
    }
    return makeList(std::move(batches));
}

} // namespace

const FilterTable& listFilters()
{
    static const FilterTable kTable = {
        {"batch", batch},
        {"count", length},
        {"d", fallback},
        {"default", fallback},
        {"dictsort", dictSort},
        {"first", first},
        {"items", items},
        {"join", join},
        {"last", last},
        {"length", length},
        {"list", list},
        {"map", map},
        {"max", extreme<true>},
        {"min", extreme<false>},
        {"reject", filterItems<false, false>},
        {"rejectattr", filterItems<false, true>},
        {"reverse", reverse},
        {"select", filterItems<true, false>},
        {"selectattr", filterItems<true, true>},
        {"sort", sort},
        {"sum", sum},
        {"unique", unique},
    };
    return kTable;
}

Value applyFilter(Interpreter& interpreter, const std::string& name, const Value& value,
                  const Arguments& arguments)
{
    interpreter.step();
    const auto guard = interpreter.deeper(); // map("map", "map", ...)
    for (const FilterTable* table : {&textFilters(), &listFilters()})
        if (const auto found = table->find(name); found != table->end())
            return found->second(interpreter, value, arguments);
    throw Fault("there is no filter '" + name + "'");
}

} // namespace inglenook::jinja
