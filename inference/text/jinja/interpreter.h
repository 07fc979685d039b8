#pragma once

#include "inference/text/jinja/value.h"

#include <deque>

namespace inglenook::jinja {

struct Expression;
struct Macro;

/// The variables of a part of a program.
struct Scope {
    Scope* parent = nullptr; // seen through; null for the outermost
    std::map<std::string, Value, std::less<>> variables;
};

/// The body of a call block, which the macro that is called can run until the block ends.
struct Caller {
    const Macro* body = nullptr;
    Scope* scope = nullptr; // null once the block has ended
};

/// One run of a program: its variables, and how much it has used up. Whatever is used must be
/// counted here; who counts too much is stopped with a Fault.
class Interpreter {
public:
    static constexpr int64_t kMostSteps = 2'000'000;
    static constexpr int kMostNesting = 64; // of macro calls
    static constexpr int kMostDepth = 400; // of expressions and statements in each other
    static constexpr size_t kMostOutputBytes = size_t{8} << 20;

    explicit Interpreter(const Dict& inputs);
    Interpreter(const Interpreter&) = delete;
    Interpreter& operator=(const Interpreter&) = delete;

    void step(int64_t steps = 1);
    /// Counts making or reading through a text or list.
    void stepBytes(size_t bytes) { step(static_cast<int64_t>(bytes / 32)); }
    void stepItems(size_t items) { step(static_cast<int64_t>(items)); }

    [[nodiscard]] Value evaluate(const Expression& expression);
    void append(std::string& output, std::string_view text);

    [[nodiscard]] Value lookUp(const std::string& name) const;
    void assign(const std::string& name, Value value);
    [[nodiscard]] Scope& scope() { return *m_scope; }
    [[nodiscard]] Scope& outermost() { return m_outermost; }

    [[nodiscard]] Namespace& makeNamespace();
    /// State of a function value, kept until the run ends.
    [[nodiscard]] Value& keep(Value value);

    [[nodiscard]] Caller& makeCaller(const Macro& body);

    [[nodiscard]] int line() const { return m_line; }
    void atLine(int line) { m_line = line; }

    /// Opens a scope for as long as it lives.
    class InScope {
    public:
        InScope(Interpreter& interpreter, Scope& parent);
        ~InScope() { m_interpreter.m_scope = m_before; }
        InScope(const InScope&) = delete;
        InScope& operator=(const InScope&) = delete;

    private:
        Interpreter& m_interpreter;
        Scope* m_before;
        Scope m_scope;
    };

    /// Counts one level of `depth` for as long as it lives.
    class Deeper {
    public:
        Deeper(int& depth, int most, const char* what);
        ~Deeper() { --m_depth; }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;

    private:
        int& m_depth;
    };
    [[nodiscard]] Deeper deeper() { return {m_depth, kMostDepth, "too many parts in each other"}; }
    [[nodiscard]] Deeper nested()
    {
        return {m_nesting, kMostNesting, "too many calls in each other"};
    }

private:
    Scope m_inputs;
    Scope m_outermost;
    Scope* m_scope = &m_outermost;
    int64_t m_steps = 0;
    int m_depth = 0;
    int m_nesting = 0;
    int m_line = 0;
    std::deque<Namespace> m_namespaces;
    std::deque<Value> m_kept;
    std::deque<Caller> m_callers;
};

} // namespace inglenook::jinja
