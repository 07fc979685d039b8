#include "tests/support/operator_test.h"

#include <QTest>

namespace inglenook {

void OperatorTest::initTestCase()
{
    for (OperatorCase& test : selfTestCases())
        if (test.operation == m_operation)
            m_cases.push_back(std::move(test));
    m_devices = testedDevices();
    m_reference = createBackend({DeviceKind::Reference, 0});
    QVERIFY2(!m_cases.empty(), "no case has this operation");
}

void OperatorTest::agreesWithItsDefinition_data()
{
    QTest::addColumn<int>("device");
    QTest::addColumn<int>("test"); // -1: the device cannot be used
    for (size_t d = 0; d < m_devices.size(); ++d) {
        if (!m_devices[d].problem.empty()) {
            QTest::addRow("%s", m_devices[d].name.c_str()) << static_cast<int>(d) << -1;
            continue;
        }
        for (size_t c = 0; c < m_cases.size(); ++c)
            QTest::addRow("%s: %s", m_devices[d].name.c_str(), m_cases[c].name().c_str())
                << static_cast<int>(d) << static_cast<int>(c);
    }
}

void OperatorTest::agreesWithItsDefinition()
{
    QFETCH(int, device);
    QFETCH(int, test);
    const TestedDevice& tested = m_devices[static_cast<size_t>(device)];
    if (test < 0 && tested.expected)
        QFAIL(tested.problem.c_str());
    if (test < 0)
        QSKIP(tested.problem.c_str());

    const OperatorCase& claim = m_cases[static_cast<size_t>(test)];
    const OperatorResult result = runCase(m_opened.open(tested.id), *m_reference, claim);

    QVERIFY2(result.ok(), result.text().c_str());
}

void OperatorTest::cleanupTestCase()
{
    m_opened = {};
}

int runOperatorTest(const std::string& operation, int argc, char** argv)
{
    OperatorTest test(operation);
    return QTest::qExec(&test, argc, argv);
}

} // namespace inglenook
