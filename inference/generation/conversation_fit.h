#pragma once

#include "inference/generation/prompt_builder.h"

#include <cstdint>
#include <unordered_map>

namespace inglenook {

struct FittedPrompt {
    Prompt prompt;
    int leftOut = 0; // messages
};

/// Makes the prompt of a conversation that may be longer than its room, by leaving out whole turns.
/// What is left out is a function of the messages, the policy and the room alone, never of what was
/// asked before. Remembers how long messages are, so that a turn costs no more than what it adds
/// and what fits. One thread.
class ConversationFit {
public:
    /// Both outlive this.
    ConversationFit(const PromptBuilder& prompts, const Tokenizer& tokenizer);

    /// A prompt of at most `most` tokens. It is longer where the policy is Stop, or where what
    /// always stays is too long by itself. Throws what PromptBuilder throws.
    [[nodiscard]] FittedPrompt fit(std::span<const ChatMessage> messages, ContextPolicy policy,
                                   int most);

private:
    /// Messages [first, first + count).
    struct Turn {
        size_t first = 0;
        size_t count = 0;
    };
    [[nodiscard]] int tokensOf(std::span<const ChatMessage> messages);

    const PromptBuilder& m_prompts;
    const Tokenizer& m_tokenizer;
    int m_frame = 0; // tokens that the template puts around a message
    std::unordered_map<uint64_t, int> m_tokens; // by a hash of the text: a guess, checked in use
};

} // namespace inglenook
