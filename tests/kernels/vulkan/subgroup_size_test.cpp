// The order of sums depends on how many lanes a subgroup has, and so do tiles and shuffles. Mesa's
// llvmpipe has as many as LP_NATIVE_VECTOR_WIDTH says, in bits of vectors of floats; ctest runs
// this with 4 and with 16, where all other tests have 8.

#include "kernels/self_test/self_test.h"
#include "kernels/vulkan/context.h"
#include "tests/kernels/vulkan/vulkan_device.h"

#include <QtTest>

using namespace inglenook;

class SubgroupSizeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void deviceHasTheSize();
    void operatorsKeepTheirPromises_data();
    void operatorsKeepTheirPromises();

private:
    int m_lanes = qEnvironmentVariableIntValue("LP_NATIVE_VECTOR_WIDTH") / 32;
    TestedDevice m_tested;
    std::vector<OperatorCase> m_cases;
    std::unique_ptr<Backend> m_reference;
    std::unique_ptr<Backend> m_device;
};

namespace {

/// The formats of weights are decoded by each lane on its own: three of them will do.
bool isChosen(const OperatorCase& test)
{
    const bool weighs = test.operation == "matmul" || test.operation == "expertMatmul" ||
        test.operation == "matmulGlu";
    const auto are = [&](const std::string& type) {
        return test.format == type || test.format == type + "+" + type; // gates and ups
    };
    const bool scalesHalves = are("Q6_K") && test.operation != "matmulGlu";
    if (weighs && !are("Q2_K") && !scalesHalves && !are("F16"))
        return false;
    const bool invariance = test.shape.rfind("each row alone", 0) == 0;
    return test.quick || (invariance && (weighs || test.operation == "attention"));
}

} // namespace

void SubgroupSizeTest::initTestCase()
{
    m_tested = firstVulkanDevice();
    if (m_tested.problem.empty() && m_lanes == 0)
        m_tested = {m_tested.name, m_tested.id, "LP_NATIVE_VECTOR_WIDTH is not set", false};
    if (m_tested.problem.empty() && describeDevice(m_tested.id).name.rfind("llvmpipe", 0) != 0)
        m_tested = {m_tested.name, m_tested.id, "only llvmpipe lets itself be told", false};
    for (OperatorCase& test : selfTestCases())
        if (isChosen(test))
            m_cases.push_back(std::move(test));
    if (!m_tested.problem.empty())
        return;
    m_reference = createBackend({DeviceKind::Reference, 0});
    m_device = createBackend(m_tested.id);
}

void SubgroupSizeTest::deviceHasTheSize()
{
    INGLENOOK_NEED_VULKAN(m_tested);

    const vulkan::Context context(m_tested.id.index, {});

    QCOMPARE(context.device.facts().subgroupSize, m_lanes);
}

void SubgroupSizeTest::operatorsKeepTheirPromises_data()
{
    QTest::addColumn<int>("test");
    for (size_t i = 0; i < m_cases.size(); ++i)
        QTest::addRow("%s", m_cases[i].name().c_str()) << static_cast<int>(i);
}

void SubgroupSizeTest::operatorsKeepTheirPromises()
{
    QFETCH(int, test);
    INGLENOOK_NEED_VULKAN(m_tested);

    const OperatorResult result =
        runCase(*m_device, *m_reference, m_cases[static_cast<size_t>(test)]);

    QVERIFY2(result.ok(), result.text().c_str());
}

QTEST_APPLESS_MAIN(SubgroupSizeTest)
#include "subgroup_size_test.moc"
