#include "inference/generation/ngram_drafter.h"

#include <QTest>

using namespace inglenook;

namespace {

using Tokens = std::vector<int32_t>;

Draft guess(NgramDrafter& drafter, const Tokens& tokens, int most = 4, uint64_t id = 1)
{
    Sequence sequence;
    sequence.id = id;
    sequence.tokens = tokens;
    Draft draft{.sequence = &sequence, .most = most};
    drafter.propose({&draft, 1});
    return draft;
}

} // namespace

class NgramDrafterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatFollowedFollowsAgain();
    void nothingIsGuessedWithoutAnEarlierPlace();
    void theLongestAgreementWins();
    void ofEqualAgreementsTheLatestWins();
    void whatRepeatsRepeatsOn();
    void textGrowsTokenByToken();
    void gradeRisesWithTheAgreement();
    void anotherTextUnderTheSameNameIsNoticed();
};

void NgramDrafterTest::whatFollowedFollowsAgain()
{
    NgramDrafter drafter;
    QCOMPARE(guess(drafter, {5, 6, 7, 8, 9, 1, 5, 6}, 3).tokens, (Tokens{7, 8, 9}));
}

void NgramDrafterTest::nothingIsGuessedWithoutAnEarlierPlace()
{
    NgramDrafter drafter;
    QVERIFY(guess(drafter, {1, 2, 3, 4}).tokens.empty());
    QVERIFY(guess(drafter, {1, 2}, 4, 2).tokens.empty());
    QVERIFY(guess(drafter, {1}, 4, 3).tokens.empty());
}

void NgramDrafterTest::theLongestAgreementWins()
{
    NgramDrafter drafter;
    // 2 3 comes twice, but only the first time behind 1
    QCOMPARE(guess(drafter, {1, 2, 3, 40, 9, 2, 3, 50, 8, 1, 2, 3}, 1).tokens, Tokens{40});
}

void NgramDrafterTest::ofEqualAgreementsTheLatestWins()
{
    NgramDrafter drafter;
    QCOMPARE(guess(drafter, {2, 3, 40, 9, 2, 3, 50, 8, 2, 3}, 1).tokens, Tokens{50});
}

void NgramDrafterTest::whatRepeatsRepeatsOn()
{
    NgramDrafter drafter;
    QCOMPARE(guess(drafter, {1, 2, 1, 2, 1, 2}, 5).tokens, (Tokens{1, 2, 1, 2, 1}));
    QCOMPARE(guess(drafter, {4, 4, 4, 4}, 3, 2).tokens, (Tokens{4, 4, 4}));
}

void NgramDrafterTest::textGrowsTokenByToken()
{
    NgramDrafter growing;
    Tokens tokens;
    for (int i = 0; i < 200; ++i) {
        tokens.push_back(i * i % 7 + i % 5);
        NgramDrafter fresh;
        QCOMPARE(guess(growing, tokens).tokens, guess(fresh, tokens).tokens);
    }
}

void NgramDrafterTest::gradeRisesWithTheAgreement()
{
    int last = -1;
    for (const int agreement : {2, 3, 6, 12}) {
        NgramDrafter drafter;
        Tokens tokens;
        for (int i = 0; i < agreement; ++i)
            tokens.push_back(i);
        tokens.push_back(100);
        tokens.push_back(101);
        for (int i = 0; i < agreement; ++i)
            tokens.push_back(i);
        const int grade = guess(drafter, tokens).grade;
        QVERIFY(grade > last && grade < kDraftGrades);
        last = grade;
    }
}

void NgramDrafterTest::anotherTextUnderTheSameNameIsNoticed()
{
    NgramDrafter drafter;
    (void)guess(drafter, {5, 6, 7, 8, 9, 1, 5, 6});
    QCOMPARE(guess(drafter, {5, 6, 30, 1, 5, 6}, 1).tokens, Tokens{30});
    drafter.forget(1);
    QVERIFY(guess(drafter, {5, 6}).tokens.empty());
}

QTEST_APPLESS_MAIN(NgramDrafterTest)
#include "ngram_drafter_test.moc"
