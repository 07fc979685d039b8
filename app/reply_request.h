#pragma once

#include "app/chat_settings.h"
#include "app/message_tree.h"
#include "inference/messages.h"
#include "storage/records.h"

namespace inglenook {

/// What the engine is asked so that it answers `question`, a message of the user: the system prompt
/// and the branch down to it. Replies without text are left out, and messages of the user that then
/// follow one another become one, because most models only know turns.
[[nodiscard]] ReplyRequest makeReplyRequest(const MessageTree& tree, int64_t question,
                                            const ChatSettings& settings);

/// The name under which the cache on disk knows a conversation. It is never given twice, even if
/// the database begins anew.
[[nodiscard]] std::string cacheNameOf(const ConversationRecord& conversation);

} // namespace inglenook
