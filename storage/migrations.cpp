#include "storage/migrations.h"

#include <filesystem>
#include <set>
#include <string>

namespace inglenook {

namespace {

// "INGL", so that other programs can tell what the file is
constexpr int kApplicationId = 0x494e474c;

// Replies are put into the index when they are finished: while one grows (state 1) it changes too
// often.
//
// Recovery tells the tables apart by the number of their columns: conversation 9, message 17 and
// since the second version 19, setting 3.
constexpr const char* kFirst = R"sql(
create table conversation (
    id           integer primary key,
    title        text    not null,
    created      integer not null,
    changed      integer not null,
    pinned       integer not null default 0,
    model        text    not null default '',
    draft        text    not null default '',
    chosen       integer,
    deleted      integer not null default 0 check (deleted in (0, 1))
);
create index conversation_by_change on conversation (pinned, changed);
create index conversation_removed on conversation (id) where deleted = 1;

create table message (
    id                integer primary key,
    conversation      integer not null references conversation (id) on delete cascade,
    parent            integer references message (id) deferrable initially deferred,
    chosen            integer,
    author            integer not null check (author in (0, 1)),
    state             integer not null check (state between 0 and 4),
    text              text    not null,
    problem           text    not null default '',
    model             text    not null default '',
    created           integer not null,
    prompt_tokens     integer not null default 0,
    reused_tokens     integer not null default 0,
    reply_tokens      integer not null default 0,
    first_token_ms    real    not null default 0,
    tokens_per_second real    not null default 0,
    device            text    not null default '',
    deleted_with      integer
);
create index message_by_conversation on message (conversation, id);
create index message_by_parent on message (parent);
create index message_removed on message (deleted_with) where deleted_with is not null;
create index message_growing on message (id) where state = 1;

create table setting (
    key     text    not null primary key,
    value   text    not null,
    changed integer not null
);

create virtual table message_index using fts5 (
    text, content = 'message', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
create virtual table title_index using fts5 (
    title, content = 'conversation', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);
)sql";

// What guessing ahead did for a reply
constexpr const char* kGuesses = R"sql(
alter table message add column proposed_tokens integer not null default 0;
alter table message add column accepted_tokens integer not null default 0;
)sql";

constexpr const char* kSteps[] = {kFirst, kGuesses};

using Schema = std::multiset<std::string>;

Schema schemaOf(Connection& connection)
{
    Schema schema;
    Statement statement = connection.prepare("select type, name, sql from sqlite_schema");
    while (statement.step())
        schema.insert(statement.text(0) + ' ' + statement.text(1) + ' ' + statement.text(2));
    return schema;
}

void copyBefore(Connection& connection, int64_t version)
{
    const std::string copy = connection.path() + ".version-" + std::to_string(version);
    std::filesystem::remove(copy); // of an attempt that failed: vacuum into wants no file
    connection.prepare("vacuum into ?").bind(1, copy).run();
    std::filesystem::permissions(
        copy, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

} // namespace

std::span<const char* const> migrationSteps()
{
    return kSteps;
}

void migrate(Connection& connection, std::span<const char* const> steps)
{
    const int64_t version = connection.number("pragma user_version");
    const auto newest = int64_t(steps.size());
    if (version < 0 || version > newest)
        throw DatabaseError(
            DatabaseFault::Other,
            "The file " + connection.path() +
                " was written by a newer Inglenook and is left as it is; update the program.");
    if (version == newest)
        return;
    if (version > 0) {
        verifySchema(connection, steps.first(size_t(version)));
        if (connection.path() != ":memory:")
            copyBefore(connection, version);
    }
    for (int64_t step = version; step < newest; ++step) {
        Transaction transaction(connection);
        connection.execute(steps[size_t(step)]);
        connection.execute("pragma user_version = " + std::to_string(step + 1));
        connection.execute("pragma application_id = " + std::to_string(kApplicationId));
        transaction.commit();
    }
}

void verifySchema(Connection& connection, std::span<const char* const> steps)
{
    Connection fresh(":memory:");
    migrate(fresh, steps);
    if (schemaOf(connection) != schemaOf(fresh))
        throw DatabaseError(DatabaseFault::Damaged,
                            "The file " + connection.path() +
                                " has parts that Inglenook did not make.");
}

} // namespace inglenook
