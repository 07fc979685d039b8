#include "inference/text/jinja/interpreter.h"

#include "inference/text/jinja/functions.h"
#include "inference/text/jinja/nodes.h"

namespace inglenook::jinja {

Interpreter::Interpreter(const Dict& inputs)
{
    for (const auto& [name, value] : inputs.entries())
        m_inputs.variables.emplace(*name.text(), value);
    m_outermost.parent = &m_inputs;
}

void Interpreter::step(int64_t steps)
{
    m_steps += steps;
    if (m_steps > kMostSteps)
        throw Fault("it takes more than " + std::to_string(kMostSteps) + " steps");
}

Value Interpreter::evaluate(const Expression& expression)
{
    step();
    const Deeper guard = deeper();
    atLine(expression.line);
    return expression.evaluate(*this);
}

void Interpreter::append(std::string& output, std::string_view text)
{
    stepBytes(text.size());
    if (text.size() > kMostOutputBytes - output.size())
        throw Fault("it writes more than " + std::to_string(kMostOutputBytes >> 20) + " MiB");
    output += text;
}

Value Interpreter::lookUp(const std::string& name) const
{
    for (const Scope* scope = m_scope; scope; scope = scope->parent) {
        const auto found = scope->variables.find(name);
        if (found != scope->variables.end())
            return found->second;
    }
    if (const auto function = findFunction(name))
        return *function;
    return Undefined{std::make_shared<const std::string>(name)};
}

void Interpreter::assign(const std::string& name, Value value)
{
    m_scope->variables.insert_or_assign(name, std::move(value));
}

Namespace& Interpreter::makeNamespace()
{
    step(8);
    return m_namespaces.emplace_back();
}

Value& Interpreter::keep(Value value)
{
    step(8);
    return m_kept.emplace_back(std::move(value));
}

Caller& Interpreter::makeCaller(const Macro& body)
{
    step(8);
    return m_callers.emplace_back(Caller{.body = &body, .scope = m_scope});
}

Interpreter::InScope::InScope(Interpreter& interpreter, Scope& parent)
    : m_interpreter(interpreter)
    , m_before(interpreter.m_scope)
{
    m_scope.parent = &parent;
    interpreter.m_scope = &m_scope;
}

Interpreter::Deeper::Deeper(int& depth, int most, const char* what)
    : m_depth(depth)
{
    if (m_depth >= most)
        throw Fault(what);
    ++m_depth;
}

} // namespace inglenook::jinja
