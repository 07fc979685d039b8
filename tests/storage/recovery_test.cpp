#include "storage/recovery.h"

#include "storage/settings_store.h"
#include "tests/support/conversations.h"
#include "tests/support/old_database.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <filesystem>
#include <random>
#include <set>

using namespace inglenook;

namespace {

constexpr int kConversations = 8;
constexpr int kMessagesEach = 20;
constexpr qsizetype kPageBytes = 4096;

std::string textOf(int64_t id)
{
    // from a few characters to several pages
    return "message " + std::to_string(id) + ' ' + std::string(size_t(id * id % 9000), 'x');
}

void fill(const std::string& path)
{
    Connection connection(path);
    migrate(connection);
    ConversationStore store(connection);
    int64_t id = 0;
    for (int64_t c = 1; c <= kConversations; ++c) {
        std::vector<MessageRecord> messages;
        for (int i = 0; i < kMessagesEach; ++i) {
            ++id;
            messages.push_back(message(id, i == 0 ? 0 : id - 1,
                                       i % 2 ? Author::Assistant : Author::User, textOf(id), c));
        }
        store.add(conversation(c), messages);
    }
    SettingsStore(connection).set("theme", "2", 1);
}

int soundMessages(ConversationStore& store)
{
    int sound = 0;
    for (const ConversationRecord& conversation : store.list())
        for (const MessageRecord& message : store.messages(conversation.id))
            sound += message.text == textOf(message.id) ? 1 : 0;
    return sound;
}

} // namespace

class RecoveryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(m_folder.isValid());
        m_path = m_folder.filePath("d.sqlite");
        fill(m_path.toStdString());
        QFile file(m_path);
        QVERIFY(file.open(QFile::ReadOnly));
        m_sound = file.readAll();
    }

    void soundFileIsRecoveredWhole()
    {
        Connection into = memoryDatabase();
        const Recovered recovered = recoverFrom(m_sound, into);

        QCOMPARE(recovered.conversations, kConversations);
        QCOMPARE(recovered.messages, kConversations * kMessagesEach);
        QCOMPARE(recovered.settings, 1);
        ConversationStore store(into);
        QCOMPARE(soundMessages(store), kConversations * kMessagesEach);
        QCOMPARE(store.messages(1)[5].parent, 5);
        QCOMPARE(store.search("message", 100).size(), size_t(kConversations)); // indexed anew
    }

    void lostPageCostsOnlyWhatWasOnIt()
    {
        // every page in turn, the first with the file's header too
        const int pages = int(m_sound.size() / kPageBytes);
        int worst = kConversations * kMessagesEach;
        for (int page = 0; page < pages; page += page < 4 ? 1 : 9) {
            QByteArray damaged = m_sound;
            damaged.replace(page * kPageBytes, kPageBytes, QByteArray(kPageBytes, '\0'));
            Connection into = memoryDatabase();
            recoverFrom(damaged, into);
            ConversationStore store(into);
            worst = std::min(worst, soundMessages(store));
            QCOMPARE(into.prepare("pragma foreign_key_check").step(), false);
        }
        // A page holds at most some thirty short messages.
        QVERIFY2(worst >= kConversations * kMessagesEach - 40, QByteArray::number(worst));
    }

    void truncatedFileKeepsItsBeginning()
    {
        Connection into = memoryDatabase();
        recoverFrom(m_sound.left(m_sound.size() / 2), into);

        ConversationStore store(into);
        QVERIFY(soundMessages(store) > kConversations * kMessagesEach / 4);
        QCOMPARE(into.prepare("pragma foreign_key_check").step(), false);
    }

    void flippedBytesHarmNothingElse()
    {
        std::mt19937 random(11);
        for (int round = 0; round < 10; ++round) {
            QByteArray damaged = m_sound;
            std::set<qsizetype> pages;
            for (int i = 0; i < 8; ++i) {
                const auto at = qsizetype(random() % size_t(damaged.size()));
                damaged[at] = char(damaged[at] ^ char(1 << (random() % 8)));
                pages.insert(at / kPageBytes);
            }
            Connection into = memoryDatabase();
            recoverFrom(damaged, into);
            ConversationStore store(into);
            QVERIFY(soundMessages(store) >=
                    kConversations * kMessagesEach - 40 * int(pages.size()));
            QCOMPARE(into.prepare("pragma foreign_key_check").step(), false);
        }
    }

    void messagesWithoutTheirConversationGetOne()
    {
        Connection from = memoryDatabase();
        ConversationStore store(from);
        store.add(conversation(1),
                  std::vector{question(1, 0, "a"), answer(2, 1, "b"), question(3, 2, "c")});
        from.execute("pragma foreign_keys = off");
        from.execute("delete from conversation; delete from message "
                     "where id = 2");
        const QString path = m_folder.filePath("gaps.sqlite");
        from.prepare("vacuum into ?").bind(1, path.toStdString()).run();

        Connection into = memoryDatabase();
        recover(path.toStdString(), into);

        ConversationStore recovered(into);
        QCOMPARE(recovered.list().size(), size_t(1));
        QCOMPARE(recovered.messages(1).size(), size_t(2));
        QCOMPARE(recovered.messages(1)[1].parent, 1); // its predecessor is lost
    }

    void rowsOfVersionOneAreRecovered()
    {
        const QString path = m_folder.filePath("old.sqlite");
        Connection from(path.toStdString());
        makeVersionOne(from);
        from.execute("pragma wal_checkpoint(truncate)");
        QFile old(path);
        QVERIFY(old.open(QFile::ReadOnly));
        Connection into = memoryDatabase();
        QCOMPARE(recoverFrom(old.readAll(), into).messages, 2);
        QCOMPARE(ConversationStore(into).messages(1)[1].figures.replyTokens, 20);

        // Its rows stay as short in a newer file, beside those that are written anew.
        migrate(from);
        MessageRecord reply = answer(3, 1, "Black tea.");
        reply.figures = {.replyTokens = 7, .proposedTokens = 52, .acceptedTokens = 40};
        ConversationStore(from).add(conversation(1), std::vector{reply});
        from.execute("pragma wal_checkpoint(truncate)");
        old.seek(0);
        Connection both = memoryDatabase();
        QCOMPARE(recoverFrom(old.readAll(), both).messages, 3);

        const std::vector<MessageRecord> messages = ConversationStore(both).messages(1);
        QCOMPARE(messages[1].text, std::string("Green tea."));
        QCOMPARE(messages[1].figures.proposedTokens, 0);
        QVERIFY(messages[2].figures == reply.figures);
    }

private:
    Recovered recoverFrom(const QByteArray& bytes, Connection& into)
    {
        const QString path = m_folder.filePath("damaged.sqlite");
        QFile file(path);
        if (!file.open(QFile::WriteOnly))
            return {};
        file.write(bytes);
        file.close();
        return recover(path.toStdString(), into);
    }

    QTemporaryDir m_folder;
    QString m_path;
    QByteArray m_sound;
};

QTEST_APPLESS_MAIN(RecoveryTest)
#include "recovery_test.moc"
