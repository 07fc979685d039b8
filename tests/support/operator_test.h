#pragma once

#include "kernels/self_test/self_test.h"
#include "tests/support/tested_devices.h"

#include <QObject>

namespace inglenook {

/// Runs the self-test's cases of one operator on every device.
class OperatorTest : public QObject {
    Q_OBJECT

public:
    explicit OperatorTest(std::string operation)
        : m_operation(std::move(operation))
    {
    }

private Q_SLOTS:
    void initTestCase();
    void agreesWithItsDefinition_data();
    void agreesWithItsDefinition();
    void cleanupTestCase();

private:
    std::string m_operation;
    std::vector<OperatorCase> m_cases;
    std::vector<TestedDevice> m_devices;
    OpenedDevices m_opened;
    std::unique_ptr<Backend> m_reference;
};

/// The main function of an operator's test. `operation` as the cases name it: "matmul".
[[nodiscard]] int runOperatorTest(const std::string& operation, int argc, char** argv);

} // namespace inglenook
