#include "inference/model/figure_gathering.h"

#include "tests/support/loaded_drivers.h"

#include <QTest>

using namespace inglenook;

/// With the processor and the reference, which every machine has.
class FigureGatheringTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { tests::keepDriversLoaded(); }
    void onlyWhatIsMissingIsMeasured();
    void whatFailsIsLeftOut();

private:
    static int gather(const std::vector<DeviceInfo>& devices, MachineFigures& machine)
    {
        FigureGathering gathering(devices, machine);
        int measured = 0;
        for (; !gathering.finished(); ++measured)
            gathering.measureNext(machine);
        return measured;
    }

    const DeviceInfo m_processor = describeDevice({DeviceKind::Cpu, 0});
    const DeviceInfo m_reference = describeDevice({DeviceKind::Reference, 0});
};

void FigureGatheringTest::onlyWhatIsMissingIsMeasured()
{
    MachineFigures machine;
    remember(machine,
             {.device = "reference", // which takes long to measure
              .name = m_reference.name,
              .driver = m_reference.driver,
              .readBandwidth = 1e7,
              .matmulRate = 1e6,
              .stepSeconds = 1e-3});
    QCOMPARE(gather({m_processor, m_reference}, machine), 2);
    QVERIFY(figuresOf(machine, m_processor)->readBandwidth > 0.);
    QVERIFY(figuresBetween(machine, m_reference.id, m_processor.id)->exchangeSeconds > 0.);

    QCOMPARE(gather({m_processor, m_reference}, machine), 0);
    machine.links.clear();
    QCOMPARE(gather({m_processor, m_reference}, machine), 1);

    // another card in its place: it and its links
    machine.devices.back().name = "another";
    QCOMPARE(gather({m_processor, m_reference}, machine), 2);
    QCOMPARE(gather({m_processor, m_reference}, machine), 0);
}

void FigureGatheringTest::whatFailsIsLeftOut()
{
    DeviceInfo absent;
    absent.id = {DeviceKind::Vulkan, 99};
    MachineFigures machine;
    QCOMPARE(gather({m_processor, absent}, machine), 3);
    QCOMPARE(machine.devices.size(), size_t(1));
    QVERIFY(machine.links.empty());
}

QTEST_APPLESS_MAIN(FigureGatheringTest)
#include "figure_gathering_test.moc"
