#include "inference/generation/context_cut.h"

#include <QTest>
#include <numeric>
#include <random>
#include <vector>

using namespace inglenook;

namespace {

int sum(std::span<const int> turns)
{
    return std::accumulate(turns.begin(), turns.end(), 0);
}

} // namespace

class ContextCutTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whatFitsStays();
    void whatRemainsFitsAndIsMostOfTheRoom();
    void growthMovesTheCutOncePerQuarter();
    void lastTurnAlwaysStays();
    void furtherCutsLeaveOutMore();
};

void ContextCutTest::whatFitsStays()
{
    QCOMPARE(turnsLeftOut(std::vector<int>{}, 100), size_t{0});
    QCOMPARE(turnsLeftOut(std::vector<int>{100}, 100), size_t{0});
    QCOMPARE(turnsLeftOut(std::vector<int>{30, 30, 40}, 100), size_t{0});
    QCOMPARE(turnsLeftOut(std::vector<int>{30, 30, 41}, 100), size_t{1});
}

void ContextCutTest::whatRemainsFitsAndIsMostOfTheRoom()
{
    constexpr int kRoom = 1000;
    constexpr int kLongest = 60;
    std::mt19937 random(1);
    std::uniform_int_distribution<int> length(1, kLongest);
    std::vector<int> turns;
    for (int i = 0; i < 500; ++i) {
        turns.push_back(length(random));

        const size_t cut = turnsLeftOut(turns, kRoom);

        const int left = sum(std::span(turns).subspan(cut));
        QVERIFY(left <= kRoom);
        QVERIFY(cut == 0 || left > kRoom * 3 / 4 - kLongest);
    }
}

void ContextCutTest::growthMovesTheCutOncePerQuarter()
{
    constexpr int kRoom = 400;
    constexpr int kTurn = 10;
    std::vector<int> turns;
    size_t last = 0;
    int moved = 0;
    for (int i = 0; i < 400; ++i) {
        turns.push_back(kTurn);
        const size_t cut = turnsLeftOut(turns, kRoom);
        QVERIFY(cut >= last);
        moved += cut != last ? 1 : 0;
        last = cut;
    }

    // 4000 tokens, of which 3600 beyond the room, in quarters of 100
    QCOMPARE(moved, 36);
}

void ContextCutTest::lastTurnAlwaysStays()
{
    QCOMPARE(turnsLeftOut(std::vector<int>{10, 10, 1000}, 100), size_t{2});
    QCOMPARE(turnsLeftOut(std::vector<int>{10, 10, 10}, 0), size_t{2});
    QCOMPARE(turnsLeftOut(std::vector<int>{10, 10, 10}, -50), size_t{2});
}

void ContextCutTest::furtherCutsLeaveOutMore()
{
    const std::vector<int> turns(20, 10);

    QCOMPARE(turnsLeftOut(turns, 100, 0), size_t{10});
    QCOMPARE(turnsLeftOut(turns, 100, 1), size_t{13});
    QCOMPARE(turnsLeftOut(turns, 100, 50), size_t{19});
}

QTEST_GUILESS_MAIN(ContextCutTest)
#include "context_cut_test.moc"
