#include "inference/text/jinja/operators.h"

#include "inference/text/jinja/characters.h"
#include "inference/text/jinja/printing.h"

#include <algorithm>
#include <cmath>

namespace inglenook::jinja {

namespace {

[[noreturn]] void refuse(const std::string& sign, const Value& left, const Value& right)
{
    for (const Value* value : {&left, &right})
        if (const auto* undefined = value->get<Undefined>(); undefined && undefined->name)
            throw Fault("'" + *undefined->name + "' is undefined");
    throw Fault("\"" + sign + "\" does not work between " + left.kindName() + " and " +
                right.kindName());
}

int64_t wholeOf(const Value& value)
{
    const auto* flag = value.get<bool>();
    return flag ? *flag : *value.get<int64_t>();
}

bool isWhole(const Value& value)
{
    return value.is<bool>() || value.is<int64_t>();
}

int64_t wholePower(int64_t base, int64_t exponent)
{
    int64_t result = 1;
    for (; exponent > 0; --exponent) {
        if (__builtin_mul_overflow(result, base, &result))
            throw Fault("a number becomes too large");
        if (result == 0 || (result == 1 && base == 1))
            break;
        if (base == -1)
            return exponent % 2 == 1 ? -1 : 1;
    }
    return result;
}

Value wholeResult(const std::string& sign, int64_t a, int64_t b)
{
    int64_t result = 0;
    bool overflow = false;
    if (sign == "+")
        overflow = __builtin_add_overflow(a, b, &result);
    else if (sign == "-")
        overflow = __builtin_sub_overflow(a, b, &result);
    else if (sign == "*")
        overflow = __builtin_mul_overflow(a, b, &result);
    else if (sign == "**" && b >= 0)
        result = wholePower(a, b);
    else if (sign == "**")
        return std::pow(static_cast<double>(a), static_cast<double>(b));
    else if (b == 0)
        throw Fault("a division by zero");
    else if (sign == "/")
        return static_cast<double>(a) / static_cast<double>(b);
    else if (b == -1) // the one quotient that may not fit
        overflow = sign == "//" && __builtin_sub_overflow(int64_t{0}, a, &result);
    else if (sign == "//")
        result = a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
    else
        result = a % b + (a % b != 0 && (a < 0) != (b < 0) ? b : 0);
    if (overflow)
        throw Fault("a number becomes too large");
    return result;
}

Value floatResult(const std::string& sign, double a, double b)
{
    if (sign == "+")
        return a + b;
    if (sign == "-")
        return a - b;
    if (sign == "*")
        return a * b;
    if (sign == "**")
        return std::pow(a, b);
    if (b == 0.)
        throw Fault("a division by zero");
    if (sign == "/")
        return a / b;
    if (sign == "//")
        return std::floor(a / b);
    return a - b * std::floor(a / b);
}

Value concatenated(Interpreter& interpreter, const List& left, const List& right)
{
    interpreter.stepItems(left.items.size() + right.items.size());
    std::vector<Value> items = left.items;
    items.insert(items.end(), right.items.begin(), right.items.end());
    return makeList(std::move(items), left.tuple);
}

Value joined(Interpreter& interpreter, const std::string& left, const std::string& right)
{
    std::string text;
    interpreter.append(text, left);
    interpreter.append(text, right);
    return text;
}

Value repeated(Interpreter& interpreter, const Value& value, int64_t times)
{
    std::string text;
    std::vector<Value> items;
    for (int64_t i = 0; i < times; ++i) {
        interpreter.step();
        if (value.text()) {
            interpreter.append(text, *value.text());
        } else {
            interpreter.stepItems(value.list()->items.size());
            items.insert(items.end(), value.list()->items.begin(), value.list()->items.end());
        }
    }
    return value.text() ? Value(std::move(text)) : makeList(std::move(items), value.list()->tuple);
}

/// The place that an index means, or -1 if there is none.
int64_t placeOf(int64_t index, int64_t size)
{
    const int64_t place = index < 0 ? index + size : index;
    return place >= 0 && place < size ? place : -1;
}

/// The places that a slice takes, in its order.
std::vector<int64_t> slicePlaces(const SliceBounds& bounds, int64_t size)
{
    if (bounds.step == 0)
        throw Fault("a slice with the step zero");
    const bool forward = bounds.step > 0;
    const int64_t first = forward ? 0 : -1;
    const int64_t last = forward ? size : size - 1;
    const auto clamped = [&](int64_t bound) {
        return std::clamp(bound < 0 ? bound + size : bound, first, last);
    };
    const int64_t start = bounds.start ? clamped(*bounds.start) : (forward ? first : last);
    const int64_t stop = bounds.stop ? clamped(*bounds.stop) : (forward ? last : first);
    // A longer step than the whole leaves one place; it must not overflow the counting.
    const int64_t step = std::clamp(bounds.step, -size - 1, size + 1);
    std::vector<int64_t> places;
    for (int64_t place = start; forward ? place < stop : place > stop; place += step)
        places.push_back(place);
    return places;
}

} // namespace

Value applyOperator(Interpreter& interpreter, const std::string& sign, const Value& left,
                    const Value& right)
{
    if (sign == "~")
        return joined(interpreter, printed(interpreter, left), printed(interpreter, right));
    if (left.isNumber() && right.isNumber()) {
        if (isWhole(left) && isWhole(right))
            return wholeResult(sign, wholeOf(left), wholeOf(right));
        return floatResult(sign, left.number(), right.number());
    }
    if (sign == "+" && left.text() && right.text())
        return joined(interpreter, *left.text(), *right.text());
    if (sign == "+" && left.list() && right.list())
        return concatenated(interpreter, *left.list(), *right.list());
    if (sign == "*" && (left.text() || left.list()) && isWhole(right))
        return repeated(interpreter, left, wholeOf(right));
    if (sign == "*" && (right.text() || right.list()) && isWhole(left))
        return repeated(interpreter, right, wholeOf(left));
    if (sign == "%" && left.text()) {
        const List* values = right.list();
        return formatted(interpreter, *left.text(),
                         values && values->tuple ? values->items : std::vector<Value>{right});
    }
    refuse(sign, left, right);
}

Value negative(const Value& value)
{
    if (!value.isNumber())
        throw Fault("\"-\" does not work with " + std::string(value.kindName()));
    if (isWhole(value))
        return wholeResult("-", 0, wholeOf(value));
    return -value.number();
}

bool contains(Interpreter& interpreter, const Value& container, const Value& item)
{
    if (container.text()) {
        if (!item.text())
            throw Fault("only a text can be in a text, not " + std::string(item.kindName()));
        interpreter.stepBytes(container.text()->size());
        return findText(*container.text(), *item.text(), 0) != std::string::npos;
    }
    if (container.dict())
        return container.dict()->find(item);
    const std::vector<Value> items = itemsOf(interpreter, container);
    return std::ranges::any_of(items,
                               [&](const Value& each) { return equal(interpreter, each, item); });
}

bool compare(Interpreter& interpreter, const std::string& sign, const Value& left,
             const Value& right)
{
    if (sign == "in")
        return contains(interpreter, right, left);
    if (sign == "not in")
        return !contains(interpreter, right, left);
    if (sign == "==")
        return equal(interpreter, left, right);
    if (sign == "!=")
        return !equal(interpreter, left, right);
    if (sign == "<")
        return less(interpreter, left, right);
    if (sign == ">")
        return less(interpreter, right, left);
    if (sign == "<=")
        return less(interpreter, left, right) || equal(interpreter, left, right);
    return less(interpreter, right, left) || equal(interpreter, left, right);
}

Value itemOf(const Value& object, const Value& index)
{
    if (const auto* undefined = object.get<Undefined>())
        throw Fault((undefined->name ? "'" + *undefined->name + "'" : std::string("something")) +
                    " is undefined");
    if (index.text())
        return attributeOf(object, *index.text());
    if (object.dict())
        if (const Value* found = object.dict()->find(index))
            return *found;
    const auto missing = [] {
        return Value(Undefined{std::make_shared<const std::string>("item")});
    };
    if (!isWhole(index))
        return missing();
    const int64_t which = wholeOf(index);
    if (const List* list = object.list()) {
        const int64_t place = placeOf(which, static_cast<int64_t>(list->items.size()));
        return place < 0 ? missing() : list->items[static_cast<size_t>(place)];
    }
    if (object.text()) {
        const auto characters = charactersOf(*object.text());
        const int64_t place = placeOf(which, static_cast<int64_t>(characters.size()));
        return place < 0 ? missing() : Value(characters[static_cast<size_t>(place)]);
    }
    return missing();
}

Value sliceOf(Interpreter& interpreter, const Value& object, const SliceBounds& bounds)
{
    if (const std::string* text = object.text()) {
        interpreter.stepItems(text->size() / 8);
        const auto characters = charactersOf(*text);
        std::string result;
        for (const int64_t place : slicePlaces(bounds, static_cast<int64_t>(characters.size())))
            result += characters[static_cast<size_t>(place)];
        return result;
    }
    const List* list = object.list();
    if (!list)
        throw Fault("only texts and lists have slices, not " + std::string(object.kindName()));
    interpreter.stepItems(list->items.size());
    std::vector<Value> items;
    for (const int64_t place : slicePlaces(bounds, static_cast<int64_t>(list->items.size())))
        items.push_back(list->items[static_cast<size_t>(place)]);
    return makeList(std::move(items), list->tuple);
}

std::vector<Value> itemsOf(Interpreter& interpreter, const Value& value)
{
    if (const List* list = value.list()) {
        interpreter.stepItems(list->items.size());
        return list->items;
    }
    std::vector<Value> items;
    if (const Dict* dict = value.dict()) {
        interpreter.stepItems(dict->entries().size());
        for (const auto& entry : dict->entries())
            items.emplace_back(entry.first);
    } else if (const std::string* text = value.text()) {
        interpreter.stepItems(text->size());
        for (const std::string_view character : charactersOf(*text))
            items.emplace_back(character);
    } else if (!value.isUndefined()) {
        throw Fault(std::string(value.kindName()) + " has no items to go through");
    }
    return items;
}

} // namespace inglenook::jinja
