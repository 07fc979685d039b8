#include "kernels/vulkan/vulkan_backend.h"

#include "kernels/self_test/self_test.h"
#include "kernels/self_test/workspace.h"
#include "tests/kernels/vulkan/vulkan_device.h"

#include <QtTest>

#include <thread>

using namespace inglenook;
using namespace inglenook::self_test;

class VulkanBackendTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void absentDeviceIsRefusedInASentence();
    void twoBackendsComputeAtOnce();
    void buffersOutliveTheirBackend();
    void foreignBuffersAreRefused();
    void replaysFollowEachOtherWithoutReading();
    void failedRecordingLeavesTheBackendUsable();
    void longWorkHasTheBitsOfShortWork();

private:
    TestedDevice m_tested;
};

namespace {

Weight loaded(Backend& backend, const Matrix& values)
{
    const WeightPart part{std::as_bytes(std::span(values.values)), DType::F32, values.rows};
    return backend.load({&part, 1}, values.cols);
}

/// The first problem of the quick cases on a backend of its own.
std::string quickProblem(DeviceId id)
{
    try {
        const auto device = createBackend(id);
        const auto reference = createBackend({DeviceKind::Reference, 0});
        for (const OperatorCase& test : selfTestCases()) {
            if (!test.quick || test.operation == "matmul")
                continue;
            const OperatorResult result = runCase(*device, *reference, test);
            if (!result.ok())
                return result.text();
        }
    } catch (const std::exception& e) {
        return e.what();
    }
    return "";
}

} // namespace

void VulkanBackendTest::initTestCase()
{
    m_tested = firstVulkanDevice();
}

void VulkanBackendTest::absentDeviceIsRefusedInASentence()
{
    INGLENOOK_NEED_VULKAN(m_tested);

    try {
        static_cast<void>(createVulkanBackend(99, {}));
        QFAIL("device 99 was opened");
    } catch (const std::runtime_error& e) {
        QVERIFY2(QString(e.what()).contains("no Vulkan device 99"), e.what());
    }
}

void VulkanBackendTest::twoBackendsComputeAtOnce()
{
    INGLENOOK_NEED_VULKAN(m_tested);
    std::string problems[2];

    {
        const std::jthread first([&] { problems[0] = quickProblem(m_tested.id); });
        const std::jthread second([&] { problems[1] = quickProblem(m_tested.id); });
    }

    QCOMPARE(problems[0], std::string());
    QCOMPARE(problems[1], std::string());
}

void VulkanBackendTest::buffersOutliveTheirBackend()
{
    INGLENOOK_NEED_VULKAN(m_tested);
    std::shared_ptr<Buffer> buffer;
    Weight weight;
    std::unique_ptr<Recording> recording;
    {
        const auto backend = createBackend(m_tested.id);
        buffer = backend->allocate(4096);
        weight = loaded(*backend, randomMatrix(1, 8, 64));
        const Tensor x = wholeTensor(*buffer, 2, 64);
        const Tensor y = wholeTensor(*buffer, 8, 64).columns(0, 32);
        recording = backend->record([&] { backend->softcap(x, 2.f); });
        backend->softcap(y, 3.f);
    }

    recording.reset();
    weight = {};
    buffer.reset(); // the leak and address checks of this test are its assertions
}

void VulkanBackendTest::foreignBuffersAreRefused()
{
    INGLENOOK_NEED_VULKAN(m_tested);
    const auto backend = createBackend(m_tested.id);
    const auto reference = createBackend({DeviceKind::Reference, 0});
    const auto foreign = reference->allocate(1024);

    QVERIFY_EXCEPTION_THROWN(backend->softcap(wholeTensor(*foreign, 1, 16), 1.f),
                             std::invalid_argument);
}

void VulkanBackendTest::replaysFollowEachOtherWithoutReading()
{
    INGLENOOK_NEED_VULKAN(m_tested);
    const auto backend = createBackend(m_tested.id);
    Workspace on(*backend, Placement::Packed);
    Matrix numbers(2, 100);
    std::ranges::fill(numbers.values, 1.f);
    const Tensor x = on.changing(numbers);
    const Tensor y = on.input(numbers);

    const auto recording = backend->record([&] { backend->add(x, y); });
    for (int i = 0; i < 5; ++i)
        backend->replay(*recording);
    const Matrix sum = on.read(x);

    for (const float value : sum.values)
        QCOMPARE(value, 7.f); // 1, the recorded step itself, five replays
}

void VulkanBackendTest::failedRecordingLeavesTheBackendUsable()
{
    INGLENOOK_NEED_VULKAN(m_tested);
    const auto backend = createBackend(m_tested.id);
    Workspace on(*backend, Placement::Packed);
    Matrix numbers(1, 10);
    std::ranges::fill(numbers.values, 1.f);
    const Tensor x = on.changing(numbers);
    const Tensor y = on.input(numbers);

    QVERIFY_EXCEPTION_THROWN(static_cast<void>(backend->record([&] {
                                 backend->add(x, y);
                                 backend->add(x, y.columns(0, 5)); // refused
                             })),
                             std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(
        static_cast<void>(backend->record([&] { static_cast<void>(on.read(x)); })),
        std::logic_error);
    backend->add(x, y);

    QCOMPARE(on.read(x).values, std::vector<float>(10, 2.f));
}

/// Work beyond the limit of a submission is cut into several dispatches and submissions.
void VulkanBackendTest::longWorkHasTheBitsOfShortWork()
{
    INGLENOOK_NEED_VULKAN(m_tested);
    const auto backend = createBackend(m_tested.id);
    Workspace on(*backend, Placement::Packed);
    constexpr int kRows = 100;
    constexpr int kWidth = 1024; // 10^8 multiplications
    const Weight w = loaded(*backend, randomMatrix(5, kWidth, kWidth));
    const Tensor x = on.input(randomMatrix(6, kRows, kWidth));
    const Tensor y = on.output(kRows, kWidth);
    const Tensor one = on.output(1, kWidth);

    const auto recording = backend->record([&] { backend->matmul(y, x, w); });
    backend->replay(*recording);
    const Matrix all = on.read(y);

    for (const int r : {0, 50, 99}) {
        Tensor row = x.firstRows(1);
        row.offset += static_cast<size_t>(r * x.stride) * 4;
        backend->matmul(one, row, w);
        QCOMPARE(on.read(one).values, all.chosen(std::vector{r}).values);
    }
}

QTEST_APPLESS_MAIN(VulkanBackendTest)
#include "vulkan_backend_test.moc"
