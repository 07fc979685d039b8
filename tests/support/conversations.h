#pragma once

#include "storage/conversation_store.h"
#include "storage/migrations.h"

namespace inglenook {

// Small conversations for tests of the rooms that keep and show them.

inline ConversationRecord conversation(int64_t id, const std::string& title = "A talk")
{
    ConversationRecord record;
    record.id = id;
    record.title = title;
    record.createdMs = 1'000 * id;
    record.changedMs = 1'000 * id;
    return record;
}

inline MessageRecord message(int64_t id, int64_t parent, Author author, const std::string& text,
                             int64_t inConversation = 1)
{
    MessageRecord record;
    record.id = id;
    record.conversation = inConversation;
    record.parent = parent;
    record.author = author;
    record.text = text;
    record.createdMs = 10 * id;
    return record;
}

inline MessageRecord question(int64_t id, int64_t parent, const std::string& text,
                              int64_t inConversation = 1)
{
    return message(id, parent, Author::User, text, inConversation);
}

inline MessageRecord answer(int64_t id, int64_t parent, const std::string& text,
                            int64_t inConversation = 1)
{
    return message(id, parent, Author::Assistant, text, inConversation);
}

/// A migrated database in memory.
inline Connection memoryDatabase()
{
    Connection connection(":memory:");
    migrate(connection);
    return connection;
}

} // namespace inglenook
