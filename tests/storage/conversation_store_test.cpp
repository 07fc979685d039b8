#include "storage/conversation_store.h"
#include "tests/support/conversations.h"

#include <QtTest/QtTest>

using namespace inglenook;

namespace {

std::vector<int64_t> ids(const std::vector<MessageRecord>& messages)
{
    std::vector<int64_t> result;
    for (const MessageRecord& message : messages)
        result.push_back(message.id);
    return result;
}

std::vector<int64_t> found(ConversationStore& store, const std::string& text)
{
    std::vector<int64_t> result;
    for (const SearchResult& hit : store.search(text, 100))
        result.push_back(hit.conversation);
    return result;
}

using Ids = std::vector<int64_t>;

} // namespace

class ConversationStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_connection.emplace(memoryDatabase());
        m_store.emplace(*m_connection);
    }

    void turnComesBackWhole()
    {
        ConversationRecord record = conversation(1, "Tea");
        record.model = "/models/a.gguf";
        MessageRecord reply = answer(2, 1, "Green.");
        reply.problem = "Stopped";
        reply.state = MessageState::Stopped;
        reply.model = "guide";
        reply.figures = {.promptTokens = 7,
                         .reusedTokens = 3,
                         .replyTokens = 2,
                         .firstTokenMs = 12.5,
                         .tokensPerSecond = 80.25,
                         .proposedTokens = 52,
                         .acceptedTokens = 40,
                         .device = "cpu"};

        m_store->add(record, std::vector{question(1, 0, "Which tea?"), reply});

        const ConversationRecord kept = m_store->conversation(1).value();
        QCOMPARE(kept.title, record.title);
        QCOMPARE(kept.model, record.model);
        QCOMPARE(kept.chosen, 1);
        const std::vector<MessageRecord> messages = m_store->messages(1);
        QCOMPARE(ids(messages), (Ids{1, 2}));
        QCOMPARE(messages[0].chosen, 2);
        QCOMPARE(messages[1].text, reply.text);
        QCOMPARE(messages[1].parent, 1);
        QVERIFY(messages[1].state == MessageState::Stopped);
        QCOMPARE(messages[1].problem, reply.problem);
        QVERIFY(messages[1].figures == reply.figures);
    }

    void turnIsKeptWholeOrNotAtAll()
    {
        const MessageRecord orphan = answer(2, 77, "to nothing");

        QVERIFY_EXCEPTION_THROWN(
            m_store->add(conversation(1), std::vector{question(1, 0, "Hello"), orphan}),
            DatabaseError);

        QVERIFY(m_store->list().empty());
        QVERIFY(m_store->messages(1).empty());
    }

    void newVersionIsOnShow()
    {
        m_store->add(conversation(1), std::vector{question(1, 0, "a"), answer(2, 1, "b")});

        m_store->add(conversation(1), std::vector{answer(3, 1, "c")});
        QCOMPARE(m_store->messages(1)[0].chosen, 3);

        m_store->choose(2);
        QCOMPARE(m_store->messages(1)[0].chosen, 2);

        m_store->add(conversation(1), std::vector{question(4, 0, "other beginning")});
        QCOMPARE(m_store->conversation(1)->chosen, 4);
    }

    void growingReplyIsKeptAsFarAsItCame()
    {
        MessageRecord reply = answer(2, 1, "");
        reply.state = MessageState::Growing;
        m_store->add(conversation(1), std::vector{question(1, 0, "a"), reply});

        m_store->setText(2, "half of");
        m_store->markInterrupted();

        const MessageRecord kept = m_store->messages(1)[1];
        QCOMPARE(kept.text, std::string("half of"));
        QVERIFY(kept.state == MessageState::Interrupted);
        QCOMPARE(found(*m_store, "half"), Ids{1});
    }

    void finishedReplyIsFoundOnlyByItsLastText()
    {
        MessageRecord reply = answer(2, 1, "");
        reply.state = MessageState::Growing;
        m_store->add(conversation(1), std::vector{question(1, 0, "a"), reply});
        m_store->setText(2, "preliminary");
        QCOMPARE(found(*m_store, "preliminary"), Ids{});

        reply.state = MessageState::Complete;
        reply.text = "final";
        reply.figures = {.replyTokens = 7, .proposedTokens = 6, .acceptedTokens = 5};
        m_store->finish(reply);

        QVERIFY(m_store->messages(1)[1].figures == reply.figures);
        QCOMPARE(found(*m_store, "final"), Ids{1});
        QCOMPARE(found(*m_store, "preliminary"), Ids{});
        m_connection->execute(
            "insert into message_index (message_index, rank) values ('integrity-check', 1)");
    }

    void removedMessageComesBackWithWhatIsBelow()
    {
        m_store->add(conversation(1),
                     std::vector{question(1, 0, "a"), answer(2, 1, "b"), question(3, 2, "c"),
                                 answer(4, 3, "d")});
        m_store->removeMessage(4);
        m_store->removeMessage(2);
        QCOMPARE(ids(m_store->messages(1)), Ids{1});
        QCOMPARE(found(*m_store, "b"), Ids{});

        m_store->restoreMessage(2);

        QCOMPARE(ids(m_store->messages(1)), (Ids{1, 2, 3})); // 4 was removed on its own
    }

    void purgeForgetsWhatWasRemoved()
    {
        m_store->add(conversation(1),
                     std::vector{question(1, 0, "a"), answer(2, 1, "b"), question(3, 2, "c")});
        m_store->add(conversation(2),
                     std::vector{question(4, 0, "secret", 2), answer(5, 4, "e", 2)});
        m_store->removeMessage(2);
        m_store->removeConversation(2);

        m_store->purge();
        m_store->restoreMessage(2);
        m_store->restoreConversation(2);

        QCOMPARE(ids(m_store->messages(1)), Ids{1});
        QCOMPARE(m_connection->number("select count(*) from message"), 1);
        QCOMPARE(m_connection->number("select count(*) from conversation"), 1);
        QCOMPARE(found(*m_store, "secret"), Ids{});
        m_connection->execute(
            "insert into message_index (message_index, rank) values ('integrity-check', 1)");
        m_connection->execute(
            "insert into title_index (title_index, rank) values ('integrity-check', 1)");
    }

    void longConversationCanBePurged()
    {
        std::vector<MessageRecord> messages;
        for (int64_t id = 1; id <= 3000; ++id)
            messages.push_back(question(id, id - 1, "m"));
        m_store->add(conversation(1), messages);

        m_store->removeMessage(2);
        m_store->purge();
        QCOMPARE(ids(m_store->messages(1)), Ids{1});
    }

    void listHasPinnedFirstThenLatest()
    {
        for (int64_t id = 1; id <= 4; ++id)
            m_store->add(conversation(id), {});
        m_store->setPinned(2, true);
        m_store->rename(3, "Renamed");
        m_store->removeConversation(1);

        const std::vector<ConversationRecord> list = m_store->list();

        QCOMPARE(list.size(), size_t(3));
        QCOMPARE(list[0].id, 2);
        QVERIFY(list[0].pinned);
        QCOMPARE(list[1].id, 4);
        QCOMPARE(list[2].title, std::string("Renamed"));
        m_store->restoreConversation(1);
        QCOMPARE(m_store->list().back().id, 1);
    }

    void draftIsKeptPerConversation()
    {
        m_store->add(conversation(1), {});
        m_store->setDraft(1, "half a thou");

        QCOMPARE(m_store->conversation(1)->draft, std::string("half a thou"));
        m_store->add(conversation(1), std::vector{question(1, 0, "a")});
        QCOMPARE(m_store->conversation(1)->draft, std::string("half a thou"));
    }

    void searchFinds_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("finds");
        QTest::newRow("a word") << "kettle" << true;
        QTest::newRow("a beginning") << "kett" << true;
        QTest::newRow("not a middle") << "ettle" << false;
        QTest::newRow("all words") << "boil the ket" << true;
        QTest::newRow("not one of them") << "boil teapot" << false;
        QTest::newRow("other case") << "KETTLE" << true;
        QTest::newRow("without accents") << "cafe" << true;
        QTest::newRow("umlaut") << QString::fromUtf8("GRÜNER") << true;
        QTest::newRow("cyrillic") << QString::fromUtf8("чай") << true;
        QTest::newRow("chinese inside a sentence") << QString::fromUtf8("绿茶") << true;
        QTest::newRow("chinese that is not there") << QString::fromUtf8("咖啡") << false;
        QTest::newRow("title") << "afternoon" << true;
        QTest::newRow("operator") << "kettle OR teapot" << false;
        QTest::newRow("column filter") << "text:kettle" << false;
        QTest::newRow("quote") << "\"kettle" << true;
        QTest::newRow("punctuation alone") << "***" << false;
        QTest::newRow("nothing") << "  " << false;
    }

    void searchFinds()
    {
        QFETCH(QString, text);
        QFETCH(bool, finds);
        m_store->add(
            conversation(1, "An afternoon"),
            std::vector{
                question(1, 0, "How do I boil water in a kettle in the caf\xc3\xa9?"),
                answer(
                    2, 1,
                    QString::fromUtf8("Grüner Tee, зелёный чай, 我喜欢喝绿茶。").toStdString())});

        QCOMPARE(found(*m_store, text.toStdString()), finds ? Ids{1} : Ids{});
    }

    void searchShowsEachConversationOnceLatestFirst()
    {
        for (int64_t id = 1; id <= 3; ++id) {
            const int64_t first = 10 * id;
            m_store->add(conversation(id),
                         std::vector{question(first, 0, "apple " + std::to_string(id), id),
                                     answer(first + 1, first, "another apple pie", id)});
        }
        m_store->rename(1, "Apple");

        const std::vector<SearchResult> results = m_store->search("apple", 100);

        QCOMPARE(results.size(), size_t(3));
        QCOMPARE(results[0].conversation, 1); // by its title
        QCOMPARE(results[1].conversation, 3);
        QCOMPARE(results[1].snippet, std::string("another apple pie"));
        QCOMPARE(results[2].conversation, 2);
        QCOMPARE(m_store->search("apple", 2).size(), size_t(2));
    }

    void lastIdsCountWhatWasRemoved()
    {
        QCOMPARE(m_store->lastMessageId(), 0);
        m_store->add(conversation(5), std::vector{question(9, 0, "a", 5)});
        m_store->removeMessage(9);
        m_store->removeConversation(5);

        QCOMPARE(m_store->lastMessageId(), 9);
        QCOMPARE(m_store->lastConversationId(), 5);
    }

private:
    std::optional<Connection> m_connection;
    std::optional<ConversationStore> m_store;
};

QTEST_APPLESS_MAIN(ConversationStoreTest)
#include "conversation_store_test.moc"
