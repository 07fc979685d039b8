#include "storage/search_text.h"

#include <QtTest/QtTest>

using namespace inglenook;

class SearchTextTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wordsAreWhatStandsBetweenSpaces()
    {
        const std::vector<std::string> expected{"two",
                                                "gr\xc3\xbc\xc3\x9f"
                                                "e"};
        QVERIFY(searchWords("  two\t gr\xc3\xbc\xc3\x9f"
                            "e\n") == expected);
        QVERIFY(searchWords(" \n ").empty());
    }

    void queryHasNoSyntaxOfTheUser()
    {
        QCOMPARE(indexQuery({"a\"b", "NOT", "c*"}), std::string("\"a\"\"b\" \"NOT\" \"c*\"*"));
    }

    void patternHasNoWildcardsOfTheUser()
    {
        QCOMPARE(likePattern("50%_\\"), std::string("%50\\%\\_\\\\%"));
    }

    void scriptsWithoutSpacesAreKnown()
    {
        QVERIFY(isUnspaced("\xe6\x9d\xb1\xe4\xba\xac")); // Chinese
        QVERIFY(isUnspaced("a\xe0\xb8\x81")); // Thai
        QVERIFY(!isUnspaced("na\xc3\xafve \xd0\xb4\xd0\xb0"));
    }

    void snippetIsWholeCharactersAroundTheMatch()
    {
        std::string text;
        for (int i = 0; i < 100; ++i)
            text += "\xe6\x9d\xb1";
        text += "NEEDLE\n";
        for (int i = 0; i < 100; ++i)
            text += "\xe4\xba\xac";

        const std::string snippet = snippetAround(text, "NEEDLE");

        const QString decoded = QString::fromStdString(snippet);
        QVERIFY(decoded.contains("NEEDLE"));
        QVERIFY(!decoded.contains(QChar::ReplacementCharacter));
        QVERIFY(!decoded.contains('\n'));
        QVERIFY(decoded.size() < 80);
        QVERIFY(decoded.startsWith(QChar(0x2026)) && decoded.endsWith(QChar(0x2026)));
    }
};

QTEST_APPLESS_MAIN(SearchTextTest)
#include "search_text_test.moc"
