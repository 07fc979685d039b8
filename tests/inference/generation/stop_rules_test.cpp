#include "inference/generation/stop_rules.h"

#include "tests/models/tiny_model.h"
#include "tests/models/tiny_vocabulary.h"

#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;

class StopRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void textsAreHeldBackWhileAStopTextMayBegin();
    void stopTextSplitOverDeltasIsFound();
    void earliestStopTextWins();
    void everyWayOfCuttingGivesTheSameText();
    void endTokenEndsWithoutText();
    void halfCharactersAreHeldBack();
    void spaceInFrontOfAReplyIsDroppedOnce();
    void continuedTextKeepsItsSpace();
    void tokenLimitEndsAndShowsWhatWasHeld();
    void fullContextEnds();

private:
    [[nodiscard]] Token tokenOf(const std::string& piece) const;

    std::unique_ptr<Tokenizer> m_tokenizer;
};

void StopRulesTest::init()
{
    m_tokenizer = createTokenizer(tinyModel("llama")->metadata());
}

Token StopRulesTest::tokenOf(const std::string& piece) const
{
    for (Token t = 0; t < m_tokenizer->size(); ++t) {
        if (m_tokenizer->piece(t) == piece)
            return t;
    }
    return -1;
}

void StopRulesTest::textsAreHeldBackWhileAStopTextMayBegin()
{
    StopTexts texts({"###"});
    QCOMPARE(texts.push("a#").text, std::string("a"));
    QCOMPARE(texts.push("#").text, std::string());
    QCOMPARE(texts.push("b").text, std::string("##b"));
    QCOMPARE(texts.push("#").text, std::string());
    QCOMPARE(texts.finish(), std::string("#"));
    QCOMPARE(texts.finish(), std::string());
}

void StopRulesTest::stopTextSplitOverDeltasIsFound()
{
    StopTexts texts({"\nUser:", ""});
    QCOMPARE(texts.push("Yes.\nUs").text, std::string("Yes."));
    const StopTexts::Shown shown = texts.push("er: next");
    QCOMPARE(shown.text, std::string());
    QVERIFY(shown.stopped);
}

void StopRulesTest::earliestStopTextWins()
{
    StopTexts texts({"world", "lo"});
    const StopTexts::Shown shown = texts.push("hello world");
    QCOMPARE(shown.text, std::string("hel"));
    QVERIFY(shown.stopped);
}

void StopRulesTest::everyWayOfCuttingGivesTheSameText()
{
    const std::string whole = "aab aaab aabaaab end";
    for (size_t cut = 1; cut < whole.size(); ++cut) {
        StopTexts texts({"aaab e"});
        StopTexts::Shown shown = texts.push(whole.substr(0, cut));
        if (!shown.stopped) {
            const StopTexts::Shown rest = texts.push(whole.substr(cut));
            shown = {.text = shown.text + rest.text, .stopped = rest.stopped};
        }
        QVERIFY(shown.stopped);
        QCOMPARE(shown.text, std::string("aab aaab aab"));
    }
}

void StopRulesTest::endTokenEndsWithoutText()
{
    StopRules rules(*m_tokenizer, {});
    QVERIFY(!rules.accept(tokenOf("and"), false).ended);
    const StopRules::Verdict verdict = rules.accept(kTinyEnd, false);
    QVERIFY(verdict.ended == StopReason::EndOfText);
    QCOMPARE(verdict.text, std::string());
    QCOMPARE(rules.replyTokens(), 1);
}

void StopRulesTest::halfCharactersAreHeldBack()
{
    StopRules rules(*m_tokenizer, {});
    // U+00E9 is C3 A9
    QCOMPARE(rules.accept(kFirstByteToken + 0xc3, false).text, std::string());
    QCOMPARE(rules.accept(kFirstByteToken + 0xa9, false).text, std::string("\u00e9"));
    QCOMPARE(rules.accept(kFirstByteToken + 0xc3, false).text, std::string());
    QCOMPARE(rules.finish(), std::string("\ufffd"));
}

void StopRulesTest::spaceInFrontOfAReplyIsDroppedOnce()
{
    StopRules rules(*m_tokenizer, {});
    QCOMPARE(rules.accept(tokenOf("\u2581hello"), false).text, std::string("hello"));
    QCOMPARE(rules.accept(tokenOf("\u2581hello"), false).text, std::string(" hello"));
}

void StopRulesTest::continuedTextKeepsItsSpace()
{
    StopRules rules(*m_tokenizer, {.continuesText = true});
    QCOMPARE(rules.accept(tokenOf("\u2581hello"), false).text, std::string(" hello"));
}

void StopRulesTest::tokenLimitEndsAndShowsWhatWasHeld()
{
    StopRules rules(*m_tokenizer, {.maxTokens = 2, .stopTexts = {"andx"}});
    QCOMPARE(rules.accept(tokenOf("and"), false).text, std::string());
    const StopRules::Verdict verdict = rules.accept(tokenOf("and"), false);
    QCOMPARE(verdict.text, std::string("andand"));
    QVERIFY(verdict.ended == StopReason::MaxTokens);
    QCOMPARE(rules.finish(), std::string());
}

void StopRulesTest::fullContextEnds()
{
    StopRules rules(*m_tokenizer, {});
    const StopRules::Verdict verdict = rules.accept(tokenOf("and"), true);
    QCOMPARE(verdict.text, std::string("and"));
    QVERIFY(verdict.ended == StopReason::ContextFull);
}

QTEST_APPLESS_MAIN(StopRulesTest)
#include "stop_rules_test.moc"
