#include "inference/generation/acceptance.h"

#include <QTest>

using namespace inglenook;

namespace {

Draft guessOf(std::vector<int32_t> tokens, int grade = 1)
{
    return {.tokens = std::move(tokens), .grade = grade};
}

} // namespace

class AcceptanceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void guessesAreCheckedAsTheTextGrows();
    void nothingIsLearnedBehindTheFirstError();
    void newSequencesBeginWithWhatOthersShowed();
    void hopeNeverLowersWhatWasShown();
};

void AcceptanceTest::guessesAreCheckedAsTheTextGrows()
{
    Acceptance shared(0.5, 0.5);
    GuessRecord record(shared);
    const double before = record.acceptance().chance(1, 0);
    record.guessed(2, guessOf({7, 8, 9}));

    record.compare(std::vector<int32_t>{1, 2});
    QCOMPARE(record.acceptance().chance(1, 0), before);
    record.compare(std::vector<int32_t>{1, 2, 7});
    QVERIFY(record.acceptance().chance(1, 0) > before);
    QCOMPARE(record.acceptance().chance(1, 1), before);
    QVERIFY(record.open());
    record.compare(std::vector<int32_t>{1, 2, 7, 8, 9, 4});
    QVERIFY(record.acceptance().chance(1, 1) > before);
    QVERIFY(!record.open());
    // guesses of another grade say nothing
    QCOMPARE(record.acceptance().chance(2, 0), before);
}

void AcceptanceTest::nothingIsLearnedBehindTheFirstError()
{
    Acceptance shared(0.5, 0.5);
    GuessRecord record(shared);
    const double before = record.acceptance().chance(1, 0);
    record.guessed(1, guessOf({7, 8, 9}));

    record.compare(std::vector<int32_t>{1, 7, 5, 9});

    QVERIFY(record.acceptance().chance(1, 1) < before);
    QCOMPARE(record.acceptance().chance(1, 2), before);
    QVERIFY(!record.open());
}

void AcceptanceTest::newSequencesBeginWithWhatOthersShowed()
{
    Acceptance shared(0.5, 0.5);
    GuessRecord first(shared);
    for (int i = 0; i < 200; ++i) {
        first.guessed(0, guessOf({1}));
        first.compare(std::vector<int32_t>{2});
    }
    QVERIFY(first.acceptance().chance(1, 0) < 0.01);
    QVERIFY(GuessRecord(shared).acceptance().chance(1, 0) < 0.05);
}

void AcceptanceTest::hopeNeverLowersWhatWasShown()
{
    Acceptance acceptance(0.5, 0.5);
    acceptance.note(1, 0, true, 0.5);
    acceptance.note(1, 1, false, 0.5);
    acceptance.hope(0.2);
    QCOMPARE(acceptance.chance(1, 0), 0.75);
    QCOMPARE(acceptance.chance(1, 1), 0.3);
}

QTEST_APPLESS_MAIN(AcceptanceTest)
#include "acceptance_test.moc"
