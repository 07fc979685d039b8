#include "kernels/self_test/test_weight.h"
#include "kernels/self_test/workspace.h"
#include "tests/support/cuda_on_cpu/emulated_device.h"

#include <QTest>
#include <cmath>

using namespace inglenook;
using namespace inglenook::cuda_on_cpu;
using namespace inglenook::self_test;

namespace {

/// What an action throws, or "".
template <class Action> QString complaintOf(Action action)
{
    try {
        action();
    } catch (const std::runtime_error& failure) {
        return QString::fromStdString(failure.what());
    }
    return {};
}

/// A matmul on a device, and its result.
struct Product {
    explicit Product(Backend& on)
        : workspace(on, Placement::Packed)
        , w(TestWeight(3, {{DType::Q4_K, 40}}, 256).loadOn(on))
        , x(workspace.input(randomMatrix(4, 3, 256)))
        , y(workspace.output(3, 40))
    {
    }
    Matrix compute()
    {
        workspace.backend().matmul(y, x, w);
        return workspace.read(y);
    }

    Workspace workspace;
    Weight w;
    Tensor x;
    Tensor y;
};

} // namespace

/// What users read when a CUDA device fails.
class CudaFailuresTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { setFaults({}); }
    void oldDriversAreNamed();
    void fullDevicesRefuseToLoad();
    void scratchMemoryMayBeMissingForAWhile();
    void lostDevicesSaySo();
    void groupsThatFailAreToldOf();
};

void CudaFailuresTest::oldDriversAreNamed()
{
    setFaults({.oldDriver = true});

    const QString complaint =
        complaintOf([] { static_cast<void>(openBackend(Architecture::Ampere)); });
    const std::vector<DeviceInfo> devices = listEmulatedDevices();

    QVERIFY2(complaint.contains("driver is too old: it knows CUDA 11.0, this program needs 13.0"),
             qPrintable(complaint));
    QCOMPARE(devices.size(), size_t{1});
    QCOMPARE(QString::fromStdString(devices[0].problem), complaint);
}

void CudaFailuresTest::fullDevicesRefuseToLoad()
{
    const auto backend = openBackend(Architecture::Ampere);
    const TestWeight weight(3, {{DType::Q8_0, 64}}, 1024);
    setFaults({.memoryBytes = 40000});

    const QString complaint = complaintOf([&] { static_cast<void>(weight.loadOn(*backend)); });
    setFaults({});
    Product product(*backend);
    const Matrix result = product.compute();

    QVERIFY2(complaint.contains("no room"), qPrintable(complaint));
    QVERIFY(!std::isnan(result.at(2, 39)));
}

void CudaFailuresTest::scratchMemoryMayBeMissingForAWhile()
{
    const auto healthy = openBackend(Architecture::Ampere);
    const Matrix expected = Product(*healthy).compute();
    const auto backend = openBackend(Architecture::Ampere);
    Product product(*backend);
    setFaults({.memoryBytes = 1});

    const QString complaint = complaintOf([&] { static_cast<void>(product.compute()); });
    const QString whileRecording = complaintOf([&] {
        static_cast<void>(
            backend->record([&] { backend->matmul(product.y, product.x, product.w); }));
    });
    setFaults({});

    QVERIFY2(complaint.contains("no room"), qPrintable(complaint));
    QVERIFY2(whileRecording.contains("no room"), qPrintable(whileRecording));
    QVERIFY(product.compute().values == expected.values);
}

void CudaFailuresTest::lostDevicesSaySo()
{
    const auto backend = openBackend(Architecture::Turing);
    Product product(*backend);
    setFaults({.lost = true});

    const QString complaint = complaintOf([&] { static_cast<void>(product.compute()); });

    QVERIFY2(complaint.contains("The CUDA device failed"), qPrintable(complaint));
}

/// The stream goes on: whoever waits for it is told, once.
void CudaFailuresTest::groupsThatFailAreToldOf()
{
    class Missing final : public GroupMember {
        void allReduce(std::span<float>) override { throw std::runtime_error("Nobody came."); }
    };
    const auto backend = openBackend(Architecture::Ampere);
    Workspace workspace(*backend, Placement::Packed);
    const Tensor x = workspace.changing(randomMatrix(5, 3, 96));
    Missing self;

    const QString eager = complaintOf([&] { backend->allReduce(x, self); });
    const QString recorded = complaintOf(
        [&] { static_cast<void>(backend->record([&] { backend->allReduce(x, self); })); });
    const QString after = complaintOf([&] { static_cast<void>(workspace.read(x)); });

    QCOMPARE(eager, QString("Nobody came."));
    QCOMPARE(recorded, QString("Nobody came."));
    QCOMPARE(after, QString());
}

QTEST_APPLESS_MAIN(CudaFailuresTest)
#include "cuda_failures_test.moc"
