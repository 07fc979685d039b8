#include "kernels/host_collective.h"
#include "tests/support/ranks.h"

#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

const std::vector<std::string> kNone(3);

} // namespace

class HostCollectiveTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void allHoldTheSumInTheOrderOfRanks();
    void listenersHearTheSumOfTheOthers();
    void aGroupOfOneKeepsItsValues();
    void whoWaitsForAFailedMemberIsTold();
    void otherSizesAreRefused();
    void aGroupOfListenersIsRefused();
};

void HostCollectiveTest::allHoldTheSumInTheOrderOfRanks()
{
    constexpr int kRanks = 3;
    HostCollective group(kRanks);
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

void HostCollectiveTest::listenersHearTheSumOfTheOthers()
{
    constexpr int kRanks = 3;
    HostCollective group(kRanks);
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

void HostCollectiveTest::aGroupOfListenersIsRefused()
{
    HostCollective group(2);
    const auto failures = onThreads(2, [&](int rank) {
        std::vector<float> values(10);
        group.listener(rank).allReduce(values);
    });
    QVERIFY(!failures[0].empty() && !failures[1].empty());
}

void HostCollectiveTest::aGroupOfOneKeepsItsValues()
{
    HostCollective group(1);
    std::vector<float> values = {1.f, 2.f};
    group.member(0).allReduce(values);
    QCOMPARE(values, (std::vector<float>{1.f, 2.f}));
}

void HostCollectiveTest::whoWaitsForAFailedMemberIsTold()
{
    HostCollective group(3);
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

void HostCollectiveTest::otherSizesAreRefused()
{
    HostCollective group(2);
    const auto failures = onThreads(2, [&](int rank) {
        std::vector<float> values(rank == 0 ? 10 : 11);
        group.member(rank).allReduce(values);
    });
    QVERIFY(!failures[0].empty() && !failures[1].empty());
}

QTEST_GUILESS_MAIN(HostCollectiveTest)
#include "host_collective_test.moc"
