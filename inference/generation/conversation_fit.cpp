#include "inference/generation/conversation_fit.h"

#include "inference/generation/context_cut.h"

#include <algorithm>
#include <functional>
#include <stdexcept>

namespace inglenook {

namespace {

/// What a template puts around a message where it cannot be asked: "<|start|>role\n ... <|end|>\n".
constexpr int kUsualFrame = 5;

/// Lengths that are remembered at most: about 4 MB.
constexpr size_t kRemembered = 100'000;

/// Templates may leave out what earlier replies thought: what looks longer than the room by this
/// factor is tried all the same.
constexpr int kWorthTrying = 4;

/// By how much two more messages lengthen a prompt, without their text.
int measureFrame(const PromptBuilder& prompts)
{
    const ChatMessage question{.role = "user", .text = ""};
    const ChatMessage answer{.role = "assistant", .text = ""};
    try {
        const std::vector<ChatMessage> one{question, answer, question};
        const std::vector<ChatMessage> two{question, answer, question, answer, question};
        const auto more = static_cast<int>(prompts.build(two).tokens.size()) -
            static_cast<int>(prompts.build(one).tokens.size());
        return std::max(0, more + 1) / 2;
    } catch (const std::runtime_error&) {
        return kUsualFrame; // a template that refuses empty messages
    }
}

/// Without messages [first, last).
std::vector<ChatMessage> without(std::span<const ChatMessage> messages, size_t first, size_t last)
{
    std::vector<ChatMessage> kept(messages.begin(),
                                  messages.begin() + static_cast<std::ptrdiff_t>(first));
    kept.insert(kept.end(), messages.begin() + static_cast<std::ptrdiff_t>(last), messages.end());
    return kept;
}

} // namespace

ConversationFit::ConversationFit(const PromptBuilder& prompts, const Tokenizer& tokenizer)
    : m_prompts(prompts)
    , m_tokenizer(tokenizer)
    , m_frame(measureFrame(prompts))
{
}

int ConversationFit::tokensOf(std::span<const ChatMessage> messages)
{
    if (m_tokens.size() > kRemembered)
        m_tokens.clear();
    int sum = 0;
    for (const ChatMessage& message : messages) {
        const auto [known, added] = m_tokens.try_emplace(std::hash<std::string>{}(message.text), 0);
        if (added)
            known->second = static_cast<int>(m_tokenizer.encode(message.text, false).size());
        sum += known->second + m_frame;
    }
    return sum;
}

FittedPrompt ConversationFit::fit(std::span<const ChatMessage> messages, ContextPolicy policy,
                                  int most)
{
    if (policy == ContextPolicy::Stop || messages.empty())
        return {.prompt = m_prompts.build(messages)};
    const int total = tokensOf(messages);
    if (total / kWorthTrying <= most) {
        Prompt whole = m_prompts.build(messages);
        if (static_cast<int>(whole.tokens.size()) <= most)
            return {.prompt = std::move(whole)};
    }

    size_t pinned = 0;
    while (pinned < messages.size() && messages[pinned].role == "system")
        ++pinned;
    std::vector<Turn> turns;
    for (size_t i = pinned; i < messages.size(); ++i) {
        if (turns.empty() || messages[i].role == "user")
            turns.push_back({.first = i, .count = 0});
        ++turns.back().count;
    }
    std::vector<int> sizes;
    for (const Turn& turn : turns)
        sizes.push_back(tokensOf(messages.subspan(turn.first, turn.count)));
    // a first turn that takes most of the room is worth less than what came last
    if (policy == ContextPolicy::Middle && turns.size() > 1 && sizes.front() <= most / 2) {
        pinned += turns.front().count;
        turns.erase(turns.begin());
        sizes.erase(sizes.begin());
    }

    const int room = most - tokensOf(messages.first(pinned)) - m_frame;
    size_t count = 0;
    for (int further = 0; count + 1 < turns.size(); ++further) {
        const size_t next = turnsLeftOut(sizes, room, further);
        if (next == count)
            continue;
        count = next;
        Prompt prompt = m_prompts.build(without(messages, pinned, turns[count].first));
        if (static_cast<int>(prompt.tokens.size()) <= most || count + 1 == turns.size())
            return {.prompt = std::move(prompt),
                    .leftOut = static_cast<int>(turns[count].first - pinned)};
    }
    return {.prompt = m_prompts.build(messages)};
}

} // namespace inglenook
