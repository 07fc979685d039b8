#include "kernels/devices.h"
#include "kernels/dtype.h"
#include "kernels/self_test/self_test.h"
#include "tests/support/cuda_on_cpu/emulated_device.h"

#include <QTest>

#include <algorithm>

using namespace inglenook;
using namespace inglenook::cuda_on_cpu;

namespace {

/// Whether a product tells nothing new: formats that are kept as others are multiplied as those,
/// and that they hold the same values is what embed shows.
bool isMultipliedAsAnother(const OperatorCase& test)
{
    const bool product = test.operation == "matmul" || test.operation == "expertMatmul";
    return product && std::ranges::any_of(kWeightTypes, [&](DType type) {
               return test.format == name(type) && keptAs(type) != type;
           });
}

} // namespace

/// Runs the self-test's cases of one operator by the CUDA kernels compiled for the CPU, in several
/// orders of the threads.
class CudaEmulatedTest : public QObject {
    Q_OBJECT

public:
    explicit CudaEmulatedTest(std::string operation)
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
    std::map<int, std::unique_ptr<Backend>> m_backends; // by architecture
    std::unique_ptr<Backend> m_reference;
};

void CudaEmulatedTest::initTestCase()
{
    for (OperatorCase& test : selfTestCases())
        if (test.operation == m_operation && !isMultipliedAsAnother(test))
            m_cases.push_back(std::move(test));
    for (const Architecture each : {Architecture::Turing, Architecture::Ampere})
        m_backends[static_cast<int>(each)] = openBackend(each);
    m_reference = createBackend({DeviceKind::Reference, 0});
    QVERIFY2(!m_cases.empty(), "no case has this operation");
}

void CudaEmulatedTest::agreesWithItsDefinition_data()
{
    QTest::addColumn<int>("architecture");
    QTest::addColumn<int>("schedule");
    QTest::addColumn<int>("test");
    for (size_t c = 0; c < m_cases.size(); ++c) {
        const auto add = [&](Architecture architecture, int schedule) {
            QTest::addRow("%s %d: %s", architecture == Architecture::Turing ? "Turing" : "Ampere",
                          schedule, m_cases[c].name().c_str())
                << static_cast<int>(architecture) << schedule << static_cast<int>(c);
        };
        add(Architecture::Ampere, static_cast<int>(c % 3));
        add(Architecture::Turing, static_cast<int>((c + 1) % 3));
    }
}

void CudaEmulatedTest::agreesWithItsDefinition()
{
    QFETCH(int, architecture);
    QFETCH(int, schedule);
    QFETCH(int, test);
    setSchedule(static_cast<Schedule>(schedule));

    const OperatorResult result =
        runCase(*m_backends[architecture], *m_reference, m_cases[static_cast<size_t>(test)]);

    QVERIFY2(result.ok(), result.text().c_str());
}

void CudaEmulatedTest::cleanupTestCase()
{
    m_backends.clear();
}

/// Usage: cuda_emulated_test OPERATION [arguments of Qt Test]
int main(int argc, char** argv)
{
    if (argc < 2)
        return 2;
    CudaEmulatedTest test(argv[1]);
    argv[1] = argv[0];
    return QTest::qExec(&test, argc - 1, argv + 1);
}

#include "cuda_emulated_test.moc"
