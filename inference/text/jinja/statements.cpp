#include "inference/text/jinja/nodes.h"
#include "inference/text/jinja/operators.h"
#include "inference/text/jinja/printing.h"

#include <algorithm>

namespace inglenook::jinja {

namespace {

/// Gives an item of a loop, or a value, its names.
void assignAll(Interpreter& interpreter, const std::vector<std::string>& targets,
               const Value& value)
{
    if (targets.size() == 1) {
        interpreter.assign(targets.front(), value);
        return;
    }
    const std::vector<Value> parts = itemsOf(interpreter, value);
    if (parts.size() != targets.size())
        throw Fault("there are " + std::to_string(targets.size()) + " names for " +
                    std::to_string(parts.size()) + " values");
    for (size_t i = 0; i < parts.size(); ++i)
        interpreter.assign(targets[i], parts[i]);
}

void assignAttribute(Interpreter& interpreter, const std::string& target,
                     const std::string& attribute, Value value)
{
    const Value object = interpreter.lookUp(target);
    const auto* space = object.get<Namespace*>();
    if (!space)
        throw Fault("'" + target + "' is " + object.kindName() + ", and only a namespace can be " +
                    "given new values");
    (*space)->values.set(attribute, std::move(value));
}

Value captured(Interpreter& interpreter, const Body& body, const std::vector<FilterCall>& filters)
{
    std::string text;
    (void)runBody(body, interpreter, text);
    Value value(std::move(text));
    for (const FilterCall& filter : filters)
        value = filter.apply(interpreter, value);
    return value;
}

Value callCaller(Interpreter& interpreter, void* target, const Arguments& arguments)
{
    const auto& caller = *static_cast<const Caller*>(target);
    if (!caller.scope)
        throw Fault("a caller is used after its block has ended");
    return caller.body->call(interpreter, *caller.scope, arguments);
}

Value callMacro(Interpreter& interpreter, void* target, const Arguments& arguments)
{
    return static_cast<const Macro*>(target)->call(interpreter, interpreter.outermost(), arguments);
}

} // namespace

Flow runBody(const Body& body, Interpreter& interpreter, std::string& output)
{
    const auto guard = interpreter.deeper();
    for (const auto& statement : body) {
        interpreter.step();
        interpreter.atLine(statement->line);
        const Flow flow = statement->run(interpreter, output);
        if (flow != Flow::Normal)
            return flow;
    }
    return Flow::Normal;
}

Flow TextStatement::run(Interpreter& interpreter, std::string& output) const
{
    interpreter.append(output, text);
    return Flow::Normal;
}

Flow Output::run(Interpreter& interpreter, std::string& output) const
{
    const Value value = interpreter.evaluate(*expression);
    if (const std::string* text = value.text())
        interpreter.append(output, *text);
    else
        interpreter.append(output, printed(interpreter, value));
    return Flow::Normal;
}

Flow If::run(Interpreter& interpreter, std::string& output) const
{
    for (const auto& [condition, body] : branches)
        if (interpreter.evaluate(*condition).truth())
            return runBody(body, interpreter, output);
    return runBody(otherwise, interpreter, output);
}

std::vector<Value> For::filtered(Interpreter& interpreter) const
{
    std::vector<Value> items = itemsOf(interpreter, interpreter.evaluate(*iterable));
    if (!filter)
        return items;
    std::vector<Value> kept;
    for (Value& item : items) {
        const Interpreter::InScope inside(interpreter, interpreter.scope());
        assignAll(interpreter, targets, item);
        if (interpreter.evaluate(*filter).truth())
            kept.push_back(std::move(item));
    }
    return kept;
}

Flow For::run(Interpreter& interpreter, std::string& output) const
{
    const Value list = makeList(filtered(interpreter));
    const ListPointer items = *list.get<ListPointer>();
    const Value outer = interpreter.lookUp("loop");
    const auto* outerLoop = outer.get<LoopPointer>();
    const int depth = outerLoop ? (*outerLoop)->depth + 1 : 1;
    for (size_t i = 0; i < items->items.size(); ++i) {
        interpreter.step();
        const Interpreter::InScope inside(interpreter, interpreter.scope());
        assignAll(interpreter, targets, items->items[i]);
        interpreter.assign(
            "loop", std::make_shared<const Loop>(Loop{.items = items, .index = i, .depth = depth}));
        if (runBody(body, interpreter, output) == Flow::Break)
            break;
    }
    return items->items.empty() ? runBody(otherwise, interpreter, output) : Flow::Normal;
}

Flow Set::run(Interpreter& interpreter, std::string&) const
{
    Value result = interpreter.evaluate(*value);
    if (attribute.empty())
        assignAll(interpreter, targets, result);
    else
        assignAttribute(interpreter, targets.front(), attribute, std::move(result));
    return Flow::Normal;
}

Flow SetBlock::run(Interpreter& interpreter, std::string&) const
{
    Value value = captured(interpreter, body, filters);
    if (attribute.empty())
        interpreter.assign(target, std::move(value));
    else
        assignAttribute(interpreter, target, attribute, std::move(value));
    return Flow::Normal;
}

Flow FilterBlock::run(Interpreter& interpreter, std::string& output) const
{
    interpreter.append(output, printed(interpreter, captured(interpreter, body, filters)));
    return Flow::Normal;
}

Flow Macro::run(Interpreter& interpreter, std::string&) const
{
    // The program outlives the run and is never changed through this pointer.
    interpreter.assign(name, Callable{.call = callMacro, .target = const_cast<Macro*>(this)});
    return Flow::Normal;
}

Value Macro::call(Interpreter& interpreter, Scope& parent, const Arguments& arguments) const
{
    if (arguments.positional.size() > parameters.size())
        throw Fault("'" + name + "' takes at most " + std::to_string(parameters.size()) +
                    " arguments");
    const Interpreter::InScope inside(interpreter, parent);
    for (size_t i = 0; i < parameters.size(); ++i) {
        const Parameter& parameter = parameters[i];
        if (const Value* given = arguments.find(i, parameter.name))
            interpreter.assign(parameter.name, *given);
        else
            interpreter.assign(parameter.name,
                               parameter.fallback ? interpreter.evaluate(*parameter.fallback)
                                                  : Value());
    }
    for (const auto& [key, value] : arguments.named)
        if (std::ranges::find(parameters, key, &Parameter::name) == parameters.end() &&
            key != "caller")
            throw Fault("'" + name + "' has no argument named '" + key + "'");
    if (const Value* caller = arguments.find(arguments.positional.size(), "caller"))
        interpreter.assign("caller", *caller);
    std::string text;
    (void)runBody(body, interpreter, text);
    return text;
}

Flow CallBlock::run(Interpreter& interpreter, std::string& output) const
{
    Caller& block = interpreter.makeCaller(*caller);
    const Value function = Callable{.call = callCaller, .target = &block};
    const Value result = call->evaluateWith(interpreter, function);
    block.scope = nullptr;
    interpreter.append(output, printed(interpreter, result));
    return Flow::Normal;
}

Flow With::run(Interpreter& interpreter, std::string& output) const
{
    std::vector<Value> values;
    for (const auto& [name, expression] : variables)
        values.push_back(interpreter.evaluate(*expression));
    const Interpreter::InScope inside(interpreter, interpreter.scope());
    for (size_t i = 0; i < variables.size(); ++i)
        interpreter.assign(variables[i].first, values[i]);
    return runBody(body, interpreter, output);
}

Flow Group::run(Interpreter& interpreter, std::string& output) const
{
    return runBody(body, interpreter, output);
}

Flow Do::run(Interpreter& interpreter, std::string&) const
{
    (void)interpreter.evaluate(*expression);
    return Flow::Normal;
}

Flow Jump::run(Interpreter&, std::string&) const
{
    return flow;
}

} // namespace inglenook::jinja
