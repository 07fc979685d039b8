#include "tests/inference/engine_listener.h"
#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"

#include <QTemporaryDir>
#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

constexpr int kContext = 128;

/// A conversation of so many turns and a question; each turn about 15 tokens.
ReplyRequest conversation(ReplyId id, ContextPolicy policy, int turns, int maxTokens = 8)
{
    ReplyRequest request;
    request.id = id;
    request.policy = policy;
    request.maxTokens = maxTokens;
    request.sampling.seed = 7;
    request.messages.push_back({.role = "system", .text = "the"});
    for (int i = 0; i < turns; ++i) {
        request.messages.push_back({.role = "user", .text = "and " + std::to_string(i)});
        request.messages.push_back({.role = "assistant", .text = "hello"});
    }
    request.messages.push_back({.role = "user", .text = "the last"});
    return request;
}

} // namespace

/// What happens to conversations that are longer than the context.
class EnginePoliciesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void stopRefusesAndRollAnswers();
    void trimmedPromptIsTheOneWithoutThoseMessages();
    void laterTurnsReuseTheTrimmedPrompt();
    void replyRollsOnBehindTheEndOfTheContext();
    void rollingReplyIsTheSameAloneAndAmongOthers();
    void singleMessageTooLongIsRefusedWithItsSizes_data();
    void singleMessageTooLongIsRefusedWithItsSizes();
    void replyEndsWhereItsQuestionLeavesNoRoom();

private:
    void load(Listener& listener, int sequences = 4)
    {
        listener.engine.load(
            {.path = m_path, .device = "cpu", .contextTokens = kContext, .sequences = sequences});
        listener.run();
        QCOMPARE(listener.loaded.size(), size_t{1});
    }

    QTemporaryDir m_folder;
    std::string m_path;
};

void EnginePoliciesTest::initTestCase()
{
    keepDriversLoaded();
    m_path = m_folder.filePath("tiny.gguf").toStdString();
    writeModel(*tinyModel("llama"), m_path);
}

void EnginePoliciesTest::stopRefusesAndRollAnswers()
{
    Listener listener;
    load(listener);

    listener.engine.startReply(conversation(1, ContextPolicy::Stop, 30));
    listener.engine.startReply(conversation(2, ContextPolicy::Roll, 30));
    listener.engine.startReply(conversation(3, ContextPolicy::Middle, 30));
    listener.engine.startReply(conversation(4, ContextPolicy::Roll, 1));
    listener.run();

    QVERIFY(contains(listener.replies.at(1).failed.at(0).sentence, "The conversation has "));
    for (const ReplyId id : {ReplyId{2}, ReplyId{3}}) {
        const Heard& heard = listener.replies.at(id);
        QCOMPARE(heard.finished.size(), size_t{1});
        const ReplyStats& stats = heard.finished.front().stats;
        QVERIFY(stats.promptTokens <= kContext - 8);
        QVERIFY(stats.droppedMessages > 0);
        QCOMPARE(heard.trimmed.size(), size_t{1});
        QCOMPARE(heard.trimmed.front().messages, stats.droppedMessages);
    }
    QCOMPARE(listener.replies.at(4).finished.at(0).stats.droppedMessages, 0);
    QVERIFY(listener.replies.at(4).trimmed.empty());
}

void EnginePoliciesTest::trimmedPromptIsTheOneWithoutThoseMessages()
{
    Listener listener;
    load(listener);
    ReplyRequest request = conversation(1, ContextPolicy::Roll, 30);
    listener.engine.startReply(request);
    listener.run();
    const int dropped = listener.replies.at(1).finished.at(0).stats.droppedMessages;

    request.id = 2;
    request.policy = ContextPolicy::Stop;
    request.messages.erase(request.messages.begin() + 1, request.messages.begin() + 1 + dropped);
    listener.engine.startReply(request);
    listener.run();

    QVERIFY(!listener.replies.at(1).text.empty());
    QCOMPARE(listener.replies.at(2).text, listener.replies.at(1).text);
}

void EnginePoliciesTest::laterTurnsReuseTheTrimmedPrompt()
{
    Listener listener;
    load(listener, 1);
    int cuts = 0;
    int dropped = 0;
    for (int turns = 20; turns < 40; ++turns) {
        const auto id = static_cast<ReplyId>(turns);
        listener.engine.startReply(conversation(id, ContextPolicy::Roll, turns));
        listener.run();
        const ReplyStats& stats = listener.replies.at(id).finished.at(0).stats;
        // a page is 64 tokens, so what is whole of the prompt before is found again
        if (stats.droppedMessages == dropped)
            QVERIFY(stats.reusedTokens >= 64);
        else
            ++cuts;
        dropped = stats.droppedMessages;
    }
    QVERIFY2(cuts <= 11, std::to_string(cuts).c_str());
}

void EnginePoliciesTest::replyRollsOnBehindTheEndOfTheContext()
{
    Listener listener;
    load(listener);
    ReplyRequest request = conversation(1, ContextPolicy::Roll, 4, 3 * kContext);
    request.sampling.temperature = 0.f;
    listener.engine.startReply(request);
    listener.run();

    const Heard& heard = listener.replies.at(1);
    QCOMPARE(heard.finished.size(), size_t{1});
    const ReplyFinished& finished = heard.finished.front();
    QCOMPARE(finished.reason, StopReason::MaxTokens);
    QCOMPARE(finished.stats.replyTokens, 3 * kContext);
    QVERIFY(finished.stats.droppedMessages > 0);
    QCOMPARE(finished.stats.droppedMessages, heard.trimmed.back().messages);

    request.id = 2;
    request.policy = ContextPolicy::Stop;
    listener.engine.startReply(request);
    listener.run();
    const Heard& stopped = listener.replies.at(2);
    QCOMPARE(stopped.finished.at(0).reason, StopReason::ContextFull);
    QVERIFY(heard.text.starts_with(stopped.text.substr(0, stopped.text.size() - 4)));
}

void EnginePoliciesTest::rollingReplyIsTheSameAloneAndAmongOthers()
{
    Listener alone;
    load(alone);
    alone.engine.startReply(conversation(1, ContextPolicy::Roll, 4, 2 * kContext));
    alone.run();

    Listener together;
    load(together);
    for (ReplyId id = 1; id <= 4; ++id) {
        together.engine.startReply(
            conversation(id, ContextPolicy::Roll, id == 1 ? 4 : 6, 2 * kContext));
        together.step();
        together.step();
    }
    together.run();

    QCOMPARE(together.replies.at(1).text, alone.replies.at(1).text);
}

void EnginePoliciesTest::singleMessageTooLongIsRefusedWithItsSizes_data()
{
    QTest::addColumn<int>("policy");
    QTest::newRow("stop") << static_cast<int>(ContextPolicy::Stop);
    QTest::newRow("roll") << static_cast<int>(ContextPolicy::Roll);
    QTest::newRow("middle") << static_cast<int>(ContextPolicy::Middle);
}

void EnginePoliciesTest::singleMessageTooLongIsRefusedWithItsSizes()
{
    QFETCH(const int, policy);
    Listener listener;
    load(listener);
    ReplyRequest request = conversation(1, static_cast<ContextPolicy>(policy), 3);
    for (int i = 0; i < kContext; ++i)
        request.messages.back().text += " the";

    listener.engine.startReply(request);
    listener.run();

    QCOMPARE(listener.replies.at(1).failed.size(), size_t{1});
    const std::string& sentence = listener.replies.at(1).failed.front().sentence;
    QVERIFY2(contains(sentence, "the context holds 128"), sentence.c_str());
}

void EnginePoliciesTest::replyEndsWhereItsQuestionLeavesNoRoom()
{
    Listener listener;
    load(listener);
    ReplyRequest request = conversation(1, ContextPolicy::Roll, 0, 0);
    for (int i = 0; i < kContext - 24; ++i)
        request.messages.back().text += " the";

    listener.engine.startReply(request);
    listener.run();

    const Heard& heard = listener.replies.at(1);
    QCOMPARE(heard.finished.size(), size_t{1});
    QCOMPARE(heard.finished.front().reason, StopReason::ContextFull);
}

QTEST_GUILESS_MAIN(EnginePoliciesTest)
#include "engine_policies_test.moc"
