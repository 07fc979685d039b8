#include "app/inline_text.h"

#include <QtTest/QtTest>

#include <ctime>

using namespace inglenook;

class InlineTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void marksGoAndWordsStay_data()
    {
        QTest::addColumn<QString>("markdown");
        QTest::addColumn<QString>("text");
        const auto row = [](const char* markdown, const char* text) {
            QTest::newRow(markdown) << QString::fromUtf8(markdown) << QString::fromUtf8(text);
        };
        row("plain", "plain");
        row("**bold** and *soft* and ***both***", "bold and soft and both");
        row("__bold__ _soft_ snake_case_name", "bold soft snake_case_name");
        row("~~gone~~ but ~5", "gone but ~5");
        row("2 * 3 * 4", "2 * 3 * 4");
        row("2*3 = 6", "2*3 = 6");
        row("a **b", "a **b");
        row("`a *b* _c_`", "a *b* _c_");
        row("`` a`b ``", "a`b");
        row("``open `code`", "``open code");
        row("[Tea](https://example.org/a_b_c)", "Tea (https://example.org/a_b_c)");
        row("[https://a.org](https://a.org)", "https://a.org");
        row("![A cup](cup.png)", "A cup (cup.png)");
        row("[**bold** link](x) after", "bold link (x) after");
        row("see [1] and a[2]", "see [1] and a[2]");
        row("](x) ](y)", "](x) ](y)");
        row("<https://a.org> <b>", "https://a.org <b>");
        row("one<br>two", "one\ntwo");
        row("1 &lt; 2 &amp; 3 & 4", "1 < 2 & 3 & 4");
        row("\\*not\\* \\[this\\](x) C:\\dir", "*not* [this](x) C:\\dir");
        row("Gr\xc3\xbc\xc3\x9f"
            "e **\xe4\xb8\x96\xe7\x95\x8c**",
            "Gr\xc3\xbc\xc3\x9f"
            "e \xe4\xb8\x96\xe7\x95\x8c");
    }

    void marksGoAndWordsStay()
    {
        QFETCH(QString, markdown);
        QFETCH(QString, text);
        QCOMPARE(inlineText(markdown, TextEnd::Closed), text);
    }

    void openMarksAreHiddenWhileTheTextGrows_data()
    {
        QTest::addColumn<QString>("markdown");
        QTest::addColumn<QString>("text");
        QTest::newRow("bold") << "a **b"
                              << "a b";
        QTest::newRow("half a mark") << "a *"
                                     << "a ";
        QTest::newRow("code") << "use `ls -*"
                              << "use ls -*";
        QTest::newRow("product") << "so 2*3"
                                 << "so 2*3";
        QTest::newRow("closing") << "a **b*"
                                 << "a b";
    }

    void openMarksAreHiddenWhileTheTextGrows()
    {
        QFETCH(QString, markdown);
        QFETCH(QString, text);
        QCOMPARE(inlineText(markdown, TextEnd::Growing), text);
    }

    void disguiseIsTakenOff()
    {
        const QString tagged = QString::fromUcs4(U"a\U000E0041\U000E007Fb\u202Ec");
        QCOMPARE(withoutDisguise(tagged), "abc");
        const QString arabic = QString::fromUtf8("\xd8\xb4\xd8\xa7\xd9\x8a \xf0\x9f\x8f\xb4");
        QCOMPARE(withoutDisguise(arabic), arabic);
    }

    void hostileTextTakesLinearTime_data()
    {
        QTest::addColumn<QString>("unit");
        for (const char* unit : {"*", "_a", "[", "](", "`", "`a``", "![x](", "<https://", "**a*",
                                 "\\", "&amp", "[a](b"})
            QTest::newRow(unit) << unit;
    }

    void hostileTextTakesLinearTime()
    {
        QFETCH(QString, unit);
        const QString text = unit.repeated(300'000 / unit.size());

        const std::clock_t begin = std::clock(); // of this program, however busy the machine is
        (void)inlineText(text, TextEnd::Growing);
        (void)inlineText(text, TextEnd::Closed);

        // Quadratic work would take minutes; a busy machine with sanitizers stays far below this.
        QVERIFY(std::clock() - begin < 15 * CLOCKS_PER_SEC);
    }
};

QTEST_APPLESS_MAIN(InlineTextTest)
#include "inline_text_test.moc"
