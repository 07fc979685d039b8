#include "storage/migrations.h"

#include "storage/conversation_store.h"
#include "tests/support/old_database.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

using namespace inglenook;

namespace {

constexpr const char* kOne = "create table t (a); insert into t values (1)";
constexpr const char* kTwo = "alter table t add column b; update t set b = 2";
constexpr const char* kBroken = "update t set a = 3; create table t (a)";
constexpr const char* kOldSteps[] = {kOne};
constexpr const char* kNewSteps[] = {kOne, kTwo};
constexpr const char* kBrokenSteps[] = {kOne, kTwo, kBroken};

} // namespace

class MigrationsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void emptyFileBecomesToday()
    {
        Connection connection(":memory:");

        migrate(connection);

        QCOMPARE(connection.number("pragma user_version"), int64_t(migrationSteps().size()));
        verifySchema(connection);
        connection.execute("insert into message_index (message_index) values ('integrity-check')");
    }

    void eachOldVersionIsBroughtUpToDate()
    {
        QTemporaryDir folder;
        Connection connection(folder.filePath("d.sqlite").toStdString());
        migrate(connection, kOldSteps);

        migrate(connection, kNewSteps);

        QCOMPARE(connection.number("pragma user_version"), 2);
        QCOMPARE(connection.number("select b from t"), 2);
    }

    void conversationsOfVersionOneAreKept()
    {
        QTemporaryDir folder;
        Connection connection(folder.filePath("d.sqlite").toStdString());
        makeVersionOne(connection);

        migrate(connection);

        verifySchema(connection);
        ConversationStore store(connection);
        MessageRecord reply = store.messages(1).at(1);
        QCOMPARE(reply.text, std::string("Green tea."));
        QVERIFY((reply.figures == ReplyFigures{.replyTokens = 20, .device = "cpu"}));
        QCOMPARE(store.search("green", 10).size(), size_t(1));
        reply.figures.proposedTokens = 52;
        reply.figures.acceptedTokens = 40;
        store.finish(reply);
        QVERIFY(store.messages(1)[1].figures == reply.figures);
    }

    void olderFileWithoutItsTablesIsDamaged()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath("d.sqlite");
        Connection connection(path.toStdString());
        makeVersionOne(connection);
        connection.execute("drop table setting");

        try {
            migrate(connection);
            QFAIL("It was taken for sound.");
        } catch (const DatabaseError& error) {
            QVERIFY(error.fault() == DatabaseFault::Damaged);
        }

        QCOMPARE(connection.number("pragma user_version"), 1);
        QVERIFY(!QFile::exists(path + ".version-1"));
    }

    void fileIsCopiedBeforeTheFirstStep()
    {
        QTemporaryDir folder;
        const std::string path = folder.filePath("d.sqlite").toStdString();
        Connection connection(path);
        migrate(connection, kOldSteps);

        migrate(connection, kNewSteps);

        Connection copy(path + ".version-1");
        QCOMPARE(copy.number("pragma user_version"), 1);
        QCOMPARE(copy.number("select a from t"), 1);
    }

    void failedStepLeavesTheVersionBefore()
    {
        QTemporaryDir folder;
        Connection connection(folder.filePath("d.sqlite").toStdString());
        migrate(connection, kOldSteps);

        QVERIFY_EXCEPTION_THROWN(migrate(connection, kBrokenSteps), DatabaseError);

        QCOMPARE(connection.number("pragma user_version"), 2);
        QCOMPARE(connection.number("select a from t"), 1);
        migrate(connection, kNewSteps); // it is usable, and a further attempt may follow
    }

    void newerFileIsRefusedAndLeftAlone()
    {
        Connection connection(":memory:");
        migrate(connection, kNewSteps);

        QVERIFY_EXCEPTION_THROWN(migrate(connection, kOldSteps), DatabaseError);

        QCOMPARE(connection.number("pragma user_version"), 2);
    }

    void foreignTriggersAreFound()
    {
        Connection connection(":memory:");
        migrate(connection);
        connection.execute(
            "create trigger evil after insert on setting begin delete from message; end");

        QVERIFY_EXCEPTION_THROWN(verifySchema(connection), DatabaseError);
    }
};

QTEST_APPLESS_MAIN(MigrationsTest)
#include "migrations_test.moc"
