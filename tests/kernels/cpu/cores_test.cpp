#include "kernels/cpu/cores.h"

#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <numeric>
#include <string>

using namespace inglenook::cpu;

namespace {

/// The files of a machine, below a folder of its own.
class Machine {
public:
    void write(const std::string& path, const std::string& text)
    {
        const std::filesystem::path whole = root() / path;
        std::filesystem::create_directories(whole.parent_path());
        std::ofstream(whole) << text << "\n";
    }
    /// Processor n and n + cores are the two of a core.
    void writeCores(int cores)
    {
        for (int n = 0; n < 2 * cores; ++n)
            write("sys/devices/system/cpu/cpu" + std::to_string(n) +
                      "/topology/thread_siblings_list",
                  std::to_string(n % cores) + "," + std::to_string(n % cores + cores));
    }
    [[nodiscard]] std::filesystem::path root() const { return m_folder.path().toStdString(); }

private:
    QTemporaryDir m_folder;
};

std::vector<int> firstProcessors(int count)
{
    std::vector<int> all(static_cast<size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

} // namespace

class CoresTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aProcessorAloneIsACore();
    void siblingsCountOnce();
    void onlyAllowedProcessorsCount();
    void groupsLimitTheCores_data();
    void groupsLimitTheCores();
    void severalNodesAreListed();
    void thisProcessHasACore();
};

void CoresTest::aProcessorAloneIsACore()
{
    const Machine bare;

    QCOMPARE(readCores(bare.root(), {0, 1, 5}).count, 3);
    QCOMPARE(readCores(bare.root(), {}).count, 1);
}

void CoresTest::siblingsCountOnce()
{
    Machine machine;
    machine.writeCores(4);

    QCOMPARE(readCores(machine.root(), firstProcessors(8)).count, 4);
}

void CoresTest::onlyAllowedProcessorsCount()
{
    Machine machine;
    machine.writeCores(4);

    QCOMPARE(readCores(machine.root(), {1, 5, 6}).count, 2);
}

void CoresTest::groupsLimitTheCores_data()
{
    QTest::addColumn<QString>("group");
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("limit");
    QTest::addColumn<int>("count");
    const QString own = "0::/user/chat", cpu = "sys/fs/cgroup/";
    QTest::newRow("of its group") << own << cpu + "user/chat/cpu.max"
                                  << "300000 100000" << 3;
    QTest::newRow("of a group around") << own << cpu + "user/cpu.max"
                                       << "250000 100000" << 2;
    QTest::newRow("of all groups") << own << cpu + "cpu.max"
                                   << "500000 100000" << 5;
    QTest::newRow("less than one core") << own << cpu + "user/cpu.max"
                                        << "20000 100000" << 1;
    QTest::newRow("none") << own << cpu + "user/cpu.max"
                          << "max 100000" << 8;
    QTest::newRow("more than there is") << own << cpu + "user/cpu.max"
                                        << "9900000 100000" << 8;
    QTest::newRow("unreadable") << own << cpu + "user/cpu.max"
                                << "what is this" << 8;
    QTest::newRow("another group's") << own << cpu + "users/cpu.max"
                                     << "300000 100000" << 8;
    QTest::newRow("version 1") << "4:cpu,cpuacct:/box" << cpu + "cpu/box/cpu.cfs_quota_us"
                               << "300000" << 3;
    QTest::newRow("version 1, none") << "4:cpu,cpuacct:/box" << cpu + "cpu/box/cpu.cfs_quota_us"
                                     << "-1" << 8;
    QTest::newRow("version 1, not of processors")
        << "4:memory:/box" << cpu + "cpu/box/cpu.cfs_quota_us"
        << "300000" << 8;
}

void CoresTest::groupsLimitTheCores()
{
    QFETCH(QString, group);
    QFETCH(QString, file);
    QFETCH(QString, limit);
    QFETCH(int, count);
    Machine machine;
    machine.writeCores(8);
    machine.write("proc/self/cgroup", "7:pids:/elsewhere\n" + group.toStdString());
    machine.write("sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000");
    machine.write(file.toStdString(), limit.toStdString());

    QCOMPARE(readCores(machine.root(), firstProcessors(16)).count, count);
}

void CoresTest::severalNodesAreListed()
{
    Machine machine;
    machine.write("sys/devices/system/node/node0/cpulist", "0-3,8-11");
    machine.write("sys/devices/system/node/node1/cpulist", "4-7,12-15");
    using Nodes = std::vector<std::vector<int>>;

    QVERIFY(readCores(machine.root(), {0, 3, 4, 10, 15}).nodes == (Nodes{{0, 3, 10}, {4, 15}}));
    QVERIFY(readCores(machine.root(), {5, 6}).nodes.empty());
    QVERIFY(readCores(Machine().root(), {0, 1}).nodes.empty());
}

void CoresTest::thisProcessHasACore()
{
    QVERIFY(readCores().count >= 1);
}

QTEST_APPLESS_MAIN(CoresTest)
#include "cores_test.moc"
