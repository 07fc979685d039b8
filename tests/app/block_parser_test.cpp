#include "app/block_parser.h"

#include <QtTest/QtTest>

#include <ctime>
#include <random>

using namespace inglenook;

namespace {

constexpr const char* kKinds[] = {"p", "h", "li", "code", "q", "t", "hr"};

/// A block in short, to compare with.
QString brief(const Block& block)
{
    QString text = block.kind == BlockKind::Table ? block.cells.join(u'|') : block.text;
    return QStringLiteral("%1%2 %3%4%5")
        .arg(kKinds[int(block.kind)])
        .arg(block.level)
        .arg(block.marker + block.language,
             block.marker.isEmpty() && block.language.isEmpty() ? "" : ":",
             text.replace(u'\n', u'/'));
}

QStringList brief(const std::vector<Block>& blocks)
{
    QStringList all;
    for (const Block& block : blocks)
        all.append(brief(block));
    return all;
}

std::vector<Block> atOnce(const QString& text)
{
    BlockParser parser;
    parser.append(text);
    parser.finish();
    return parser.blocks();
}

constexpr const char* kTour = R"(# Tea **for** two

First *steep* it.
Second line.
***
- green
  * leaf
    - small
- black
  more on black

  and a paragraph of it
1. one
2. two

   ```sh
   echo hi
   ```
10. ten

> wise
> words
>> deeper
plain after

| Tea | **Minutes** |
|:----|---|
| Green | 2 |
| `a\|b` |
done

~~~
open code
```
)";

QStringList randomPieces(std::mt19937& random)
{
    static const QStringList kUnits{
        "a",  "b c", " ",  "  ",  "\n", "\n\n", "#",           "# ",          "- ",
        "* ", "*",   "**", "_",   "`",  "```",  "```\n",       "~~~",         "1. ",
        "2",  ". ",  "> ", ">",   "|",  "|--|", "| a | b |\n", "|---|---|\n", "[x](",
        ")",  "[",   "]",  "---", "\t", "\r\n", "\\",          "===",         "    "};
    QStringList pieces;
    const int count = 1 + int(random() % 40);
    for (int i = 0; i < count; ++i)
        pieces.append(kUnits[qsizetype(random() % size_t(kUnits.size()))]);
    return pieces;
}

} // namespace

class BlockParserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textBecomesBlocks()
    {
        const QStringList expected{
            "h1 Tea for two",
            "p0 First steep it./Second line.",
            "hr0 ",
            "li1 •:green",
            "li2 •:leaf",
            "li3 •:small",
            "li1 •:black/more on black",
            "li1 and a paragraph of it",
            "li1 1.:one",
            "li1 2.:two",
            "code1 sh:echo hi",
            "li1 10.:ten",
            "q1 wise/words",
            "q2 deeper",
            "p0 plain after",
            "t0 Tea|Minutes|Green|2|a|b|",
            "p0 done",
            "code0 open code/```",
        };
        QCOMPARE(brief(atOnce(QString::fromUtf8(kTour))), expected);
    }

    void tableKnowsItsColumns()
    {
        const Block table = atOnce("|a|b|\n|-|-|\n|1|2|3|\n|4|").front();
        QCOMPARE(table.columns, 2);
        QCOMPARE(table.cells, (QStringList{"a", "b", "1", "2", "4", ""}));
    }

    void charByCharEndsAsAtOnce()
    {
        const QString text = QString::fromUtf8(kTour);
        BlockParser parser;
        for (const QChar c : text)
            parser.append(QStringView(&c, 1));
        parser.finish();
        QVERIFY(parser.blocks() == atOnce(text));
    }

    void anyPiecesEndAsAtOnce()
    {
        std::mt19937 random(5);
        for (int round = 0; round < 3000; ++round) {
            const QStringList pieces = randomPieces(random);
            BlockParser parser;
            for (const QString& piece : pieces)
                parser.append(piece);
            parser.finish();
            const QString text = pieces.join(QString());
            if (parser.blocks() != atOnce(text))
                QFAIL(qPrintable(text + "\n-- became --\n" + brief(parser.blocks()).join('\n') +
                                 "\n-- not --\n" + brief(atOnce(text)).join('\n')));
        }
    }

    void settledBlocksNeverChange()
    {
        std::mt19937 random(6);
        for (int round = 0; round < 1000; ++round) {
            BlockParser parser;
            std::vector<Block> settled;
            for (const QString& piece : randomPieces(random)) {
                parser.append(piece);
                const auto count = size_t(parser.settledCount());
                QVERIFY(count >= settled.size() && count <= parser.blocks().size());
                QVERIFY(std::equal(settled.begin(), settled.end(), parser.blocks().begin()));
                settled.assign(parser.blocks().begin(), parser.blocks().begin() + int(count));
            }
        }
    }

    void halfWrittenMarksAreNotSeen()
    {
        const QString text = "## Tea\n**Green** tea\n\n- *one*\n\n```py\nx\n```\n\n| a | b "
                             "|\n|---|---|\n| 1 | 2 |\n";
        BlockParser parser;
        for (const QChar c : text) {
            parser.append(QStringView(&c, 1));
            for (const Block& block : parser.blocks()) {
                const QString seen = block.text + block.cells.join(u' ') + block.language;
                for (const char* mark : {"#", "*", "`", "--"})
                    QVERIFY2(!seen.contains(mark), qPrintable(brief(parser.blocks()).join('\n')));
                QVERIFY(block.language.isEmpty() || block.language == "py");
            }
        }
    }

    void kindOfTheGrowingBlockStays()
    {
        // What is drawn as one kind does not turn into another while it is written.
        const QString text = "1. one\n2. two\n\n| a | b |\n|---|---|\n| 1 | 2 "
                             "|\n\n```\nx\n```\n\n> q\n\n---\n\n# h\n";
        BlockParser parser;
        std::vector<Block> before;
        for (const QChar c : text) {
            parser.append(QStringView(&c, 1));
            const size_t common = std::min(before.size(), parser.blocks().size());
            for (size_t i = 0; i < common; ++i)
                QCOMPARE(int(parser.blocks()[i].kind), int(before[i].kind));
            QVERIFY(parser.blocks().size() >= before.size());
            before = parser.blocks();
        }
    }

    void onlyTheLastBlockIsOpen()
    {
        BlockParser parser;
        parser.append(u"one\n\ntwo");
        QCOMPARE(parser.blocks().size(), size_t(2));
        QVERIFY(parser.blocks()[0].closed);
        QVERIFY(!parser.blocks()[1].closed);
        parser.finish();
        QVERIFY(parser.blocks()[1].closed);
    }

    void hostileNestingIsBounded_data()
    {
        QTest::addColumn<QString>("text");
        QString stairs;
        for (int i = 0; i < 600; ++i)
            stairs += QString(2 * i, u' ') + "- a\n";
        QTest::newRow("quotes") << QString(200'000, u'>') + " a";
        QTest::newRow("stairs of lists") << stairs;
        QTest::newRow("fences") << QString("```\n").repeated(30'000);
        QTest::newRow("bars") << QString("|").repeated(100'000) + "\n" +
                QString("|-").repeated(50'000);
        QTest::newRow("emphasis") << QString("*a **b ").repeated(30'000);
    }

    void hostileNestingIsBounded()
    {
        QFETCH(QString, text);
        const std::clock_t begin = std::clock(); // of this program, however busy the machine is
        for (const Block& block : atOnce(text)) {
            QVERIFY(block.kind == BlockKind::Heading || block.level <= 8);
            QVERIFY(block.columns <= 64);
        }
        QVERIFY(std::clock() - begin < 15 * CLOCKS_PER_SEC);
    }

    void longAnswerCostsNoMoreThanItsLastBlock()
    {
        // 4 MB in 40,000 pieces; reading it all anew with each piece would be 80 GB.
        const QString paragraph = QString("word ").repeated(20) + "\n\n";
        BlockParser parser;
        const std::clock_t begin = std::clock(); // of this program, however busy the machine is
        for (int i = 0; i < 40'000; ++i)
            parser.append(paragraph);
        QCOMPARE(parser.blocks().size(), size_t(40'000));
        QVERIFY(std::clock() - begin < 30 * CLOCKS_PER_SEC);
    }
};

QTEST_APPLESS_MAIN(BlockParserTest)
#include "block_parser_test.moc"
