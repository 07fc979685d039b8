#include "kernels/collective.h"

#include <QTest>

#include <exception>
#include <numeric>
#include <thread>

using namespace inglenook;

namespace {

/// What rank puts down in a round; sums of three such numbers depend on their order.
std::vector<float> valuesOf(int rank, int round, size_t count)
{
    std::vector<float> values(count);
    for (size_t i = 0; i < count; ++i)
        values[i] = 1e7f / static_cast<float>(1 + rank + 3 * static_cast<int>(i % 97) + 7 * round);
    return values;
}

std::vector<float> sumOf(int ranks, int round, size_t count)
{
    std::vector<float> sum = valuesOf(0, round, count);
    for (int rank = 1; rank < ranks; ++rank) {
        const std::vector<float> more = valuesOf(rank, round, count);
        for (size_t i = 0; i < count; ++i)
            sum[i] += more[i];
    }
    return sum;
}

/// Runs work(rank) on a thread each and returns the sentences of those that threw.
std::vector<std::string> onThreads(int ranks, const std::function<void(int)>& work)
{
    std::vector<std::string> failures(static_cast<size_t>(ranks));
    std::vector<std::thread> threads;
    for (int rank = 0; rank < ranks; ++rank)
        threads.emplace_back([&, rank] {
            try {
                work(rank);
            } catch (const std::exception& failure) {
                failures[static_cast<size_t>(rank)] = failure.what();
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    return failures;
}

const std::vector<std::string> kNone(3);

} // namespace

class CollectiveTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allHoldTheSumInTheOrderOfRanks();
    void listenersHearTheSumOfTheOthers();
    void aGroupOfOneKeepsItsValues();
    void whoWaitsForAFailedMemberIsTold();
    void otherSizesAreRefused();
    void aGroupOfListenersIsRefused();
};

void CollectiveTest::allHoldTheSumInTheOrderOfRanks()
{
    constexpr int kRanks = 3;
    Collective group(kRanks);
    // short and long lists in turn, and sizes that three do not divide
    const std::vector<size_t> sizes = {1, 64, 40'000, 3, 16'384, 16'383, 20'001, 5};
    const auto failures = onThreads(kRanks, [&](int rank) {
        for (int round = 0; round < 400; ++round) {
            const size_t count = sizes[static_cast<size_t>(round) % sizes.size()];
            std::vector<float> values = valuesOf(rank, round, count);
            group.member(rank).allReduce(values);
            if (values != sumOf(kRanks, round, count))
                throw std::runtime_error("another sum in round " + std::to_string(round));
        }
    });
    QCOMPARE(failures, kNone);
}

void CollectiveTest::listenersHearTheSumOfTheOthers()
{
    constexpr int kRanks = 3;
    Collective group(kRanks);
    // who speaks changes from round to round, and sometimes all do
    const auto speaks = [](int rank, int round) { return round % 4 == 3 || rank == round % 4; };
    const std::vector<size_t> sizes = {1, 64, 40'000, 16'384, 20'001};
    const auto failures = onThreads(kRanks, [&](int rank) {
        for (int round = 0; round < 400; ++round) {
            const size_t count = sizes[static_cast<size_t>(round) % sizes.size()];
            std::vector<float> values = valuesOf(rank, round, count);
            GroupMember& self = speaks(rank, round) ? group.member(rank) : group.listener(rank);
            self.allReduce(values);
            const std::vector<float> expected =
                round % 4 == 3 ? sumOf(kRanks, round, count) : valuesOf(round % 4, round, count);
            if (values != expected)
                throw std::runtime_error("another sum in round " + std::to_string(round));
        }
    });
    QCOMPARE(failures, kNone);
}

void CollectiveTest::aGroupOfListenersIsRefused()
{
    Collective group(2);
    const auto failures = onThreads(2, [&](int rank) {
        std::vector<float> values(10);
        group.listener(rank).allReduce(values);
    });
    QVERIFY(!failures[0].empty() && !failures[1].empty());
}

void CollectiveTest::aGroupOfOneKeepsItsValues()
{
    Collective group(1);
    std::vector<float> values = {1.f, 2.f};
    group.member(0).allReduce(values);
    QCOMPARE(values, (std::vector<float>{1.f, 2.f}));
}

void CollectiveTest::whoWaitsForAFailedMemberIsTold()
{
    Collective group(3);
    const auto failures = onThreads(3, [&](int rank) {
        if (rank == 2) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50)); // the others are asleep
            group.abandon();
            return;
        }
        std::vector<float> values(100);
        group.member(rank).allReduce(values);
    });
    QCOMPARE(failures[0], std::string("Another device of the group failed."));
    QCOMPARE(failures[1], failures[0]);
    std::vector<float> values(100);
    QVERIFY_EXCEPTION_THROWN(group.member(0).allReduce(values), GroupAbandoned);
}

void CollectiveTest::otherSizesAreRefused()
{
    Collective group(2);
    const auto failures = onThreads(2, [&](int rank) {
        std::vector<float> values(rank == 0 ? 10 : 11);
        group.member(rank).allReduce(values);
    });
    QVERIFY(!failures[0].empty() && !failures[1].empty());
}

QTEST_GUILESS_MAIN(CollectiveTest)
#include "collective_test.moc"
