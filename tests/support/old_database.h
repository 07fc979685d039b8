#pragma once

#include "storage/migrations.h"

namespace inglenook {

/// Makes the tables of version 1, with one question and its answer, which takes 20 tokens.
inline void makeVersionOne(Connection& connection)
{
    migrate(connection, migrationSteps().first(1));
    connection.execute(
        "insert into conversation (id, title, created, changed, chosen) values (1, 'Tea', 1, 2, 1);"
        "insert into message (id, conversation, chosen, author, state, text, created) "
        "values (1, 1, 2, 0, 0, 'Which tea?', 1);"
        "insert into message (id, conversation, parent, author, state, text, created, "
        "                     reply_tokens, device) "
        "values (2, 1, 1, 1, 0, 'Green tea.', 2, 20, 'cpu');"
        "insert into message_index (rowid, text) select id, text from message;"
        "insert into title_index (rowid, title) select id, title from conversation;");
}

} // namespace inglenook
