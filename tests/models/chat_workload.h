#pragma once

#include "inference/messages.h"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace inglenook::tests {

/// What people do with their conversations, at random but the same for the same seed: they begin
/// new ones (some with a document or a system prompt that others have too), go on, ask differently,
/// want another answer, go back to an older branch, delete, and close the program.
class ChatWorkload {
public:
    explicit ChatWorkload(uint64_t seed)
        : m_random(seed)
    {
    }

    struct Operation {
        enum Kind { Ask, Delete, Restart } kind = Ask;
        std::string conversation; // of Ask and Delete
        ReplyRequest request; // of Ask; without an id
    };
    /// `answered` is told the reply before the next operation of that conversation.
    [[nodiscard]] Operation next();
    void answered(const std::string& text);

private:
    struct Message {
        int parent = -1;
        bool fromUser = true;
        std::string text;
    };
    struct Conversation {
        std::string name;
        std::string system;
        std::vector<Message> messages;
    };

    [[nodiscard]] int below(int count);
    [[nodiscard]] std::string words(int count);
    [[nodiscard]] Operation ask(size_t conversation, int question);
    [[nodiscard]] Operation begin();
    [[nodiscard]] Operation goOn(size_t index);

    std::mt19937_64 m_random;
    std::vector<Conversation> m_conversations;
    int m_begun = 0;
    size_t m_asked = 0; // the conversation that waits for an answer
    int m_question = -1; // and its message
};

} // namespace inglenook::tests
