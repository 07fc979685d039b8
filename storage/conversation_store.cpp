#include "storage/conversation_store.h"

namespace inglenook {

namespace {

constexpr const char* kMessageColumns =
    "id, conversation, parent, chosen, author, state, text, problem, model, created, "
    "prompt_tokens, "
    "reused_tokens, reply_tokens, first_token_ms, tokens_per_second, device, proposed_tokens, "
    "accepted_tokens";

ConversationRecord readConversation(const Statement& row)
{
    ConversationRecord record;
    record.id = row.integer(0);
    record.title = row.text(1);
    record.createdMs = row.integer(2);
    record.changedMs = row.integer(3);
    record.pinned = row.integer(4) != 0;
    record.model = row.text(5);
    record.draft = row.text(6);
    record.chosen = row.integer(7);
    return record;
}

MessageRecord readMessage(const Statement& row)
{
    MessageRecord record;
    record.id = row.integer(0);
    record.conversation = row.integer(1);
    record.parent = row.integer(2);
    record.chosen = row.integer(3);
    record.author = row.integer(4) == 0 ? Author::User : Author::Assistant;
    record.state = MessageState(row.integer(5)); // the table lets no other number in
    record.text = row.text(6);
    record.problem = row.text(7);
    record.model = row.text(8);
    record.createdMs = row.integer(9);
    record.figures.promptTokens = int(row.integer(10));
    record.figures.reusedTokens = int(row.integer(11));
    record.figures.replyTokens = int(row.integer(12));
    record.figures.firstTokenMs = row.real(13);
    record.figures.tokensPerSecond = row.real(14);
    record.figures.device = row.text(15);
    record.figures.proposedTokens = int(row.integer(16));
    record.figures.acceptedTokens = int(row.integer(17));
    return record;
}

} // namespace

ConversationStore::ConversationStore(Connection& connection)
    : m_connection(connection)
{
}

std::vector<ConversationRecord> ConversationStore::list()
{
    Statement statement =
        m_connection.prepare("select   id, title, created, changed, pinned, model, '', chosen "
                             "from     conversation "
                             "where    deleted = 0 "
                             "order by pinned desc, changed desc, id desc");
    std::vector<ConversationRecord> records;
    while (statement.step())
        records.push_back(readConversation(statement));
    return records;
}

std::optional<ConversationRecord> ConversationStore::conversation(int64_t id)
{
    Statement statement =
        m_connection.prepare("select id, title, created, changed, pinned, model, draft, chosen "
                             "from   conversation "
                             "where  id = ? and deleted = 0");
    statement.bind(1, id);
    if (!statement.step())
        return std::nullopt;
    return readConversation(statement);
}

std::vector<MessageRecord> ConversationStore::messages(int64_t conversation)
{
    Statement statement = m_connection.prepare(
        std::string("select ") + kMessageColumns +
        " from message where conversation = ? and deleted_with is null order by id");
    statement.bind(1, conversation);
    std::vector<MessageRecord> records;
    while (statement.step())
        records.push_back(readMessage(statement));
    return records;
}

int64_t ConversationStore::lastConversationId()
{
    return m_connection.number("select max(id) from conversation");
}

int64_t ConversationStore::lastMessageId()
{
    return m_connection.number("select max(id) from message");
}

void ConversationStore::add(const ConversationRecord& conversation,
                            std::span<const MessageRecord> messages)
{
    Transaction transaction(m_connection);
    save(conversation);
    for (const MessageRecord& message : messages) {
        insert(message);
        choose(message.id);
    }
    transaction.commit();
}

void ConversationStore::save(const ConversationRecord& conversation)
{
    Statement known = m_connection.prepare("select 1 from conversation where id = ?");
    const bool isNew = !known.bind(1, conversation.id).step();
    // Pin, title and draft of a conversation that exists have verbs of their own.
    Statement statement =
        m_connection.prepare("insert into conversation "
                             "            (id, title, created, changed, pinned, model, draft) "
                             "values      (?, ?, ?, ?, ?, ?, ?) "
                             "on conflict (id) do update "
                             "set         changed = excluded.changed, model = excluded.model");
    statement.bind(1, conversation.id)
        .bind(2, conversation.title)
        .bind(3, conversation.createdMs)
        .bind(4, conversation.changedMs)
        .bind(5, int64_t(conversation.pinned))
        .bind(6, conversation.model)
        .bind(7, conversation.draft)
        .run();
    if (isNew)
        m_connection.prepare("insert into title_index (rowid, title) values (?, ?)")
            .bind(1, conversation.id)
            .bind(2, conversation.title)
            .run();
}

void ConversationStore::insert(const MessageRecord& message)
{
    Statement statement =
        m_connection.prepare(std::string("insert into message (") + kMessageColumns +
                             ") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    const ReplyFigures& figures = message.figures;
    statement.bind(1, message.id)
        .bind(2, message.conversation)
        .bindId(3, message.parent)
        .bindId(4, message.chosen)
        .bind(5, int64_t(message.author))
        .bind(6, int64_t(message.state))
        .bind(7, message.text)
        .bind(8, message.problem)
        .bind(9, message.model)
        .bind(10, message.createdMs)
        .bind(11, int64_t(figures.promptTokens))
        .bind(12, int64_t(figures.reusedTokens))
        .bind(13, int64_t(figures.replyTokens))
        .bind(14, figures.firstTokenMs)
        .bind(15, figures.tokensPerSecond)
        .bind(16, figures.device)
        .bind(17, int64_t(figures.proposedTokens))
        .bind(18, int64_t(figures.acceptedTokens))
        .run();
    index(message.id);
}

/// Puts a message into the full-text index. Not while it grows: then it changes too often.
void ConversationStore::index(int64_t message)
{
    m_connection
        .prepare("insert into message_index (rowid, text) "
                 "select id, text from message where id = ? and state <> 1")
        .bind(1, message)
        .run();
}

/// Takes it out again. To be called before its text changes: the index finds its words by the text.
void ConversationStore::unindex(int64_t message)
{
    m_connection
        .prepare("insert into message_index (message_index, rowid, text) "
                 "select 'delete', id, text from message where id = ? and state <> 1")
        .bind(1, message)
        .run();
}

void ConversationStore::setText(int64_t message, std::string_view text)
{
    m_connection.prepare("update message set text = ? where id = ? and state = 1")
        .bind(1, text)
        .bind(2, message)
        .run();
}

void ConversationStore::finish(const MessageRecord& reply)
{
    const ReplyFigures& figures = reply.figures;
    Transaction transaction(m_connection);
    unindex(reply.id);
    m_connection
        .prepare("update message "
                 "set    state = ?, text = ?, problem = ?, prompt_tokens = ?, reused_tokens = ?, "
                 "reply_tokens = ?, "
                 "       first_token_ms = ?, tokens_per_second = ?, device = ?, "
                 "       proposed_tokens = ?, accepted_tokens = ? "
                 "where  id = ?")
        .bind(1, int64_t(reply.state))
        .bind(2, reply.text)
        .bind(3, reply.problem)
        .bind(4, int64_t(figures.promptTokens))
        .bind(5, int64_t(figures.reusedTokens))
        .bind(6, int64_t(figures.replyTokens))
        .bind(7, figures.firstTokenMs)
        .bind(8, figures.tokensPerSecond)
        .bind(9, figures.device)
        .bind(10, int64_t(figures.proposedTokens))
        .bind(11, int64_t(figures.acceptedTokens))
        .bind(12, reply.id)
        .run();
    index(reply.id);
    transaction.commit();
}

void ConversationStore::markInterrupted()
{
    Transaction transaction(m_connection);
    m_connection.execute(
        "insert into message_index (rowid, text) select id, text from message where state = 1");
    m_connection.prepare("update message set state = ? where state = 1")
        .bind(1, int64_t(MessageState::Interrupted))
        .run();
    transaction.commit();
}

void ConversationStore::choose(int64_t message)
{
    m_connection
        .prepare(
            "update message set chosen = ?1 where id = (select parent from message where id = ?1)")
        .bind(1, message)
        .run();
    m_connection
        .prepare("update conversation set chosen = ?1 "
                 "where  id = (select conversation from message where id = ?1 and parent is null)")
        .bind(1, message)
        .run();
}

void ConversationStore::removeMessage(int64_t message)
{
    // Marked with the id of the message that was removed: what was removed before stays so when
    // this comes back.
    m_connection
        .prepare("with recursive below (id) as ("
                 "    select id from message where id = ?1 "
                 "    union all "
                 "    select m.id from message m join below b on m.parent = b.id) "
                 "update message set deleted_with = ?1 "
                 "where  id in (select id from below) and deleted_with is null")
        .bind(1, message)
        .run();
}

void ConversationStore::restoreMessage(int64_t message)
{
    Transaction transaction(m_connection);
    m_connection.prepare("update message set deleted_with = null where deleted_with = ?")
        .bind(1, message)
        .run();
    choose(message);
    transaction.commit();
}

void ConversationStore::rename(int64_t conversation, std::string_view title)
{
    Transaction transaction(m_connection);
    m_connection
        .prepare("insert into title_index (title_index, rowid, title) "
                 "select 'delete', id, title from conversation where id = ?")
        .bind(1, conversation)
        .run();
    m_connection.prepare("update conversation set title = ? where id = ?")
        .bind(1, title)
        .bind(2, conversation)
        .run();
    m_connection
        .prepare("insert into title_index (rowid, title) select id, title from conversation where "
                 "id = ?")
        .bind(1, conversation)
        .run();
    transaction.commit();
}

void ConversationStore::setPinned(int64_t conversation, bool pinned)
{
    m_connection.prepare("update conversation set pinned = ? where id = ?")
        .bind(1, int64_t(pinned))
        .bind(2, conversation)
        .run();
}

void ConversationStore::setDraft(int64_t conversation, std::string_view draft)
{
    m_connection.prepare("update conversation set draft = ? where id = ?")
        .bind(1, draft)
        .bind(2, conversation)
        .run();
}

void ConversationStore::removeConversation(int64_t conversation)
{
    m_connection.prepare("update conversation set deleted = 1 where id = ?")
        .bind(1, conversation)
        .run();
}

void ConversationStore::restoreConversation(int64_t conversation)
{
    m_connection.prepare("update conversation set deleted = 0 where id = ?")
        .bind(1, conversation)
        .run();
}

std::vector<ConversationRecord> ConversationStore::purge()
{
    // Runs at every start: only through the indexes of what was removed.
    Transaction transaction(m_connection);
    std::vector<ConversationRecord> gone;
    Statement removed =
        m_connection.prepare("select id, created from conversation where deleted = 1");
    while (removed.step())
        gone.push_back({.id = removed.integer(0), .createdMs = removed.integer(1)});
    m_connection.execute("insert into message_index (message_index, rowid, text) "
                         "select 'delete', id, text "
                         "from   message "
                         "where  deleted_with is not null and state <> 1");
    m_connection.execute("delete from message where deleted_with is not null");
    m_connection.execute(
        "insert into message_index (message_index, rowid, text) "
        "select 'delete', id, text "
        "from   message "
        "where  conversation in (select id from conversation where deleted = 1) and state <> 1");
    m_connection.execute("insert into title_index (title_index, rowid, title) "
                         "select 'delete', id, title from conversation where deleted = 1");
    m_connection.execute("delete from conversation where deleted = 1");
    transaction.commit();
    return gone;
}

} // namespace inglenook
