#include "app/reply_request.h"

namespace inglenook {

ReplyRequest makeReplyRequest(const MessageTree& tree, int64_t question,
                              const ChatSettings& settings)
{
    ReplyRequest request;
    request.sampling = settings.sampling;
    request.maxTokens = settings.maxTokens;
    request.policy = settings.policy;
    if (!settings.systemPrompt.empty())
        request.messages.push_back({.role = "system", .text = settings.systemPrompt});
    for (const int64_t id : tree.pathTo(question)) {
        const MessageRecord& message = *tree.find(id);
        const std::string role = message.author == Author::User ? "user" : "assistant";
        if (message.author == Author::Assistant && message.text.empty())
            continue;
        if (!request.messages.empty() && request.messages.back().role == role)
            request.messages.back().text += "\n\n" + message.text;
        else
            request.messages.push_back({.role = role, .text = message.text});
    }
    return request;
}

std::string cacheNameOf(const ConversationRecord& conversation)
{
    return std::to_string(conversation.createdMs) + "." + std::to_string(conversation.id);
}

} // namespace inglenook
