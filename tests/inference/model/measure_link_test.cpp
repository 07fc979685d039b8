#include "inference/model/machine_figures.h"

#include "tests/support/loaded_drivers.h"
#include "tests/support/tested_devices.h"

#include <QTest>
#include <stdexcept>

using namespace inglenook;

class MeasureLinkTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { tests::keepDriversLoaded(); }

    void everyDeviceMeetsTheReference()
    {
        for (const TestedDevice& device : testedDevices()) {
            if (!device.problem.empty())
                continue;
            const LinkFigures link = measureLink({DeviceKind::Reference, 0}, device.id);
            QCOMPARE(link.first, std::string("reference"));
            QCOMPARE(link.second, device.name);
            QVERIFY(link.exchangeSeconds > 0. && link.exchangeSeconds < 1.);
        }
    }

    void whoCannotBeOpenedIsNamed()
    {
        // whether it is the first or the second: the other does not wait for ever
        for (const bool first : {true, false}) {
            const DeviceId there{DeviceKind::Reference, 0};
            const DeviceId absent{DeviceKind::Vulkan, 99};
            try {
                (void)measureLink(first ? absent : there, first ? there : absent);
                QFAIL("an absent device was measured");
            } catch (const std::runtime_error& error) {
                QVERIFY2(!QString(error.what()).contains("Another device"), error.what());
            }
        }
    }
};

QTEST_APPLESS_MAIN(MeasureLinkTest)
#include "measure_link_test.moc"
