// Matrix units give the bits of the other shaders, on every device that has them: also where they
// are too slow to be used otherwise (llvmpipe of newer drivers).

#include "kernels/quant_formats.h"
#include "kernels/self_test/self_test.h"
#include "kernels/self_test/test_weight.h"
#include "kernels/self_test/workspace.h"
#include "kernels/vulkan/matmul.h"
#include "tests/kernels/vulkan/vulkan_device.h"

#include <QtTest>

#include <algorithm>

using namespace inglenook;
using namespace inglenook::self_test;

class VulkanMatrixTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void operatorsAgreeWithTheirDefinition_data();
    void operatorsAgreeWithTheirDefinition();
    void bitsAreThoseOfTheOtherShaders_data();
    void bitsAreThoseOfTheOtherShaders();

private:
    TestedDevice m_tested;
    std::vector<OperatorCase> m_cases;
    std::unique_ptr<Backend> m_reference;
    std::unique_ptr<Backend> m_with;
    std::unique_ptr<Backend> m_without;
};

namespace {

constexpr DType kFormats[] = {DType::Q8_0, DType::Q4_0, DType::Q5_1,   DType::Q3_K, DType::Q4_K,
                              DType::Q5_K, DType::Q6_K, DType::IQ4_XS, DType::MXFP4};

bool isMultipliedByMatrices(const OperatorCase& test)
{
    return test.operation == "matmul" && std::ranges::any_of(kFormats, [&](DType type) {
               return test.format.find(name(type)) != std::string::npos;
           });
}

std::unique_ptr<Backend> opened(DeviceId id, MatrixUnits matrixUnits)
{
    try {
        return createBackend(id, {.validation = true, .matrixUnits = matrixUnits});
    } catch (const std::runtime_error&) { // the layer may be missing
        return createBackend(id, {.matrixUnits = matrixUnits});
    }
}

std::vector<float> product(Backend& backend, const TestWeight& weight, const Matrix& x)
{
    Workspace on(backend, Placement::Spread);
    const Weight w = weight.loadOn(backend);
    const Weight bias = on.vector(randomMatrix(3, 1, weight.out()).values);
    const Tensor y = on.output(x.rows, weight.out());
    backend.matmul(y, on.input(x), w, bias);
    return on.read(y).values;
}

} // namespace

void VulkanMatrixTest::initTestCase()
{
    for (OperatorCase& test : selfTestCases())
        if (isMultipliedByMatrices(test))
            m_cases.push_back(std::move(test));
    QVERIFY(m_cases.size() > 50);
    m_tested = firstVulkanDevice();
    INGLENOOK_NEED_VULKAN(m_tested);
    const vulkan::Context context(m_tested.id.index, {.matrixUnits = MatrixUnits::WhereThere});
    if (context.device.facts().matrix.rows == 0)
        QSKIP("this Vulkan device has no matrix units for signed bytes");
    for (const DType type : kFormats)
        QVERIFY(vulkan::matrixKernel(context, type).has_value());
    QVERIFY(!vulkan::matrixKernel(context, DType::Q2_K).has_value());
    m_reference = createBackend({DeviceKind::Reference, 0});
    m_with = opened(m_tested.id, MatrixUnits::WhereThere);
    m_without = opened(m_tested.id, MatrixUnits::Never);
}

void VulkanMatrixTest::operatorsAgreeWithTheirDefinition_data()
{
    QTest::addColumn<int>("test");
    for (size_t i = 0; i < m_cases.size(); ++i)
        QTest::addRow("%s", m_cases[i].name().c_str()) << static_cast<int>(i);
}

void VulkanMatrixTest::operatorsAgreeWithTheirDefinition()
{
    QFETCH(int, test);

    const OperatorResult result =
        runCase(*m_with, *m_reference, m_cases[static_cast<size_t>(test)]);

    QVERIFY2(result.ok(), result.text().c_str());
}

void VulkanMatrixTest::bitsAreThoseOfTheOtherShaders_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("rows");
    QTest::addColumn<int>("out");
    QTest::addColumn<int>("in");
    for (const DType type : kFormats) {
        const auto add = [&](int rows, int out, int in) {
            QTest::addRow("%s, %d rows of %d -> %d", std::string(name(type)).c_str(), rows, in, out)
                << static_cast<int>(type) << rows << out << in;
        };
        add(64, 64, 256);
        add(131, 300, 1024);
        add(32, 1, 512);
        if (facts(type).blockElements == 32) {
            add(50, 70, 32); // fewer units than partial sums
            add(100, 65, 352);
        }
    }
}

void VulkanMatrixTest::bitsAreThoseOfTheOtherShaders()
{
    QFETCH(int, type);
    QFETCH(int, rows);
    QFETCH(int, out);
    QFETCH(int, in);
    const TestWeight weight(1, {{static_cast<DType>(type), out}}, in);
    const Matrix x = randomMatrix(2, rows, in);

    QCOMPARE(product(*m_with, weight, x), product(*m_without, weight, x));
}

QTEST_APPLESS_MAIN(VulkanMatrixTest)
#include "vulkan_matrix_test.moc"
