#include "kernels/devices.h"
#include "kernels/host_collective.h"
#include "tests/support/cuda_on_cpu/emulated_device.h"
#include "tests/support/ranks.h"

#include <QTest>

#include <chrono>

using namespace inglenook;
using namespace inglenook::cuda_on_cpu;
using namespace inglenook::tests;

namespace {

/// Two streams of one device, and with three ranks a device of another kind.
std::vector<std::unique_ptr<Backend>> openGroup(int ranks)
{
    std::vector<std::unique_ptr<Backend>> group;
    for (int rank = 0; rank < ranks; ++rank)
        group.push_back(openBackend(rank == 2 ? Architecture::Turing : Architecture::Ampere));
    return group;
}

std::unique_ptr<Collective> collectiveOf(const std::vector<std::unique_ptr<Backend>>& group)
{
    std::vector<Backend*> backends;
    for (const auto& backend : group)
        backends.push_back(backend.get());
    return makeCollective(backends);
}

/// Up to so many values on a device. Made before devices meet: where two of them are one, freeing
/// memory would wait for a kernel that waits for whoever frees.
struct Values {
    Values(Backend& on, size_t most)
        : backend(on)
        , buffer(on.allocate(most * sizeof(float)))
        , tensor(wholeTensor(*buffer, 1, static_cast<int>(most)))
    {
    }
    void write(const std::vector<float>& values)
    {
        tensor = wholeTensor(*buffer, 1, static_cast<int>(values.size()));
        backend.write(tensor, std::as_bytes(std::span(values)));
    }
    [[nodiscard]] std::vector<float> read() const
    {
        std::vector<float> values(static_cast<size_t>(tensor.cols));
        backend.read(std::as_writable_bytes(std::span(values)), tensor);
        return values;
    }

    Backend& backend;
    std::shared_ptr<Buffer> buffer;
    Tensor tensor;
};

void expectSum(const Values& values, const std::vector<float>& expected, int round)
{
    if (values.read() != expected)
        throw std::runtime_error("another sum in round " + std::to_string(round));
}

} // namespace

/// CUDA devices that add up among themselves, emulated.
class DirectCollectiveTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { setFaults({}); }
    void allHoldTheSumInTheOrderOfRanks_data();
    void allHoldTheSumInTheOrderOfRanks();
    void recordedMeetingsGoOnWithEagerOnes();
    void listenersHearTheSumOfTheOthers();
    void whoWaitsForAFailedMemberIsTold();
    void aBackendOutlivesAGroupThatFailed();
    void meetsOnTheHostWhereOneIsNoCudaDevice();
};

void DirectCollectiveTest::allHoldTheSumInTheOrderOfRanks_data()
{
    QTest::addColumn<int>("ranks");
    QTest::addColumn<bool>("peers");
    QTest::newRow("two, in each other's memory") << 2 << true;
    QTest::newRow("two, in the host's memory") << 2 << false;
    QTest::newRow("three, in each other's memory") << 3 << true;
    QTest::newRow("three, in the host's memory") << 3 << false;
}

void DirectCollectiveTest::allHoldTheSumInTheOrderOfRanks()
{
    QFETCH(int, ranks);
    QFETCH(bool, peers);
    setFaults({.noPeers = !peers});
    const auto group = openGroup(ranks);
    const auto collective = collectiveOf(group);
    // fewer values than blocks, sizes that nothing divides, more than fit into one round
    const std::vector<size_t> sizes = {1, 64, 4096, 3, 300'001, 4097, 17};

    std::vector<Values> valuesOfRanks;
    for (const auto& backend : group)
        valuesOfRanks.emplace_back(*backend, std::ranges::max(sizes));

    const auto failures = onThreads(ranks, [&](int rank) {
        Backend& backend = *group[static_cast<size_t>(rank)];
        Values& values = valuesOfRanks[static_cast<size_t>(rank)];
        for (int round = 0; round < 14; ++round) {
            const size_t count = sizes[static_cast<size_t>(round) % sizes.size()];
            values.write(valuesOf(rank, round, count));
            backend.allReduce(values.tensor, collective->member(rank));
            expectSum(values, sumOf(ranks, round, count), round);
        }
    });

    QVERIFY(!dynamic_cast<HostCollective*>(collective.get()));
    QCOMPARE(failures, std::vector<std::string>(static_cast<size_t>(ranks)));
}

/// A replay knows by itself which round it is.
void DirectCollectiveTest::recordedMeetingsGoOnWithEagerOnes()
{
    constexpr size_t kCount = 4096;
    const auto group = openGroup(2);
    const auto collective = collectiveOf(group);
    std::vector<Values> valuesOfRanks;
    for (const auto& backend : group)
        valuesOfRanks.emplace_back(*backend, kCount);

    const auto failures = onThreads(2, [&](int rank) {
        Backend& backend = *group[static_cast<size_t>(rank)];
        Values& values = valuesOfRanks[static_cast<size_t>(rank)];
        const auto meet = [&] { backend.allReduce(values.tensor, collective->member(rank)); };
        values.write(valuesOf(rank, 0, kCount));
        const auto recording = backend.record(meet);
        expectSum(values, sumOf(2, 0, kCount), 0);
        for (int round = 1; round < 8; ++round) {
            values.write(valuesOf(rank, round, kCount));
            if (round == 3 || round == 6)
                meet();
            else
                backend.replay(*recording);
            expectSum(values, sumOf(2, round, kCount), round);
        }
    });

    QCOMPARE(failures, std::vector<std::string>(2));
}

void DirectCollectiveTest::listenersHearTheSumOfTheOthers()
{
    constexpr size_t kCount = 1000;
    const auto group = openGroup(3);
    const auto collective = collectiveOf(group);
    std::vector<Values> valuesOfRanks;
    for (const auto& backend : group)
        valuesOfRanks.emplace_back(*backend, kCount);

    const auto failures = onThreads(3, [&](int rank) {
        Backend& backend = *group[static_cast<size_t>(rank)];
        Values& values = valuesOfRanks[static_cast<size_t>(rank)];
        for (int round = 0; round < 9; ++round) {
            const int speaker = round % 3;
            values.write(valuesOf(rank, round, kCount));
            backend.allReduce(values.tensor,
                              rank == speaker ? collective->member(rank)
                                              : collective->listener(rank));
            expectSum(values, valuesOf(speaker, round, kCount), round);
        }
    });

    QCOMPARE(failures, std::vector<std::string>(3));
}

void DirectCollectiveTest::whoWaitsForAFailedMemberIsTold()
{
    const auto group = openGroup(2);
    const auto collective = collectiveOf(group);
    const Values values(*group[0], 100);

    const auto failures = onThreads(2, [&](int rank) {
        if (rank == 1) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50)); // the other one waits
            collective->abandon();
            return;
        }
        group[0]->allReduce(values.tensor, collective->member(0));
        static_cast<void>(values.read());
    });

    QCOMPARE(failures[0], std::string("Another device of the group failed."));
    const Values late(*group[1], 100);
    group[1]->allReduce(late.tensor, collective->member(1));
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(late.read()), GroupAbandoned);
    QVERIFY_EXCEPTION_THROWN(static_cast<void>(late.read()), GroupAbandoned); // from now on
}

void DirectCollectiveTest::aBackendOutlivesAGroupThatFailed()
{
    const auto group = openGroup(2);
    Values values(*group[0], 3);
    {
        const auto collective = collectiveOf(group);
        collective->abandon();
        group[0]->allReduce(values.tensor, collective->member(0));
        QVERIFY_EXCEPTION_THROWN(static_cast<void>(values.read()), GroupAbandoned);
    }
    values.write({1.f, 2.f, 3.f});
    QCOMPARE(values.read(), (std::vector<float>{1.f, 2.f, 3.f}));
}

void DirectCollectiveTest::meetsOnTheHostWhereOneIsNoCudaDevice()
{
    std::vector<std::unique_ptr<Backend>> group;
    group.push_back(openBackend(Architecture::Ampere));
    group.push_back(createBackend({DeviceKind::Cpu, 0}));

    const auto collective = collectiveOf(group);

    QVERIFY(dynamic_cast<HostCollective*>(collective.get()));
}

QTEST_APPLESS_MAIN(DirectCollectiveTest)
#include "direct_collective_test.moc"
