#include "app/reply_texts.h"

#include <QLocale>
#include <QtTest/QtTest>

using namespace inglenook;

class ReplyTextsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }

    void statusSaysWhatIsKnown()
    {
        QCOMPARE(statusText({}), "");
        ReplyFigures figures;
        figures.replyTokens = 20;
        figures.firstTokenMs = 43.2;
        QCOMPARE(statusText(figures), "first token 43 ms");
        figures.tokensPerSecond = 18.24;
        figures.reusedTokens = 120;
        figures.device = "cpu";
        QCOMPARE(statusText(figures), "18.2 tokens/s · first token 43 ms · 120 reused · cpu");
        figures.tokensPerSecond = 3087.1; // a tenth means nothing here
        QCOMPARE(statusText(figures), "3087 tokens/s · first token 43 ms · 120 reused · cpu");
    }

    void guessesAreSaidWhereThereWereAny()
    {
        ReplyStats stats;
        stats.replyTokens = 50;
        stats.device = "cpu";
        QCOMPARE(statusText(toFigures(stats)), "first token 0 ms · cpu");
        stats.speculation.proposed = 52;
        QCOMPARE(statusText(toFigures(stats)), "first token 0 ms · guessed 0 of 52 · cpu");
        stats.speculation.accepted = 40;
        QCOMPARE(statusText(toFigures(stats)), "first token 0 ms · guessed 40 of 52 · cpu");
    }

    void speedLeavesOutTheFirstToken()
    {
        ReplyStats stats;
        stats.replyTokens = 11;
        stats.replySeconds = 0.5;
        stats.promptSeconds = 0.25;
        QCOMPARE(toFigures(stats).tokensPerSecond, 20.);
        QCOMPARE(toFigures(stats).firstTokenMs, 250.);
        stats.replyTokens = 1;
        QCOMPARE(toFigures(stats).tokensPerSecond, 0.);
    }

    void ordinaryEndIsNotWorthAWord()
    {
        QCOMPARE(describeEnd(StopReason::EndOfText), "");
        QCOMPARE(describeEnd(StopReason::Stopped), "Stopped");
        QVERIFY(!describeEnd(StopReason::ContextFull).isEmpty());
        QVERIFY(!describeEnd(StopReason::MaxTokens).isEmpty());
    }

    void whatWasLeftOutIsCounted()
    {
        QCOMPARE(describeLeftOut(0), "");
        QVERIFY(describeLeftOut(1).startsWith("1 earlier message "));
        QVERIFY(describeLeftOut(6).startsWith("6 earlier messages "));
    }

    void titleIsTheBeginning_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("title");
        QTest::newRow("short") << "  Which\n tea? "
                               << "Which tea?";
        QTest::newRow("long") << "Could you please tell me which tea is best in the afternoon?"
                              << "Could you please tell me which tea is…";
        QTest::newRow("one word") << QString(100, u'x') << QString(40, u'x') + "…";
        QTest::newRow("no half characters")
            << QString(39, u'x') + QString::fromUtf8("\xf0\x9f\x8d\xb5\xf0\x9f\x8d\xb5")
            << QString(39, u'x') + "…";
    }

    void titleIsTheBeginning()
    {
        QFETCH(QString, text);
        QFETCH(QString, title);
        QCOMPARE(titleFrom(text), title);
    }
};

QTEST_APPLESS_MAIN(ReplyTextsTest)
#include "reply_texts_test.moc"
