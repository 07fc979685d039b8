#include "storage/recovery.h"

#include "storage/page_file.h"
#include "storage/records.h"

namespace inglenook {

namespace {

// The tables are told apart by the number of their columns.
constexpr size_t kConversationColumns = 9;
constexpr size_t kMessageColumns = 19;
constexpr size_t kMessageColumnsOfOld = 17; // rows of version 1, also where the file is newer
constexpr size_t kSettingColumns = 3;

bool isInteger(const PageValue& value)
{
    return std::holds_alternative<int64_t>(value);
}

bool isText(const PageValue& value)
{
    return std::holds_alternative<std::string>(value);
}

int64_t idOf(const PageValue& value)
{
    return isInteger(value) ? std::get<int64_t>(value) : 0;
}

double numberOf(const PageValue& value)
{
    if (const auto* real = std::get_if<double>(&value))
        return *real;
    return double(idOf(value)); // sqlite keeps whole numbers as integers
}

/// Puts the rows that make sense into the tables of an empty database.
class Rescue {
public:
    explicit Rescue(Connection& into)
        : m_conversation(into.prepare("insert or ignore into conversation "
                                      "(id, title, created, changed, pinned, model, draft, chosen) "
                                      "values (?, ?, ?, ?, ?, ?, ?, ?)"))
        , m_message(into.prepare(
              "insert or ignore into message "
              "(id, conversation, parent, chosen, author, state, text, problem, model, created, "
              "prompt_tokens, reused_tokens, reply_tokens, first_token_ms, tokens_per_second, "
              "device, proposed_tokens, accepted_tokens) "
              "values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"))
        , m_setting(
              into.prepare("insert or ignore into setting (key, value, changed) values (?, ?, ?)"))
    {
    }

    void take(const PageRow& row)
    {
        if (row.values.size() == kConversationColumns)
            takeConversation(row);
        else if (row.values.size() == kMessageColumns || row.values.size() == kMessageColumnsOfOld)
            takeMessage(row);
        else if (row.values.size() == kSettingColumns)
            takeSetting(row);
    }

private:
    void takeConversation(const PageRow& row)
    {
        const std::vector<PageValue>& v = row.values;
        const bool sound = row.id > 0 && isText(v[1]) && isInteger(v[2]) && isInteger(v[3]) &&
            isInteger(v[4]) && isText(v[5]) && isText(v[6]);
        if (!sound || idOf(v[8]) != 0)
            return;
        m_conversation.bind(1, row.id)
            .bind(2, std::get<std::string>(v[1]))
            .bind(3, idOf(v[2]))
            .bind(4, idOf(v[3]))
            .bind(5, int64_t(idOf(v[4]) != 0))
            .bind(6, std::get<std::string>(v[5]))
            .bind(7, std::get<std::string>(v[6]))
            .bindId(8, idOf(v[7]))
            .run();
    }

    void takeMessage(const PageRow& row)
    {
        const std::vector<PageValue>& v = row.values;
        const int64_t author = idOf(v[4]);
        const int64_t state = idOf(v[5]);
        const bool sound = row.id > 0 && idOf(v[1]) > 0 && (author == 0 || author == 1) &&
            state >= 0 && state <= 4 && isText(v[6]) && isText(v[7]) && isText(v[8]) &&
            isInteger(v[9]) && isText(v[15]);
        if (!sound || idOf(v[16]) != 0)
            return;
        m_message.bind(1, row.id).bind(2, idOf(v[1])).bindId(3, idOf(v[2])).bindId(4, idOf(v[3]));
        m_message.bind(5, author).bind(6, state).bind(7, std::get<std::string>(v[6]));
        m_message.bind(8, std::get<std::string>(v[7]))
            .bind(9, std::get<std::string>(v[8]))
            .bind(10, idOf(v[9]));
        for (int column = 10; column <= 12; ++column)
            m_message.bind(column + 1, idOf(v[size_t(column)]));
        m_message.bind(14, numberOf(v[13]))
            .bind(15, numberOf(v[14]))
            .bind(16, std::get<std::string>(v[15]));
        for (size_t column = 17; column < kMessageColumns; ++column)
            m_message.bind(int(column), column < v.size() ? idOf(v[column]) : 0);
        m_message.run();
    }

    void takeSetting(const PageRow& row)
    {
        const std::vector<PageValue>& v = row.values;
        if (!isText(v[0]) || !isText(v[1]) || !isInteger(v[2]))
            return;
        m_setting.bind(1, std::get<std::string>(v[0]))
            .bind(2, std::get<std::string>(v[1]))
            .bind(3, idOf(v[2]))
            .run();
    }

    Statement m_conversation;
    Statement m_message;
    Statement m_setting;
};

void mend(Connection& database)
{
    database.execute("insert into conversation (id, title, created, changed) "
                     "select   conversation, 'Recovered conversation', min(created), max(created) "
                     "from     message where conversation not in (select id from conversation) "
                     "group by conversation");
    database.execute(
        "update message as m "
        "set    parent = (select max(e.id) from message e where e.conversation = m.conversation "
        "and e.id < m.id) "
        "where  parent is not null "
        "       and (parent >= id or not exists (select 1 from message p where p.id = m.parent "
        "                                        and p.conversation = m.conversation))");
    database.execute(
        "update message set chosen = null where chosen not in (select id from message)");
    database.execute(
        "update conversation set chosen = null where chosen not in (select id from message)");
    // Nobody writes them any more, and the index takes in everything.
    database.prepare("update message set state = ? where state = ?")
        .bind(1, int64_t(MessageState::Interrupted))
        .bind(2, int64_t(MessageState::Growing))
        .run();
    database.execute("insert into message_index (message_index) values ('rebuild')");
    database.execute("insert into title_index (title_index) values ('rebuild')");
}

} // namespace

Recovered recover(const std::string& damagedPath, Connection& into)
{
    PageFile file(damagedPath);
    // Until all rows are there; inside a transaction the pragma would have no effect.
    into.execute("pragma foreign_keys = off");
    {
        Transaction transaction(into);
        Rescue rescue(into);
        file.forEachRow([&rescue](const PageRow& row) { rescue.take(row); });
        mend(into);
        transaction.commit();
    }
    into.execute("pragma foreign_keys = on");
    return {.conversations = int(into.number("select count(*) from conversation")),
            .messages = int(into.number("select count(*) from message")),
            .settings = int(into.number("select count(*) from setting"))};
}

} // namespace inglenook
