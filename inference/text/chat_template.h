#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace inglenook {

/// The prompt format of a model: a Jinja program from the model file, run by a small interpreter
/// that cannot reach anything but its inputs. Every run has a budget (steps, nesting, output,
/// time); whoever exceeds it is refused with a sentence, as is what we do not understand. Const
/// after construction; any thread.
class ChatTemplate {
public:
    /// Throws std::runtime_error if the program cannot be read.
    explicit ChatTemplate(std::string_view source);
    ~ChatTemplate();
    ChatTemplate(ChatTemplate&&) noexcept;
    ChatTemplate& operator=(ChatTemplate&&) noexcept;

    /// `inputsJson` is an object: "messages" (list of {"role", "content"}), optionally "tools",
    /// "add_generation_prompt" (default true), "bos_token", "eos_token" and whatever else the
    /// program reads. Throws std::runtime_error with the program's own words where it calls
    /// raise_exception.
    [[nodiscard]] std::string render(const std::string& inputsJson) const;

private:
    struct Program;
    std::unique_ptr<const Program> m_program;
};

} // namespace inglenook
