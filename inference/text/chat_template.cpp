#include "inference/text/chat_template.h"

#include "inference/text/jinja/functions.h"
#include "inference/text/jinja/nodes.h"
#include "inference/text/jinja/parser.h"
#include "inference/text/jinja/printing.h"
#include "inference/text/utf8_stream.h"

namespace inglenook {

namespace {

// The longest templates in use have some 30 kB.
constexpr size_t kMostSourceBytes = size_t{1} << 20;

jinja::Dict inputsOf(const std::string& json)
{
    const jinja::Value value = jinja::fromJson(validUtf8(json));
    if (!value.dict())
        throw jinja::Fault("the inputs are not an object");
    jinja::Dict inputs = *value.dict();
    if (!inputs.findNamed("messages"))
        throw jinja::Fault("the inputs have no messages");
    if (!inputs.findNamed("add_generation_prompt"))
        inputs.set("add_generation_prompt", true);
    return inputs;
}

} // namespace

struct ChatTemplate::Program {
    jinja::Body body;
};

ChatTemplate::ChatTemplate(std::string_view source)
{
    try {
        if (source.size() > kMostSourceBytes)
            throw jinja::Fault("it has more than 1 MiB");
        m_program = std::make_unique<const Program>(
            Program{.body = jinja::parseProgram(validUtf8(source))});
    } catch (const jinja::Fault& fault) {
        throw std::runtime_error(
            "The model's chat template cannot be read: " + std::string(fault.what()) + ".");
    }
}

ChatTemplate::~ChatTemplate() = default;
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;

std::string ChatTemplate::render(const std::string& inputsJson) const
{
    int line = 0;
    try {
        jinja::Interpreter interpreter(inputsOf(inputsJson));
        try {
            std::string output;
            (void)jinja::runBody(m_program->body, interpreter, output);
            return output;
        } catch (...) {
            line = interpreter.line();
            throw;
        }
    } catch (const jinja::Refusal& refusal) {
        throw std::runtime_error("The model's chat template refuses these messages: " +
                                 std::string(refusal.what()));
    } catch (const jinja::Fault& fault) {
        throw std::runtime_error("The model's chat template failed" +
                                 (line > 0 ? " in line " + std::to_string(line) : std::string()) +
                                 ": " + fault.what() + ".");
    }
}

} // namespace inglenook
