#include "kernels/devices.h"

#include <QTest>

using namespace inglenook;

class DevicesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesAreReadBack();
    void otherTextsAreNoDevices_data();
    void otherTextsAreNoDevices();
    void theCpuIsListedFirst();
    void theReferenceIsNotListed();
    void usableDevicesCanBeOpened();
    void absentDevicesAreRefusedInWords();
};

void DevicesTest::namesAreReadBack()
{
    for (const DeviceKind kind :
         {DeviceKind::Reference, DeviceKind::Cpu, DeviceKind::Vulkan, DeviceKind::Cuda}) {
        const DeviceId id{kind, kind == DeviceKind::Vulkan || kind == DeviceKind::Cuda ? 3 : 0};
        QCOMPARE(toString(parseDevice(toString(id)).value()), toString(id));
    }
    QVERIFY((parseDevice("vulkan") == DeviceId{DeviceKind::Vulkan, 0}));
    QVERIFY((parseDevice("cuda:12") == DeviceId{DeviceKind::Cuda, 12}));
}

void DevicesTest::otherTextsAreNoDevices_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : {"", "gpu", "CPU", "cpu:0", "reference:1", "vulkan:", "vulkan:-1",
                             "vulkan:1x", "cuda: 1", "cuda:99999999999", ":1"})
        QTest::addRow("\"%s\"", text) << text;
}

void DevicesTest::otherTextsAreNoDevices()
{
    QFETCH(QString, text);

    QVERIFY(!parseDevice(text.toStdString()).has_value());
}

void DevicesTest::theCpuIsListedFirst()
{
    const std::vector<DeviceInfo> devices = listDevices();

    QVERIFY(!devices.empty());
    QCOMPARE(toString(devices.front().id), std::string("cpu"));
    QVERIFY(devices.front().memoryTotal > 0);
    QVERIFY(!devices.front().name.empty());
}

void DevicesTest::theReferenceIsNotListed()
{
    for (const DeviceInfo& device : listDevices())
        QVERIFY(device.id.kind != DeviceKind::Reference);
}

void DevicesTest::usableDevicesCanBeOpened()
{
    for (const DeviceInfo& device : listDevices())
        if (device.problem.empty())
            QVERIFY(createBackend(device.id)->name().starts_with(
                device.id.kind == DeviceKind::Cpu ? "cpu" : toString(device.id)));
}

void DevicesTest::absentDevicesAreRefusedInWords()
{
    for (const DeviceKind kind : {DeviceKind::Vulkan, DeviceKind::Cuda}) {
        try {
            (void)createBackend({kind, 99});
            QFAIL("a hundredth device was opened");
        } catch (const std::runtime_error& refusal) {
            QVERIFY(std::string(refusal.what()).ends_with("."));
        }
    }
}

QTEST_APPLESS_MAIN(DevicesTest)
#include "devices_test.moc"
