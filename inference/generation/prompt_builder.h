#pragma once

#include "inference/messages.h"
#include "inference/text/chat_template.h"
#include "inference/text/tokenizer.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inglenook {

struct Prompt {
    std::vector<Token> tokens;
    bool continuesText = false; // the last message is an unfinished one of the assistant
    std::vector<std::string> stopTexts; // that the form of the prompt needs
};

/// Turns conversations into prompts. The control tokens of a prompt come from the template alone:
/// what users and models wrote stays text, also where it looks like one.
class PromptBuilder {
public:
    /// Both outlive the builder. Without a template (null) a plain form with named speakers is
    /// used.
    PromptBuilder(const Tokenizer& tokenizer, const ChatTemplate* chatTemplate);

    /// Throws std::runtime_error with a sentence if there is no message or the template refuses.
    [[nodiscard]] Prompt build(std::span<const ChatMessage> messages) const;
    /// A text to continue, without a template. Control tokens in it are text.
    [[nodiscard]] Prompt continuing(const std::string& text) const;

private:
    [[nodiscard]] std::string render(std::span<const ChatMessage> messages) const;
    [[nodiscard]] std::vector<Token> encode(std::span<const ChatMessage> messages,
                                            const std::string& unfinished) const;
    [[nodiscard]] std::vector<Token> encodeApart(std::string_view marked,
                                                 std::span<const std::string> marks,
                                                 std::span<const std::string> contents) const;
    void addBos(Prompt& prompt) const;
    [[nodiscard]] bool holdsControl(std::string_view text) const;
    [[nodiscard]] std::string withoutControl(std::string text) const;

    const Tokenizer& m_tokenizer;
    const ChatTemplate* m_template;
    std::optional<ChatTemplate> m_plain; // where the file has none
    std::vector<std::pair<std::string, Token>>
        m_control; // names of control tokens, the longest first
};

} // namespace inglenook
