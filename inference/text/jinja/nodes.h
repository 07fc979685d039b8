#pragma once

#include "inference/text/jinja/interpreter.h"

#include <memory>
#include <optional>

namespace inglenook::jinja {

// The tree of a program. Const after parsing.

struct Expression {
    virtual ~Expression() = default;
    [[nodiscard]] virtual Value evaluate(Interpreter& interpreter) const = 0;
    int line = 0;
};
using ExpressionPointer = std::unique_ptr<const Expression>;

/// What a statement asks of the loop around it.
enum class Flow { Normal, Break, Continue };

struct Statement {
    virtual ~Statement() = default;
    virtual Flow run(Interpreter& interpreter, std::string& output) const = 0;
    int line = 0;
};
using Body = std::vector<std::unique_ptr<const Statement>>;

[[nodiscard]] Flow runBody(const Body& body, Interpreter& interpreter, std::string& output);

struct ArgumentList {
    std::vector<ExpressionPointer> positional;
    std::vector<std::pair<std::string, ExpressionPointer>> named;

    [[nodiscard]] Arguments evaluate(Interpreter& interpreter) const;
};

// Expressions

struct Literal final : Expression {
    Value value;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct Variable final : Expression {
    std::string name;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct ListExpression final : Expression {
    std::vector<ExpressionPointer> items;
    bool tuple = false;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct DictExpression final : Expression {
    std::vector<std::pair<ExpressionPointer, ExpressionPointer>> entries;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct Attribute final : Expression {
    ExpressionPointer object;
    std::string name;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct Subscript final : Expression {
    ExpressionPointer object;
    ExpressionPointer index;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct Slice final : Expression {
    ExpressionPointer object;
    ExpressionPointer start, stop, step; // null: not given
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct Call final : Expression {
    ExpressionPointer callee;
    ArgumentList arguments;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
    /// `caller`, if there is one, is what a call block hands over.
    [[nodiscard]] Value evaluateWith(Interpreter& interpreter, std::optional<Value> caller) const;
};

struct FilterCall {
    std::string name;
    ArgumentList arguments;
    [[nodiscard]] Value apply(Interpreter& interpreter, const Value& value) const;
};

struct Filter final : Expression {
    ExpressionPointer input;
    FilterCall filter;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct Test final : Expression {
    ExpressionPointer input;
    std::string name;
    ArgumentList arguments;
    bool negated = false;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct Unary final : Expression {
    std::string sign; // "-", "+", "not"
    ExpressionPointer operand;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct Binary final : Expression {
    std::string sign; // arithmetic, "~", "and", "or"
    ExpressionPointer left;
    ExpressionPointer right;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

/// a < b <= c ...
struct Comparison final : Expression {
    ExpressionPointer first;
    std::vector<std::pair<std::string, ExpressionPointer>> rest;
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

struct Conditional final : Expression {
    ExpressionPointer condition;
    ExpressionPointer then;
    ExpressionPointer otherwise; // null: undefined
    [[nodiscard]] Value evaluate(Interpreter& interpreter) const override;
};

// Statements

struct TextStatement final : Statement {
    std::string text;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

struct Output final : Statement {
    ExpressionPointer expression;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

struct If final : Statement {
    std::vector<std::pair<ExpressionPointer, Body>> branches;
    Body otherwise;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

struct For final : Statement {
    std::vector<std::string> targets;
    ExpressionPointer iterable;
    ExpressionPointer filter; // null: none
    Body body;
    Body otherwise;
    Flow run(Interpreter& interpreter, std::string& output) const override;

private:
    [[nodiscard]] std::vector<Value> filtered(Interpreter& interpreter) const;
};

struct Set final : Statement {
    std::vector<std::string> targets;
    std::string attribute; // of the one target, a namespace; "": none
    ExpressionPointer value;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

struct SetBlock final : Statement {
    std::string target;
    std::string attribute;
    std::vector<FilterCall> filters;
    Body body;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

struct FilterBlock final : Statement {
    std::vector<FilterCall> filters;
    Body body;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

struct Parameter {
    std::string name;
    ExpressionPointer fallback; // null: undefined
};

struct Macro final : Statement {
    std::string name;
    std::vector<Parameter> parameters;
    Body body;
    /// Defines it.
    Flow run(Interpreter& interpreter, std::string& output) const override;
    /// Runs it in a scope under `parent`; what it writes is the value.
    [[nodiscard]] Value call(Interpreter& interpreter, Scope& parent,
                             const Arguments& arguments) const;
};

struct CallBlock final : Statement {
    std::unique_ptr<const Macro> caller; // the body
    std::unique_ptr<const Call> call;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

struct With final : Statement {
    std::vector<std::pair<std::string, ExpressionPointer>> variables;
    Body body;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

/// Runs its body as it is: {% generation %}.
struct Group final : Statement {
    Body body;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

struct Do final : Statement {
    ExpressionPointer expression;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

struct Jump final : Statement {
    Flow flow = Flow::Break;
    Flow run(Interpreter& interpreter, std::string& output) const override;
};

} // namespace inglenook::jinja
