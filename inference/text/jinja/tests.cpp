#include "inference/text/jinja/arguments.h"
#include "inference/text/jinja/characters.h"
#include "inference/text/jinja/functions.h"
#include "inference/text/jinja/operators.h"

namespace inglenook::jinja {

namespace {

using TestFunction = bool (*)(Interpreter&, const Value&, const Arguments&);

int64_t remainder(const Value& value, int64_t divisor)
{
    const auto* whole = value.get<int64_t>();
    if (!whole)
        throw Fault("only a whole number is even or odd, not " + std::string(value.kindName()));
    if (divisor == 0)
        throw Fault("a division by zero");
    return divisor == -1 ? 0 : *whole % divisor;
}

template <const char* const& Sign>
bool compared(Interpreter& interpreter, const Value& value, const Arguments& arguments)
{
    return compare(interpreter, Sign, value, requiredArgument(arguments, 0, "other"));
}

constexpr const char* kEqual = "==";
constexpr const char* kUnequal = "!=";
constexpr const char* kLess = "<";
constexpr const char* kAtMost = "<=";
constexpr const char* kGreater = ">";
constexpr const char* kAtLeast = ">=";
constexpr const char* kIn = "in";

bool isSequence(Interpreter&, const Value& value, const Arguments&)
{
    return value.text() || value.list() || value.dict();
}

bool isIterable(Interpreter&, const Value& value, const Arguments&)
{
    return value.text() || value.list() || value.dict() || value.isUndefined();
}

bool isTrue(Interpreter&, const Value& value, const Arguments&)
{
    const auto* flag = value.get<bool>();
    return flag && *flag;
}

bool isFalse(Interpreter&, const Value& value, const Arguments&)
{
    const auto* flag = value.get<bool>();
    return flag && !*flag;
}

template <typename Kind> bool isKind(Interpreter&, const Value& value, const Arguments&)
{
    return value.is<Kind>();
}

bool isEven(Interpreter&, const Value& value, const Arguments&)
{
    return remainder(value, 2) == 0;
}
bool isOdd(Interpreter&, const Value& value, const Arguments&)
{
    return remainder(value, 2) != 0;
}

bool isDivisible(Interpreter&, const Value& value, const Arguments& arguments)
{
    return remainder(value, wholeArgument(arguments, 0, "num", 0)) == 0;
}

bool isUpper(Interpreter& interpreter, const Value& value, const Arguments&)
{
    const std::string* text = value.text();
    interpreter.stepItems(text ? text->size() / 8 : 0);
    return text && upperCase(*text) == *text && lowerCase(*text) != *text;
}

bool isLower(Interpreter& interpreter, const Value& value, const Arguments&)
{
    const std::string* text = value.text();
    interpreter.stepItems(text ? text->size() / 8 : 0);
    return text && lowerCase(*text) == *text && upperCase(*text) != *text;
}

bool isDefined(Interpreter&, const Value& value, const Arguments&)
{
    return !value.isUndefined();
}
bool isNumber(Interpreter&, const Value& value, const Arguments&)
{
    return value.isNumber();
}

const std::map<std::string_view, TestFunction>& allTests()
{
    static const std::map<std::string_view, TestFunction> kTests = {
        {"!=", compared<kUnequal>},
        {"<", compared<kLess>},
        {"<=", compared<kAtMost>},
        {"==", compared<kEqual>},
        {">", compared<kGreater>},
        {">=", compared<kAtLeast>},
        {"boolean", isKind<bool>},
        {"callable", isKind<Callable>},
        {"defined", isDefined},
        {"divisibleby", isDivisible},
        {"eq", compared<kEqual>},
        {"equalto", compared<kEqual>},
        {"even", isEven},
        {"false", isFalse},
        {"float", isKind<double>},
        {"ge", compared<kAtLeast>},
        {"greaterthan", compared<kGreater>},
        {"gt", compared<kGreater>},
        {"in", compared<kIn>},
        {"integer", isKind<int64_t>},
        {"iterable", isIterable},
        {"le", compared<kAtMost>},
        {"lessthan", compared<kLess>},
        {"lower", isLower},
        {"lt", compared<kLess>},
        {"mapping", isKind<DictPointer>},
        {"ne", compared<kUnequal>},
        {"none", isKind<None>},
        {"number", isNumber},
        {"odd", isOdd},
        {"sameas", compared<kEqual>},
        {"sequence", isSequence},
        {"string", isKind<TextPointer>},
        {"true", isTrue},
        {"undefined", isKind<Undefined>},
        {"upper", isUpper},
    };
    return kTests;
}

} // namespace

bool applyTest(Interpreter& interpreter, const std::string& name, const Value& value,
               const Arguments& arguments)
{
    interpreter.step();
    const auto test = allTests().find(name);
    if (test == allTests().end())
        throw Fault("there is no test '" + name + "'");
    return test->second(interpreter, value, arguments);
}

} // namespace inglenook::jinja
