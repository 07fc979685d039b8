#include "inference/session.h"

#include "inference/text/utf8_stream.h"
#include "tests/inference/tiny_model_test.h"

#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;

class SessionTest : public TinyModelTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { writeTinyModel(); }
    void sessionContinuesAsTheEngineDoes();
    void sessionLogitsDoNotDependOnSlices();
    void endTokensAreTokensLikeAnyOtherIfWished();
    void listenerMayEndIt();
    void forgottenCacheIsReadAgain();
};

void SessionTest::sessionContinuesAsTheEngineDoes()
{
    Listener listener;
    load(listener, loadRequest());
    const ReplyRequest request = requestOf(1, "hello");
    listener.engine.startReply(request);
    listener.run();

    Session session(loadRequest());
    const Session::Continuation continued =
        session.generate(session.promptOf(request.messages), request.sampling, request.maxTokens);

    QCOMPARE(static_cast<int>(continued.tokens.size()),
             listener.replies.at(1).finished.front().stats.replyTokens);
    QCOMPARE(validUtf8(session.tokenizer().decode(continued.tokens)), listener.replies.at(1).text);
}

void SessionTest::sessionLogitsDoNotDependOnSlices()
{
    Session session(loadRequest());
    const std::vector<int32_t> tokens = tinyPrompt(70);
    std::vector<std::vector<float>> rows;
    session.logits(tokens, [&](int position, std::span<const float> logits) {
        QCOMPARE(position, static_cast<int>(rows.size()));
        rows.emplace_back(logits.begin(), logits.end());
    });
    QCOMPARE(rows.size(), tokens.size());

    std::vector<float> last;
    session.logits(std::span(tokens).first(35), [&](int, std::span<const float> logits) {
        last.assign(logits.begin(), logits.end());
    });
    QVERIFY(last == rows[34]);
    const std::vector<Token> unknown{302};
    QVERIFY_EXCEPTION_THROWN(session.logits(unknown, [](int, std::span<const float>) {}),
                             std::runtime_error);
}

void SessionTest::endTokensAreTokensLikeAnyOtherIfWished()
{
    Session session(loadRequest());
    const std::vector<Token> prompt = tinyPrompt(10);
    SamplingSettings sampling;
    sampling.temperature = 20.f; // every token is about as likely
    sampling.topK = 0;
    sampling.topP = 1.f;
    sampling.minP = 0.f;
    for (sampling.seed = 0; sampling.seed < 200; ++sampling.seed) {
        const Session::Continuation ending = session.generate(prompt, sampling, 40);
        if (ending.reason != StopReason::EndOfText)
            continue;
        const Session::Continuation on = session.generateOn(prompt, sampling, 40);
        QCOMPARE(on.tokens.size(), size_t{40});
        QVERIFY(session.tokenizer().endsReply(on.tokens[ending.tokens.size()]));
        QVERIFY(std::equal(ending.tokens.begin(), ending.tokens.end(), on.tokens.begin()));
        return;
    }
    QFAIL("no seed ended a reply");
}

void SessionTest::listenerMayEndIt()
{
    Session session(loadRequest());
    int heard = 0;
    const Session::Continuation stopped =
        session.generateOn(tinyPrompt(10), {}, 40, [&](Token) { return ++heard < 3; });
    QCOMPARE(stopped.tokens.size(), size_t{3});
    QVERIFY(stopped.reason == StopReason::Stopped);
}

void SessionTest::forgottenCacheIsReadAgain()
{
    Session session(loadRequest());
    const std::vector<Token> prompt = tinyPrompt(150);
    const std::vector<Token> first = session.generateOn(prompt, {}, 5).tokens;
    session.forgetCache();
    QVERIFY(session.generateOn(prompt, {}, 5).tokens == first);
    // and from the cache
    QVERIFY(session.generateOn(prompt, {}, 5).tokens == first);
}

QTEST_APPLESS_MAIN(SessionTest)
#include "session_test.moc"
