#include "inference/model/device_choice.h"

#include "tests/support/loaded_drivers.h"

#include <QTest>
#include <stdexcept>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

std::string refusal(const std::string& name)
{
    try {
        static_cast<void>(chooseDevice(name, 0));
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

QString chosen(const std::string& name, uint64_t wishedBytes)
{
    return QString::fromStdString(toString(chooseDevice(name, wishedBytes).id));
}

constexpr uint64_t kMoreThanAnyDeviceHas = uint64_t{1} << 60;

} // namespace

class DeviceChoiceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { keepDriversLoaded(); }

    void namedDeviceIsTaken()
    {
        QCOMPARE(chosen("cpu", 0), "cpu");
        QCOMPARE(chosen("reference", 0), "reference");
        QVERIFY(chooseDevice("cpu", 0).freeBytes > 0);
    }

    void nameDecidesEvenWhereTheModelDoesNotFit()
    {
        // whether it fits is the memory plan's to say, with figures
        QCOMPARE(chosen("cpu", kMoreThanAnyDeviceHas), "cpu");
    }

    void automaticNeverTakesAGpuWithoutRoom()
    {
        QCOMPARE(chosen("auto", kMoreThanAnyDeviceHas), "cpu");
        QCOMPARE(chosen("", kMoreThanAnyDeviceHas), "cpu");
    }

    void automaticNeverTakesASoftwareGpu()
    {
        QVERIFY(!describeDevice(chooseDevice("auto", 0).id).software);
    }

    void unknownKindIsRefusedWithTheChoices()
    {
        const std::string sentence = refusal("abacus");
        QVERIFY(sentence.find("\"abacus\"") != std::string::npos);
        QVERIFY(sentence.find("auto, cpu, vulkan, cuda or reference") != std::string::npos);
    }

    void missingDeviceIsRefused()
    {
        QVERIFY(!refusal("cpu:7").empty());
        QVERIFY(!refusal("vulkan:99").empty());
        QVERIFY(!refusal("cuda:99").empty());
    }
};

QTEST_APPLESS_MAIN(DeviceChoiceTest)
#include "device_choice_test.moc"
