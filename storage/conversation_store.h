#pragma once

#include "storage/database.h"
#include "storage/records.h"

#include <optional>
#include <span>
#include <vector>

namespace inglenook {

/// Conversations and messages in a database. What is removed stays until purge(), so that it can be
/// brought back. Everything throws DatabaseError and is whole or not done.
class ConversationStore {
public:
    /// The connection is migrated, and outlives the store.
    explicit ConversationStore(Connection& connection);

    /// All that are not removed, pinned ones first, then the latest first; without drafts.
    [[nodiscard]] std::vector<ConversationRecord> list();
    [[nodiscard]] std::optional<ConversationRecord> conversation(int64_t id);
    /// All branches, oldest message first.
    [[nodiscard]] std::vector<MessageRecord> messages(int64_t conversation);
    [[nodiscard]] int64_t lastConversationId();
    [[nodiscard]] int64_t lastMessageId();

    /// Adds messages, parents before children, to a conversation, which is added too if it is new;
    /// they are put on show. The ids are the caller's choice.
    void add(const ConversationRecord& conversation, std::span<const MessageRecord> messages);
    /// The text so far of a reply that grows.
    void setText(int64_t message, std::string_view text);
    /// Text, state, problem and figures of a reply that ended.
    void finish(const MessageRecord& reply);
    /// Replies that still grow although nobody writes them: the program ended before they did.
    void markInterrupted();

    /// Puts a message on show in place of its other versions.
    void choose(int64_t message);
    /// Takes away a message and all below it; restore brings exactly these back.
    void removeMessage(int64_t message);
    void restoreMessage(int64_t message);

    void rename(int64_t conversation, std::string_view title);
    void setPinned(int64_t conversation, bool pinned);
    void setDraft(int64_t conversation, std::string_view draft);
    void removeConversation(int64_t conversation);
    void restoreConversation(int64_t conversation);
    /// Forgets for good what was removed; returns the conversations (id and time of creation only)
    /// that are gone.
    std::vector<ConversationRecord> purge();

    /// Conversations whose title or messages have all the words, each at the beginning of a word;
    /// those with the title first, then those with the latest message. The text is what a user
    /// typed: no operators.
    [[nodiscard]] std::vector<SearchResult> search(std::string_view text, int most);

private:
    void save(const ConversationRecord& conversation);
    void insert(const MessageRecord& message);
    void index(int64_t message);
    void unindex(int64_t message);

    Connection& m_connection;
};

} // namespace inglenook
