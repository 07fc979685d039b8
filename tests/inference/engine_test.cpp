#include "inference/engine.h"

#include "inference/text/utf8_stream.h"
#include "kernels/backend.h"
#include "tests/inference/tiny_model_test.h"

#include <QTest>
#include <limits>

using namespace inglenook;
using namespace inglenook::tests;

/// The whole engine with a tiny random model on the reference backend.
class EngineTest : public TinyModelTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { writeTinyModel(); }

    void replyStreamsAndFinishesOnce();
    void samePromptSeedAndSettingsGiveTheSameReply();
    void severalRepliesAtOnceEqualEachAlone();
    void moreRepliesThanSlotsAllFinish();
    void secondTurnReusesTheFirst();
    void reusedPrefixGivesTheSameReply();
    void starterModelAnswersAndReusesItsTurns();
    void starterModelAnswersWhatAnEmptyWindowSuggests();
    void stopEndsReplyOnce();
    void stopTextEndsReplyBeforeIt();
    void fullContextEndsReply();
    void longPromptIsRefusedWithItsLength();
    void unfinishedAnswerIsContinued();
    void hostileRequestsFailInWords_data();
    void hostileRequestsFailInWords();

private:
    /// The model that ships.
    static void loadGuide(Listener& listener)
    {
        LoadRequest request;
        request.path = INGLENOOK_STARTER_MODEL;
        request.device = "cpu";
        load(listener, request);
    }
};

void EngineTest::replyStreamsAndFinishesOnce()
{
    Listener listener;
    load(listener, loadRequest());

    listener.engine.startReply(requestOf(5, "hello", 12));
    QVERIFY(listener.engine.busy());
    listener.run();

    const Heard& reply = listener.replies.at(5);
    QVERIFY(!reply.text.empty());
    QCOMPARE(reply.finished.size(), size_t{1});
    QVERIFY(reply.failed.empty());
    const ReplyStats& stats = reply.finished.front().stats;
    QCOMPARE(stats.device, std::string("reference"));
    QVERIFY(stats.replyTokens > 0 && stats.replyTokens <= 12);
    QVERIFY(stats.promptSeconds > 0. && stats.replySeconds >= 0.);
    QCOMPARE(reply.progress.back().done, stats.promptTokens);
    QCOMPARE(reply.progress.back().total, stats.promptTokens);
}

void EngineTest::samePromptSeedAndSettingsGiveTheSameReply()
{
    std::vector<std::string> texts;
    for (int i = 0; i < 2; ++i) {
        Listener listener;
        load(listener, loadRequest());
        listener.engine.startReply(requestOf(1, "the hello"));
        listener.run();
        texts.push_back(listener.replies.at(1).text);
    }
    QCOMPARE(texts[0], texts[1]);

    Listener other;
    load(other, loadRequest());
    ReplyRequest request = requestOf(1, "the hello");
    request.sampling.seed = 99;
    other.engine.startReply(request);
    other.run();
    QVERIFY(other.replies.at(1).text != texts[0]);
}

void EngineTest::severalRepliesAtOnceEqualEachAlone()
{
    const std::vector<std::string> questions{"hello", "the world and the hello and so on and on",
                                             "a", "wow"};
    std::vector<std::string> alone;
    for (size_t i = 0; i < questions.size(); ++i) {
        Listener listener;
        load(listener, loadRequest());
        listener.engine.startReply(requestOf(i, questions[i]));
        listener.run();
        alone.push_back(listener.replies.at(i).text);
    }

    Listener together;
    load(together, loadRequest());
    for (size_t i = 0; i < questions.size(); ++i) {
        together.engine.startReply(requestOf(i, questions[i]));
        together.step();
        together.step();
    }
    together.run();

    for (size_t i = 0; i < questions.size(); ++i)
        QCOMPARE(together.replies.at(i).text, alone[i]);
}

void EngineTest::moreRepliesThanSlotsAllFinish()
{
    Listener listener;
    load(listener, loadRequest(256, 2));
    for (ReplyId id = 0; id < 7; ++id)
        listener.engine.startReply(requestOf(id, "hello", 8));
    listener.run();
    for (ReplyId id = 0; id < 7; ++id)
        QCOMPARE(listener.replies.at(id).finished.size(), size_t{1});
}

void EngineTest::secondTurnReusesTheFirst()
{
    Listener listener;
    load(listener, loadRequest());
    ReplyRequest first = requestOf(1, "the hello and the world", 12);
    listener.engine.startReply(first);
    listener.run();

    ReplyRequest second = first;
    second.id = 2;
    second.messages.push_back({.role = "assistant", .text = listener.replies.at(1).text});
    second.messages.push_back({.role = "user", .text = "and"});
    listener.engine.startReply(second);
    listener.run();

    const ReplyStats& stats = listener.replies.at(2).finished.front().stats;
    const int firstPrompt = listener.replies.at(1).finished.front().stats.promptTokens;
    QVERIFY(stats.reusedTokens >= firstPrompt);
    QVERIFY(stats.reusedTokens < stats.promptTokens);
    QCOMPARE(listener.replies.at(2).progress.front().reused, stats.reusedTokens);
    QCOMPARE(listener.replies.at(1).finished.front().stats.reusedTokens, 0);
}

void EngineTest::reusedPrefixGivesTheSameReply()
{
    std::string common;
    for (int i = 0; i < 4; ++i)
        common += "the hello and the world and so on and on, ";
    Listener fresh;
    load(fresh, loadRequest());
    fresh.engine.startReply(requestOf(1, common + "two"));
    fresh.run();

    Listener warm;
    load(warm, loadRequest());
    ReplyRequest other = requestOf(2, common + "one");
    warm.engine.startReply(other);
    warm.run();
    warm.engine.startReply(requestOf(1, common + "two"));
    warm.run();

    QVERIFY(warm.replies.at(1).finished.front().stats.reusedTokens >= kPageTokens);
    QCOMPARE(warm.replies.at(1).text, fresh.replies.at(1).text);
}

void EngineTest::starterModelAnswersAndReusesItsTurns()
{
    Listener listener;
    loadGuide(listener);
    ReplyRequest first = requestOf(1, "What is the capital of Norway?", 60);
    first.sampling.temperature = 0.f;
    listener.engine.startReply(first);
    listener.run();
    QVERIFY2(contains(listener.replies.at(1).text, "Oslo"), listener.replies.at(1).text.c_str());
    QVERIFY(listener.replies.at(1).finished.front().reason == StopReason::EndOfText);

    ReplyRequest second = first;
    second.id = 2;
    second.messages.push_back({.role = "assistant", .text = listener.replies.at(1).text});
    second.messages.push_back({.role = "user", .text = "And of France?"});
    listener.engine.startReply(second);
    listener.run();

    // all of the first turn but the token that ended it, which was never computed
    const ReplyStats& before = listener.replies.at(1).finished.front().stats;
    QCOMPARE(listener.replies.at(2).finished.front().stats.reusedTokens,
             before.promptTokens + before.replyTokens);
}

/// EmptyState.qml has the questions: the first thing somebody sees of the program is right.
void EngineTest::starterModelAnswersWhatAnEmptyWindowSuggests()
{
    Listener listener;
    loadGuide(listener);
    const std::vector<std::pair<const char*, const char*>> expected = {
        {"What can you do?", "Inglenook"},
        {"How do I add a model?", "models folder"},
        {"What is 347 + 285?", "632"},
        {"Where are my conversations kept?", "database"},
    };
    for (const auto& [question, part] : expected) {
        ReplyRequest asked = requestOf(1, question, 100);
        asked.sampling.temperature = 0.f;
        listener.replies.clear();
        listener.engine.startReply(asked);
        listener.run();
        const std::string& answer = listener.replies.at(1).text;
        QVERIFY2(contains(answer, part), (std::string(question) + " " + answer).c_str());
    }
}

void EngineTest::stopEndsReplyOnce()
{
    Listener listener;
    load(listener, loadRequest());
    listener.engine.startReply(requestOf(1, "hello", 0));
    listener.runToText(1);

    listener.engine.stopReply(1);
    listener.engine.stopReply(1);
    listener.engine.stopReply(77);
    listener.run();

    const Heard& reply = listener.replies.at(1);
    QCOMPARE(reply.finished.size(), size_t{1});
    QVERIFY(reply.finished.front().reason == StopReason::Stopped);
    QVERIFY(!listener.replies.contains(77));
    QVERIFY(!listener.engine.busy());

    // a reply that was not begun yet
    listener.engine.startReply(requestOf(2, "hello"));
    listener.engine.stopReply(2);
    listener.run();
    QCOMPARE(listener.replies.at(2).finished.size(), size_t{1});
}

void EngineTest::stopTextEndsReplyBeforeIt()
{
    Listener listener;
    load(listener, loadRequest());
    listener.engine.startReply(requestOf(1, "hello"));
    listener.run();
    const std::string whole = listener.replies.at(1).text;
    QVERIFY(whole.size() > 8);

    ReplyRequest request = requestOf(1, "hello");
    request.stopTexts = {validUtf8(whole.substr(4, 3))};
    listener.replies.clear();
    listener.engine.startReply(request);
    listener.run();

    QVERIFY(listener.replies.at(1).finished.front().reason == StopReason::StopText);
    QCOMPARE(listener.replies.at(1).text, whole.substr(0, whole.find(request.stopTexts.front())));
}

void EngineTest::fullContextEndsReply()
{
    Listener listener;
    load(listener, loadRequest(80));
    QCOMPARE(listener.loaded.front().contextTokens, 80);
    ReplyRequest request = requestOf(1, "hello", 0);
    request.sampling.temperature = 5.f;
    request.sampling.topK = 0;
    request.sampling.topP = 1.f;
    request.sampling.minP = 0.f;
    // the first seed whose reply does not end by itself
    for (request.id = 1; request.id < 40; ++request.id) {
        request.sampling.seed = request.id;
        listener.engine.startReply(request);
        listener.run();
        if (listener.replies.at(request.id).finished.front().reason == StopReason::ContextFull)
            break;
    }
    const ReplyFinished& finished = listener.replies.at(request.id).finished.front();
    QVERIFY(finished.reason == StopReason::ContextFull);
    QCOMPARE(finished.stats.promptTokens + finished.stats.replyTokens, 80);
}

void EngineTest::longPromptIsRefusedWithItsLength()
{
    Listener listener;
    load(listener, loadRequest(64));
    std::string text;
    for (int i = 0; i < 200; ++i)
        text += "x ";
    listener.engine.startReply(requestOf(1, text));
    listener.run();
    const std::string& sentence = listener.replies.at(1).failed.at(0).sentence;
    QVERIFY2(contains(sentence, "context holds 64"), sentence.c_str());
}

void EngineTest::unfinishedAnswerIsContinued()
{
    Listener listener;
    load(listener, loadRequest());
    ReplyRequest request = requestOf(1, "hello and the world", 10);
    request.sampling.temperature = 0.f;
    listener.engine.startReply(request);
    listener.run();
    const ReplyStats& fresh = listener.replies.at(1).finished.front().stats;

    request.id = 2;
    request.messages.push_back({.role = "assistant", .text = "hello and the"});
    listener.engine.startReply(request);
    listener.run();

    // the prompt goes on where the answer stands: no token that ends it in between
    const ReplyStats& continued = listener.replies.at(2).finished.front().stats;
    QVERIFY(continued.promptTokens > fresh.promptTokens);
    QVERIFY(continued.reusedTokens >= fresh.promptTokens);
}

void EngineTest::hostileRequestsFailInWords_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("part");
    QTest::newRow("no message") << 0 << "no message";
    QTest::newRow("unknown role") << 1 << "expected system, user or assistant";
    QTest::newRow("temperature is not a number") << 2 << "temperature";
    QTest::newRow("negative top-k") << 3 << "top-k";
}

void EngineTest::hostileRequestsFailInWords()
{
    QFETCH(const int, kind);
    QFETCH(const QString, part);
    Listener listener;
    load(listener, loadRequest());
    ReplyRequest request = requestOf(1, "hello \xff\xfe \xf0\x9f");
    if (kind == 0)
        request.messages.clear();
    if (kind == 1)
        request.messages[0].role = "<|end|>\xff";
    if (kind == 2)
        request.sampling.temperature = std::numeric_limits<float>::quiet_NaN();
    if (kind == 3)
        request.sampling.topK = -1;
    listener.engine.startReply(request);
    listener.engine.startReply(requestOf(2, "invalid bytes are repaired: \xff\xfe \xf0\x9f", 4));
    listener.run();

    QCOMPARE(listener.replies.at(1).failed.size(), size_t{1});
    QVERIFY(listener.replies.at(1).finished.empty());
    const std::string& sentence = listener.replies.at(1).failed.front().sentence;
    QVERIFY2(QString::fromStdString(sentence).contains(part), sentence.c_str());
    QCOMPARE(listener.replies.at(2).finished.size(), size_t{1});
}

QTEST_APPLESS_MAIN(EngineTest)
#include "engine_test.moc"
