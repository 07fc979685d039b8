#include "inference/text/chat_template.h"

// Any text is either a program that ends, or refused with a sentence.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size)
{
    static const std::string kInputs = R"({"messages": [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1}}}]}],
        "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
        "bos_token": "<s>", "eos_token": "</s>", "now": "2026-11-21 10:00:00"})";
    try {
        const inglenook::ChatTemplate program({reinterpret_cast<const char*>(data), size});
        (void)program.render(kInputs);
    } catch (const std::runtime_error&) {
        return 0;
    }
    return 0;
}
