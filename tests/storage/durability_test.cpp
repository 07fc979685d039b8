// A message that was acknowledged survives a program that is killed at any moment.

#include "storage/open_database.h"

#include "tests/support/conversations.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cstdio>
#include <random>

using namespace inglenook;

namespace {

/// The program that gets killed: adds turns and lets replies grow for ever, and says what is safe.
int writeForEver(const std::string& folder)
{
    OpenedDatabase database = openDatabase(folder);
    ConversationStore store(database.connection);
    store.markInterrupted();
    const int64_t begin = store.lastMessageId();
    std::puts("open");
    std::fflush(stdout);
    for (int64_t id = begin + 1;; id += 2) {
        MessageRecord reply = answer(id + 1, id, "");
        reply.state = MessageState::Growing;
        store.add(conversation(1),
                  std::vector{question(id, 0, "question " + std::to_string(id)), reply});
        std::printf("%lld\n", static_cast<long long>(id));
        std::fflush(stdout);
        for (int i = 1; i <= 3; ++i)
            store.setText(id + 1, std::string(size_t(i * 400), 'r'));
        reply.state = MessageState::Complete;
        reply.text = std::string(1200, 'r');
        store.finish(reply);
        std::printf("%lld\n", static_cast<long long>(id + 1));
        std::fflush(stdout);
    }
}

} // namespace

class DurabilityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void killedProgramLosesNothingAcknowledged()
    {
        constexpr int kKills = 20;
        QTemporaryDir folder;
        std::mt19937 random(3);
        int64_t acknowledged = 0;
        for (int round = 0; round < kKills; ++round) {
            QProcess writer;
            writer.start(QCoreApplication::applicationFilePath(), {"--write", folder.path()});
            QVERIFY(writer.waitForReadyRead(20'000));
            const int lines =
                int(random() % 40); // the moment, in messages; the kill then falls anywhere
            int seen = 0;
            while (seen < lines && (writer.canReadLine() || writer.waitForReadyRead(20'000)))
                seen += readAcknowledged(writer, acknowledged);
            writer.kill();
            QVERIFY(writer.waitForFinished());
            readAcknowledged(writer, acknowledged);

            OpenedDatabase database = openDatabase(folder.path().toStdString());
            QCOMPARE(database.notice, std::string());
            database.connection.check();
            verify(database, acknowledged);
        }
        QVERIFY(acknowledged > kKills);
    }

private:
    static int readAcknowledged(QProcess& writer, int64_t& acknowledged)
    {
        int lines = 0;
        while (writer.canReadLine()) {
            bool isNumber = false;
            const int64_t id = writer.readLine().trimmed().toLongLong(&isNumber);
            if (isNumber)
                acknowledged = id;
            ++lines;
        }
        return lines;
    }

    static void verify(OpenedDatabase& database, int64_t acknowledged)
    {
        const std::vector<MessageRecord> messages =
            ConversationStore(database.connection).messages(1);
        QVERIFY(int64_t(messages.size()) >= acknowledged);
        for (int64_t id = 1; id <= acknowledged; ++id) {
            const MessageRecord& message = messages[size_t(id - 1)];
            QCOMPARE(message.id, id);
            if (message.author == Author::User)
                QCOMPARE(message.text, "question " + std::to_string(id));
        }
        if (acknowledged > 0 &&
            acknowledged % 2 == 0) // a reply whose end was acknowledged is whole
            QCOMPARE(messages[size_t(acknowledged - 1)].text.size(), size_t(1200));
    }
};

int main(int argc, char** argv)
{
    if (argc == 3 && qstrcmp(argv[1], "--write") == 0)
        return writeForEver(argv[2]);
    QCoreApplication app(argc, argv);
    DurabilityTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "durability_test.moc"
