#include "tests/models/chat_workload.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace inglenook::tests {

namespace {

constexpr std::array kWords{
    "how",   "do",     "I",      "open",   "a",    "model",  "and",  "what", "is",     "the",
    "cache", "for",    "can",    "it",     "run",  "on",     "my",   "old",  "laptop", "please",
    "tell",  "me",     "about",  "memory", "with", "seven",  "plus", "nine", "cat",    "house",
    "river", "string", "number", "delete", "chat", "window", "Zug",  "Berg", "x = 3;", "\n- item"};

const std::array<std::string, 3> kSystemPrompts{
    "", "You are brief.",
    "You answer like a patient teacher who explains every step, names what is not certain, gives "
    "an example where one helps, and never makes anything up to please the one who asks."};

/// Conversations longer than this are not continued: they would not fit the context.
constexpr size_t kMostCharacters = 1800;

constexpr int kDocuments = 3;

} // namespace

int ChatWorkload::below(int count)
{
    return static_cast<int>(m_random() % static_cast<uint64_t>(count));
}

std::string ChatWorkload::words(int count)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += std::string(i == 0 ? "" : " ") + kWords[static_cast<size_t>(below(kWords.size()))];
    return text;
}

ChatWorkload::Operation ChatWorkload::next()
{
    const int dice = below(100);
    if (m_conversations.empty() || dice < 12)
        return begin();
    const auto index = static_cast<size_t>(below(static_cast<int>(m_conversations.size())));
    if (dice < 16) {
        Operation deletion{
            .kind = Operation::Delete, .conversation = m_conversations[index].name, .request = {}};
        m_conversations.erase(m_conversations.begin() + static_cast<std::ptrdiff_t>(index));
        return deletion;
    }
    if (dice < 20)
        return {.kind = Operation::Restart, .conversation = {}, .request = {}};
    return goOn(index);
}

ChatWorkload::Operation ChatWorkload::begin()
{
    Conversation conversation{.name = "chat " + std::to_string(m_begun++),
                              .system = kSystemPrompts[static_cast<size_t>(below(3))],
                              .messages = {}};
    std::string text = words(4 + below(30));
    if (below(3) == 0) {
        // a document that several conversations are about
        ChatWorkload author(static_cast<uint64_t>(1000 + below(kDocuments)));
        text = author.words(120) + "\n\n" + text;
    }
    conversation.messages.push_back({.text = text});
    m_conversations.push_back(std::move(conversation));
    return ask(m_conversations.size() - 1, 0);
}

/// Another question behind some answer, another wording of a question, or another answer.
ChatWorkload::Operation ChatWorkload::goOn(size_t index)
{
    std::vector<Message>& messages = m_conversations[index].messages;
    // mostly where it was left, sometimes anywhere
    const int count = static_cast<int>(messages.size());
    const int at = below(3) > 0 ? count - 1 : below(count);
    Message question;
    if (messages[static_cast<size_t>(at)].fromUser) {
        if (below(2) == 0)
            return ask(index, at); // another answer
        question = {.parent = messages[static_cast<size_t>(at)].parent,
                    .text = messages[static_cast<size_t>(at)].text + " " + words(3)};
    } else {
        question = {.parent = at, .text = words(3 + below(25))};
    }
    messages.push_back(question);
    return ask(index, count);
}

ChatWorkload::Operation ChatWorkload::ask(size_t index, int question)
{
    const Conversation& conversation = m_conversations[index];
    std::vector<ChatMessage> path;
    size_t characters = conversation.system.size();
    for (int i = question; i >= 0; i = conversation.messages[static_cast<size_t>(i)].parent) {
        const Message& message = conversation.messages[static_cast<size_t>(i)];
        path.push_back({.role = message.fromUser ? "user" : "assistant", .text = message.text});
        characters += message.text.size();
    }
    if (characters > kMostCharacters) { // nobody comes back to it
        m_conversations.erase(m_conversations.begin() + static_cast<std::ptrdiff_t>(index));
        return begin();
    }
    if (!conversation.system.empty())
        path.push_back({.role = "system", .text = conversation.system});
    std::ranges::reverse(path);

    m_asked = index;
    m_question = question;
    Operation operation{.kind = Operation::Ask, .conversation = conversation.name, .request = {}};
    operation.request.messages = std::move(path);
    operation.request.conversation = conversation.name;
    operation.request.maxTokens = 4 + below(36);
    operation.request.sampling.seed = m_random();
    operation.request.sampling.temperature = below(2) == 0 ? 0.f : 0.8f;
    return operation;
}

void ChatWorkload::answered(const std::string& text)
{
    m_conversations[m_asked].messages.push_back(
        {.parent = m_question, .fromUser = false, .text = text});
}

} // namespace inglenook::tests
