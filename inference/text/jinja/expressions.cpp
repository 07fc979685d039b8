#include "inference/text/jinja/functions.h"
#include "inference/text/jinja/nodes.h"
#include "inference/text/jinja/operators.h"

namespace inglenook::jinja {

namespace {

std::optional<int64_t> bound(Interpreter& interpreter, const ExpressionPointer& expression)
{
    if (!expression)
        return std::nullopt;
    const Value value = interpreter.evaluate(*expression);
    if (value.isNone())
        return std::nullopt;
    const auto* whole = value.get<int64_t>();
    if (!whole)
        throw Fault("a slice needs whole numbers, not " + std::string(value.kindName()));
    return *whole;
}

std::string describe(const Expression& callee)
{
    if (const auto* variable = dynamic_cast<const Variable*>(&callee))
        return "'" + variable->name + "'";
    if (const auto* attribute = dynamic_cast<const Attribute*>(&callee))
        return "'" + attribute->name + "'";
    return "something";
}

} // namespace

Arguments ArgumentList::evaluate(Interpreter& interpreter) const
{
    Arguments arguments;
    for (const ExpressionPointer& each : positional)
        arguments.positional.push_back(interpreter.evaluate(*each));
    for (const auto& [name, each] : named)
        arguments.named.emplace_back(name, interpreter.evaluate(*each));
    return arguments;
}

Value Literal::evaluate(Interpreter&) const
{
    return value;
}

Value Variable::evaluate(Interpreter& interpreter) const
{
    return interpreter.lookUp(name);
}

Value ListExpression::evaluate(Interpreter& interpreter) const
{
    std::vector<Value> values;
    for (const ExpressionPointer& item : items)
        values.push_back(interpreter.evaluate(*item));
    return makeList(std::move(values), tuple);
}

Value DictExpression::evaluate(Interpreter& interpreter) const
{
    Dict dict;
    for (const auto& [key, value] : entries) {
        const Value name = interpreter.evaluate(*key);
        dict.set(name, interpreter.evaluate(*value));
    }
    return makeDict(std::move(dict));
}

Value Attribute::evaluate(Interpreter& interpreter) const
{
    return attributeOf(interpreter.evaluate(*object), name);
}

Value Subscript::evaluate(Interpreter& interpreter) const
{
    const Value whole = interpreter.evaluate(*object);
    if (whole.text())
        interpreter.stepItems(whole.text()->size() / 8);
    return itemOf(whole, interpreter.evaluate(*index));
}

Value Slice::evaluate(Interpreter& interpreter) const
{
    const Value whole = interpreter.evaluate(*object);
    const SliceBounds bounds{.start = bound(interpreter, start),
                             .stop = bound(interpreter, stop),
                             .step = bound(interpreter, step).value_or(1)};
    return sliceOf(interpreter, whole, bounds);
}

Value Call::evaluate(Interpreter& interpreter) const
{
    return evaluateWith(interpreter, std::nullopt);
}

Value Call::evaluateWith(Interpreter& interpreter, std::optional<Value> caller) const
{
    Value function;
    Arguments given;
    if (const auto* attribute = dynamic_cast<const Attribute*>(callee.get())) {
        const Value object = interpreter.evaluate(*attribute->object);
        given = arguments.evaluate(interpreter);
        if (auto result = callMethod(interpreter, object, attribute->name, given))
            return *std::move(result);
        function = attributeOf(object, attribute->name);
    } else {
        function = interpreter.evaluate(*callee);
        given = arguments.evaluate(interpreter);
    }
    const auto* callable = function.get<Callable>();
    if (!callable)
        throw Fault(describe(*callee) + " is " + function.kindName() + " and cannot be called");
    if (caller)
        given.named.emplace_back("caller", *std::move(caller));
    const auto guard = interpreter.nested();
    return callable->call(interpreter, callable->target, given);
}

Value FilterCall::apply(Interpreter& interpreter, const Value& value) const
{
    return applyFilter(interpreter, name, value, arguments.evaluate(interpreter));
}

Value Filter::evaluate(Interpreter& interpreter) const
{
    return filter.apply(interpreter, interpreter.evaluate(*input));
}

Value Test::evaluate(Interpreter& interpreter) const
{
    const Value value = interpreter.evaluate(*input);
    return applyTest(interpreter, name, value, arguments.evaluate(interpreter)) != negated;
}

Value Unary::evaluate(Interpreter& interpreter) const
{
    const Value value = interpreter.evaluate(*operand);
    if (sign == "not")
        return !value.truth();
    return sign == "-" ? negative(value) : negative(negative(value));
}

Value Binary::evaluate(Interpreter& interpreter) const
{
    const Value first = interpreter.evaluate(*left);
    if (sign == "and")
        return first.truth() ? interpreter.evaluate(*right) : first;
    if (sign == "or")
        return first.truth() ? first : interpreter.evaluate(*right);
    return applyOperator(interpreter, sign, first, interpreter.evaluate(*right));
}

Value Comparison::evaluate(Interpreter& interpreter) const
{
    Value left = interpreter.evaluate(*first);
    for (const auto& [sign, operand] : rest) {
        Value right = interpreter.evaluate(*operand);
        if (!compare(interpreter, sign, left, right))
            return false;
        left = std::move(right);
    }
    return true;
}

Value Conditional::evaluate(Interpreter& interpreter) const
{
    if (interpreter.evaluate(*condition).truth())
        return interpreter.evaluate(*then);
    return otherwise ? interpreter.evaluate(*otherwise) : Value();
}

} // namespace inglenook::jinja
