#include "app/block_lines.h"

#include <QtTest/QtTest>

using namespace inglenook;

class BlockLinesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void indentCountsColumns()
    {
        QCOMPARE(indentOf(u"  a"), 2);
        QCOMPARE(indentOf(u"\ta"), 4);
        QCOMPARE(indentOf(u" \ta"), 4);
        QCOMPARE(indentOf(u"a"), 0);
    }

    void fencesNeedThreeMarks()
    {
        QVERIFY(!readFence(u"``c"));
        QVERIFY(!readFence(u"``` a `b` "));
        const FenceLine fence = readFence(u"  ````cpp title").value();
        QCOMPARE(fence.length, 4);
        QCOMPARE(fence.info, "cpp title");
        QVERIFY(!closesFence(u"```", fence));
        QVERIFY(!closesFence(u"~~~~", fence));
        QVERIFY(!closesFence(u"````x", fence));
        QVERIFY(closesFence(u" ````` ", fence));
    }

    void headingsNeedASpace()
    {
        QVERIFY(!readHeading(u"#tag"));
        QVERIFY(!readHeading(u"####### seven"));
        QCOMPARE(readHeading(u"### Tea ###")->text, u"Tea");
        QCOMPARE(readHeading(u"### Tea ###")->level, 3);
        QCOMPARE(readHeading(u"# C#")->text, u"C#");
    }

    void rulesAreThreeMarksAlone()
    {
        QVERIFY(isRule(u"---"));
        QVERIFY(isRule(u" * * * "));
        QVERIFY(!isRule(u"--"));
        QVERIFY(!isRule(u"-*-"));
        QVERIFY(!isRule(u"--- a"));
    }

    void listItemsHaveMarkerAndText_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("marker");
        QTest::addColumn<QString>("text");
        QTest::newRow("dash") << "- tea"
                              << "•"
                              << "tea";
        QTest::newRow("star") << "  *  tea "
                              << "•"
                              << "tea";
        QTest::newRow("number") << "12) tea"
                                << "12."
                                << "tea";
        QTest::newRow("open task") << "- [ ] tea"
                                   << "☐"
                                   << "tea";
        QTest::newRow("done task") << "- [x] tea"
                                   << "☑"
                                   << "tea";
        QTest::newRow("no space") << "-tea"
                                  << ""
                                  << "";
        QTest::newRow("a fraction") << "1.5 cups"
                                    << ""
                                    << "";
        QTest::newRow("a number alone") << "42"
                                        << ""
                                        << "";
        QTest::newRow("emphasis") << "*tea*"
                                  << ""
                                  << "";
    }

    void listItemsHaveMarkerAndText()
    {
        QFETCH(QString, line);
        QFETCH(QString, marker);
        QFETCH(QString, text);

        const std::optional<ListLine> item = readListItem(line);

        QCOMPARE(item.has_value(), !marker.isEmpty());
        QCOMPARE(item ? item->marker : QString(), marker);
        QCOMPARE(item ? item->text.toString() : QString(), text);
    }

    void quotesCountTheirDepth()
    {
        QCOMPARE(readQuote(u"> > a")->level, 2);
        QCOMPARE(readQuote(u">> a")->text, u"a");
        QCOMPARE(readQuote(QString(10'000, u'>'))->level, 8);
        QVERIFY(!readQuote(u"a > b"));
    }

    void cellsAreCutAtBars()
    {
        QCOMPARE(readCells(u"| a | b\\|c |  |"), (QStringList{"a", "b|c", ""}));
        QCOMPARE(readCells(u"a|b"), (QStringList{"a", "b"}));
        QCOMPARE(readCells(u"no bar"), QStringList());
        QCOMPARE(readCells(QString(5000, u'|')).size(), 64);
        QVERIFY(isDelimiterRow(u"|:--|---:|", 2));
        QVERIFY(!isDelimiterRow(u"|--|--|", 3));
        QVERIFY(!isDelimiterRow(u"|--|ab|", 2));
    }

    void undecidedLinesAreHeldBack_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<bool>("undecided");
        for (const char* line : {"", " ", "#", "###", "-", "- ", "**", "--", "1", "12.", "3)", ">",
                                 "`", "``", "```py"})
            QTest::newRow(line) << line << true;
        for (const char* line :
             {"#a", "a", "-a", "**a", "12 eggs", "1.5", "> a", "`a", "- a", "####### "})
            QTest::newRow(line) << line << false;
    }

    void undecidedLinesAreHeldBack()
    {
        QFETCH(QString, line);
        QFETCH(bool, undecided);
        QCOMPARE(isUndecided(line), undecided);
    }
};

QTEST_APPLESS_MAIN(BlockLinesTest)
#include "block_lines_test.moc"
