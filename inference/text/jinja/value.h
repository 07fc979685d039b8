#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace inglenook::jinja {

/// What is wrong with a program or its inputs, as a part of a sentence.
class Fault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Interpreter;
class Value;
struct Arguments;
struct Loop;

struct Undefined {
    std::shared_ptr<const std::string> name; // of what was not found; may be null
};
struct None { };

/// Something that can be called; what `target` points to lives as long as the run.
struct Callable {
    Value (*call)(Interpreter&, void* target, const Arguments&);
    void* target = nullptr;
};

// Lists and dictionaries never change once they are made, so they cannot contain themselves.
struct List;
class Dict;

/// The one thing that programs can change: `set ns.x = ...`. Owned by the interpreter.
struct Namespace;

using ListPointer = std::shared_ptr<const List>;
using DictPointer = std::shared_ptr<const Dict>;
using TextPointer = std::shared_ptr<const std::string>;
using LoopPointer = std::shared_ptr<const Loop>;

/// A value of the template language. Copies are cheap. Texts are valid UTF-8.
class Value {
public:
    Value() = default; // undefined
    Value(None)
        : m_value(None())
    {
    }
    Value(Undefined undefined)
        : m_value(std::move(undefined))
    {
    }
    Value(bool value)
        : m_value(value)
    {
    }
    Value(int64_t value)
        : m_value(value)
    {
    }
    Value(int) = delete; // say int64_t, so that no pointer or bool slips in
    Value(double value)
        : m_value(value)
    {
    }
    Value(std::string text)
        : m_value(std::make_shared<const std::string>(std::move(text)))
    {
    }
    Value(std::string_view text)
        : Value(std::string(text))
    {
    }
    Value(const char* text)
        : Value(std::string(text))
    {
    }
    Value(ListPointer list)
        : m_value(std::move(list))
    {
    }
    Value(DictPointer dict)
        : m_value(std::move(dict))
    {
    }
    Value(Namespace* space)
        : m_value(space)
    {
    }
    Value(LoopPointer loop)
        : m_value(std::move(loop))
    {
    }
    Value(Callable callable)
        : m_value(callable)
    {
    }

    [[nodiscard]] bool isUndefined() const { return is<Undefined>(); }
    [[nodiscard]] bool isNone() const { return is<None>(); }
    [[nodiscard]] bool isText() const { return is<TextPointer>(); }
    [[nodiscard]] bool isNumber() const { return is<bool>() || is<int64_t>() || is<double>(); }

    template <typename Kind> [[nodiscard]] bool is() const
    {
        return std::holds_alternative<Kind>(m_value);
    }
    /// Null if the value is of another kind.
    template <typename Kind> [[nodiscard]] const Kind* get() const
    {
        return std::get_if<Kind>(&m_value);
    }
    [[nodiscard]] const std::string* text() const;
    [[nodiscard]] const List* list() const;
    [[nodiscard]] const Dict* dict() const;

    [[nodiscard]] bool truth() const;
    /// Of a number, as a float.
    [[nodiscard]] double number() const;
    /// "a text", "a list", ...: for sentences.
    [[nodiscard]] const char* kindName() const;
    /// How deep lists and dictionaries lie within each other here.
    [[nodiscard]] int depth() const;

private:
    std::variant<Undefined, None, bool, int64_t, double, TextPointer, ListPointer, DictPointer,
                 Namespace*, LoopPointer, Callable>
        m_value;
};

struct List {
    std::vector<Value> items;
    bool tuple = false;
    int depth = 1;
};

/// In the order of insertion. Keys are texts or whole numbers.
class Dict {
public:
    using Entry = std::pair<Value, Value>;

    [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }
    [[nodiscard]] const Value* find(const Value& key) const;
    [[nodiscard]] const Value* findNamed(std::string_view key) const;
    /// Throws Fault if `key` cannot be one.
    void set(const Value& key, Value value);
    [[nodiscard]] int depth() const { return m_depth; }

private:
    std::vector<Entry> m_entries;
    std::map<std::string, size_t> m_places; // by spelledKey()
    int m_depth = 1;
};

struct Namespace {
    Dict values;
};

/// What a program sees as `loop`.
struct Loop {
    ListPointer items;
    size_t index = 0; // from 0
    int depth = 1;
};

struct Arguments {
    std::vector<Value> positional;
    std::vector<std::pair<std::string, Value>> named;

    /// Null if neither given in this place nor by this name.
    [[nodiscard]] const Value* find(size_t place, std::string_view name) const;
};

/// Refuses what is nested more deeply than any real input.
[[nodiscard]] Value makeList(std::vector<Value> items, bool tuple = false);
[[nodiscard]] Value makeDict(Dict dict);

[[nodiscard]] bool equal(Interpreter& interpreter, const Value& a, const Value& b);
/// Throws Fault where the two have no order.
[[nodiscard]] bool less(Interpreter& interpreter, const Value& a, const Value& b);

} // namespace inglenook::jinja
