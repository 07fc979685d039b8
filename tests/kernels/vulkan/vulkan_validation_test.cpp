// The validation layer watches every operator test where it is installed (OpenedDevices). Here:
// that it is really on, that it finds nothing in any operator, and that what it finds reaches the
// caller.

#include "kernels/self_test/self_test.h"
#include "kernels/vulkan/context.h"
#include "tests/kernels/vulkan/vulkan_device.h"

#include <QtTest>

using namespace inglenook;
using namespace inglenook::vulkan;

class VulkanValidationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void operatorsAreClean_data();
    void operatorsAreClean();
    void complaintIsThrownByTheNextCall();

private:
    TestedDevice m_tested;
    std::vector<OperatorCase> m_cases;
    std::unique_ptr<Backend> m_reference;
    std::unique_ptr<Backend> m_device;
};

void VulkanValidationTest::initTestCase()
{
    m_tested = firstVulkanDevice();
    m_reference = createBackend({DeviceKind::Reference, 0});
    for (OperatorCase& test : selfTestCases()) // one of each operator
        if (m_cases.empty() || test.operation != m_cases.back().operation)
            m_cases.push_back(std::move(test));
    if (!m_tested.problem.empty())
        return;
    try {
        m_device = createBackend(m_tested.id, {.validation = true});
    } catch (const std::runtime_error& e) {
        if (!QString(e.what()).contains("layer is not installed"))
            throw;
        m_tested.problem = e.what();
    }
}

void VulkanValidationTest::operatorsAreClean_data()
{
    QTest::addColumn<int>("test");
    for (size_t i = 0; i < m_cases.size(); ++i)
        QTest::addRow("%s", m_cases[i].name().c_str()) << static_cast<int>(i);
}

void VulkanValidationTest::operatorsAreClean()
{
    QFETCH(int, test);
    INGLENOOK_NEED_VULKAN(m_tested);

    const OperatorResult result =
        runCase(*m_device, *m_reference, m_cases[static_cast<size_t>(test)]);

    QVERIFY2(result.ok(), result.text().c_str());
}

void VulkanValidationTest::complaintIsThrownByTheNextCall()
{
    INGLENOOK_NEED_VULKAN(m_tested);
    Context context(m_tested.id.index, {.validation = true});
    const Memory::Range range = context.memory.allocate(1024);

    context.commands.fill(range.block->buffer(), range.offset + 1, 4); // offsets are multiples of 4

    try {
        context.begin();
        QFAIL("nothing was thrown");
    } catch (const std::runtime_error& e) {
        QVERIFY2(QString(e.what()).startsWith("Vulkan validation: "), e.what());
        QVERIFY2(QString(e.what()).contains("vkCmdFillBuffer"), e.what());
    }
    context.begin(); // said once
}

QTEST_APPLESS_MAIN(VulkanValidationTest)
#include "vulkan_validation_test.moc"
