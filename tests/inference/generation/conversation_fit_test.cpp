#include "inference/generation/conversation_fit.h"

#include "tests/models/tiny_model.h"
#include "tests/models/tiny_vocabulary.h"

#include <QTest>
#include <memory>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

using Messages = std::vector<ChatMessage>;

/// A system prompt, so many turns of a question and an answer, and a question.
Messages conversation(int turns)
{
    Messages messages{{.role = "system", .text = "the system"}};
    for (int i = 0; i < turns; ++i) {
        messages.push_back({.role = "user", .text = "question " + std::to_string(i)});
        messages.push_back({.role = "assistant", .text = "answer " + std::to_string(i)});
    }
    messages.push_back({.role = "user", .text = "the last"});
    return messages;
}

} // namespace

class ConversationFitTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();

    void stopLeavesNothingOut();
    void whatFitsIsWhole();
    void rollKeepsTheSystemPromptAndTheLatestTurns();
    void middleKeepsTheFirstTurnToo();
    void middleLetsAnOverlongFirstTurnGo();
    void cutDependsOnTheMessagesAlone();
    void cutStaysFromTurnToTurn();
    void thoughtsThatTheTemplateLeavesOutCutNothing();
    void lastTurnIsNeverCut();

private:
    int length(const Messages& messages) const
    {
        return static_cast<int>(m_prompts->build(messages).tokens.size());
    }
    /// Whether the prompt is that of the messages but [first, first + leftOut).
    bool leavesOut(const FittedPrompt& fitted, Messages messages, int first) const
    {
        messages.erase(messages.begin() + first, messages.begin() + first + fitted.leftOut);
        return fitted.prompt.tokens == m_prompts->build(messages).tokens;
    }

    std::unique_ptr<ModelFile> m_file = tinyModel("llama");
    std::unique_ptr<Tokenizer> m_tokenizer = createTokenizer(m_file->metadata());
    ChatTemplate m_template{m_file->metadata().requireText("tokenizer.chat_template")};
    std::unique_ptr<PromptBuilder> m_prompts;
    std::unique_ptr<ConversationFit> m_fit;
};

void ConversationFitTest::init()
{
    m_prompts = std::make_unique<PromptBuilder>(*m_tokenizer, &m_template);
    m_fit = std::make_unique<ConversationFit>(*m_prompts, *m_tokenizer);
}

void ConversationFitTest::stopLeavesNothingOut()
{
    const Messages messages = conversation(20);

    const FittedPrompt fitted = m_fit->fit(messages, ContextPolicy::Stop, 50);

    QCOMPARE(fitted.leftOut, 0);
    QVERIFY(leavesOut(fitted, messages, 0));
}

void ConversationFitTest::whatFitsIsWhole()
{
    const Messages messages = conversation(20);
    const int all = length(messages);

    QCOMPARE(m_fit->fit(messages, ContextPolicy::Roll, all).leftOut, 0);
    QVERIFY(m_fit->fit(messages, ContextPolicy::Roll, all - 1).leftOut > 0);
}

void ConversationFitTest::rollKeepsTheSystemPromptAndTheLatestTurns()
{
    const Messages messages = conversation(20);
    const int most = length(messages) / 2;

    const FittedPrompt fitted = m_fit->fit(messages, ContextPolicy::Roll, most);

    QVERIFY(static_cast<int>(fitted.prompt.tokens.size()) <= most);
    QVERIFY(static_cast<int>(fitted.prompt.tokens.size()) > most / 2);
    QVERIFY(fitted.leftOut > 0 && fitted.leftOut % 2 == 0);
    QVERIFY(leavesOut(fitted, messages, 1));
}

void ConversationFitTest::middleKeepsTheFirstTurnToo()
{
    const Messages messages = conversation(20);
    const int most = length(messages) / 2;

    const FittedPrompt fitted = m_fit->fit(messages, ContextPolicy::Middle, most);

    QVERIFY(static_cast<int>(fitted.prompt.tokens.size()) <= most);
    QVERIFY(fitted.leftOut > 0 && fitted.leftOut % 2 == 0);
    QVERIFY(leavesOut(fitted, messages, 3));
}

void ConversationFitTest::middleLetsAnOverlongFirstTurnGo()
{
    Messages messages = conversation(4);
    const int most = length(messages);
    for (int i = 0; i < most; ++i)
        messages[1].text += " long";

    const FittedPrompt fitted = m_fit->fit(messages, ContextPolicy::Middle, most);

    QVERIFY(static_cast<int>(fitted.prompt.tokens.size()) <= most);
    QVERIFY(fitted.leftOut >= 2);
    QVERIFY(leavesOut(fitted, messages, 1));
}

void ConversationFitTest::cutDependsOnTheMessagesAlone()
{
    const Messages messages = conversation(30);
    const int most = length(messages) / 3;
    const FittedPrompt first = m_fit->fit(messages, ContextPolicy::Roll, most);
    for (int turns = 40; turns > 0; --turns)
        static_cast<void>(m_fit->fit(conversation(turns), ContextPolicy::Middle, most));

    const FittedPrompt again = m_fit->fit(messages, ContextPolicy::Roll, most);

    QCOMPARE(again.leftOut, first.leftOut);
    QVERIFY(again.prompt.tokens == first.prompt.tokens);
    QVERIFY(ConversationFit(*m_prompts, *m_tokenizer)
                .fit(messages, ContextPolicy::Roll, most)
                .prompt.tokens == first.prompt.tokens);
}

void ConversationFitTest::cutStaysFromTurnToTurn()
{
    const int most = length(conversation(20));
    int moved = 0;
    int leftOut = 0;
    for (int turns = 20; turns < 80; ++turns) {
        const int now = m_fit->fit(conversation(turns), ContextPolicy::Roll, most).leftOut;
        QVERIFY(now >= leftOut);
        moved += now != leftOut ? 1 : 0;
        leftOut = now;
    }

    // 60 turns beyond a room of 20 turns: a cut about every five turns
    QVERIFY2(moved >= 8 && moved <= 16, std::to_string(moved).c_str());
}

void ConversationFitTest::thoughtsThatTheTemplateLeavesOutCutNothing()
{
    const ChatTemplate form(
        "{% for message in messages %}{{ '<|user|>' + message.content.split('</think>')[-1] + "
        "'<|end|>' }}{% endfor %}{{ '<|assistant|>' }}");
    const PromptBuilder prompts(*m_tokenizer, &form);
    ConversationFit fit(prompts, *m_tokenizer);
    Messages messages = conversation(20);
    for (ChatMessage& message : messages)
        if (message.role == "assistant")
            message.text = "<think>and so on and on and on and on</think>" + message.text;
    const auto all = static_cast<int>(prompts.build(messages).tokens.size());

    QCOMPARE(fit.fit(messages, ContextPolicy::Roll, all).leftOut, 0);
}

void ConversationFitTest::lastTurnIsNeverCut()
{
    const Messages messages = conversation(5);

    for (const ContextPolicy policy : {ContextPolicy::Roll, ContextPolicy::Middle}) {
        const FittedPrompt fitted = m_fit->fit(messages, policy, 3);
        QCOMPARE(fitted.leftOut, 10);
        QVERIFY(leavesOut(fitted, messages, 1));
    }
    const Messages system{{.role = "system", .text = "alone"}};
    QCOMPARE(m_fit->fit(system, ContextPolicy::Roll, 1).leftOut, 0);
}

QTEST_GUILESS_MAIN(ConversationFitTest)
#include "conversation_fit_test.moc"
