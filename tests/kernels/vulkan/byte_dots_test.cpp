// Devices that multiply four pairs of bytes in one instruction take other shaders for quantised
// weights. They give the bits of the plain ones; and as few drivers ask for them, the claims about
// matmul are tested with them here.

#include "kernels/self_test/self_test.h"
#include "kernels/self_test/test_weight.h"
#include "kernels/self_test/workspace.h"
#include "kernels/vulkan/context.h"
#include "tests/kernels/vulkan/vulkan_device.h"
#include "tests/models/tiny_runner.h"

#include <QtTest>

#include <algorithm>
#include <array>

using namespace inglenook;
using namespace inglenook::self_test;

class ByteDotsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void fastInstructionsAreUsedUnasked();
    void operatorsKeepTheirPromises_data();
    void operatorsKeepTheirPromises();
    void productsHaveTheBitsOfFloats_data();
    void productsHaveTheBitsOfFloats();
    void tokensAreThoseOfFloats_data();
    void tokensAreThoseOfFloats();

private:
    [[nodiscard]] Backend& floats() { return *m_backends[0]; }
    [[nodiscard]] Backend& dots() { return *m_backends[1]; }

    TestedDevice m_tested;
    std::vector<OperatorCase> m_cases;
    std::unique_ptr<Backend> m_reference;
    std::array<std::unique_ptr<Backend>, 2> m_backends;
};

namespace {

std::unique_ptr<Backend> backendWith(DeviceId id, ByteDots byteDots)
{
    try {
        return createBackend(id, {.validation = true, .byteDots = byteDots});
    } catch (const std::runtime_error& e) {
        if (!QString(e.what()).contains("layer is not installed"))
            throw;
        return createBackend(id, {.byteDots = byteDots});
    }
}

/// Quantised ones that have shaders of their own.
std::vector<DType> formats()
{
    std::vector<DType> found;
    for (const DType type : kWeightTypes)
        if (keptAs(type) == type && quantised(type))
            found.push_back(type);
    return found;
}

/// A row whose numbers are all rounded to the ends of the range, and others.
Matrix extremes(int rows, int cols)
{
    Matrix x = randomMatrix(51, rows, cols);
    for (int c = 0; c < cols; ++c)
        x.row(0)[static_cast<size_t>(c)] = c % 3 == 0 ? -1.f : 1.f;
    return x;
}

std::vector<float> products(Backend& backend, const TestWeight& w, const Matrix& x)
{
    Workspace on(backend, Placement::Packed);
    const Tensor y = on.output(x.rows, w.out());
    backend.matmul(y, on.input(x), w.loadOn(backend));
    return on.read(y).values;
}

/// Each row by two of eight experts.
std::vector<float> expertProducts(Backend& backend, const TestWeight& w, const Matrix& x)
{
    Workspace on(backend, Placement::Packed);
    std::vector<int32_t> ids;
    for (int r = 0; r < x.rows; ++r)
        ids.insert(ids.end(), {r % 8, (3 * r + 1) % 8});
    const Tensor y = on.output(2 * x.rows, w.out() / 8);
    backend.expertMatmul(y, on.input(x), w.loadOn(backend), on.input(ids, x.rows, 2));
    return on.read(y).values;
}

} // namespace

void ByteDotsTest::initTestCase()
{
    m_tested = firstVulkanDevice();
    if (m_tested.problem.empty() &&
        !vulkan::Context(m_tested.id.index, {.byteDots = ByteDots::WhereThere}).byteDots)
        m_tested = {m_tested.name, m_tested.id, "it does not multiply bytes at once", false};
    for (OperatorCase& test : selfTestCases()) {
        const bool multiplies = test.operation == "matmul" || test.operation == "expertMatmul";
        const bool hasShaders = std::ranges::any_of(formats(), [&](DType type) {
            return test.format.find(name(type)) != std::string::npos;
        });
        if (multiplies && hasShaders)
            m_cases.push_back(std::move(test));
    }
    if (!m_tested.problem.empty())
        return;
    m_reference = createBackend({DeviceKind::Reference, 0});
    m_backends = {backendWith(m_tested.id, ByteDots::Never),
                  backendWith(m_tested.id, ByteDots::WhereThere)};
}

void ByteDotsTest::fastInstructionsAreUsedUnasked()
{
    INGLENOOK_NEED_VULKAN(m_tested);

    const vulkan::Context unasked(m_tested.id.index, {});
    const vulkan::Context never(m_tested.id.index, {.byteDots = ByteDots::Never});

    QCOMPARE(unasked.byteDots, unasked.device.facts().fastByteDots);
    QVERIFY(!never.byteDots);
}

void ByteDotsTest::operatorsKeepTheirPromises_data()
{
    QTest::addColumn<int>("test");
    for (size_t i = 0; i < m_cases.size(); ++i)
        QTest::addRow("%s", m_cases[i].name().c_str()) << static_cast<int>(i);
}

void ByteDotsTest::operatorsKeepTheirPromises()
{
    QFETCH(int, test);
    INGLENOOK_NEED_VULKAN(m_tested);

    const OperatorResult result = runCase(dots(), *m_reference, m_cases[static_cast<size_t>(test)]);

    QVERIFY2(result.ok(), result.text().c_str());
}

void ByteDotsTest::productsHaveTheBitsOfFloats_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("rows");
    for (const DType type : formats())
        for (const int rows : {1, 3, 20}) // one, a tile of four, two wide tiles and a tile
            QTest::addRow("%s, %d rows", std::string(name(type)).c_str(), rows)
                << static_cast<int>(type) << rows;
}

void ByteDotsTest::productsHaveTheBitsOfFloats()
{
    QFETCH(int, type);
    QFETCH(int, rows);
    INGLENOOK_NEED_VULKAN(m_tested);
    const TestWeight w(52, std::vector<PartShape>(8, {static_cast<DType>(type), 40}), 768);
    const Matrix x = extremes(rows, w.in());

    const std::vector<float> expected = products(floats(), w, x);
    const std::vector<float> expectedOfExperts = expertProducts(floats(), w, x);

    QCOMPARE(products(dots(), w, x), expected);
    QCOMPARE(expertProducts(dots(), w, x), expectedOfExperts);
}

void ByteDotsTest::tokensAreThoseOfFloats_data()
{
    QTest::addColumn<QString>("model");
    QTest::addRow("llama") << "llama";
    QTest::addRow("mixtral") << "mixtral";
}

/// All logits of a prompt and of single rows, so that whatever is made of them is the same.
void ByteDotsTest::tokensAreThoseOfFloats()
{
    QFETCH(QString, model);
    INGLENOOK_NEED_VULKAN(m_tested);
    const auto file = tests::tinyModel(model.toStdString(), DType::Q8_0);
    const std::vector<int32_t> prompt = tests::tinyPrompt(37);
    std::array<std::vector<float>, 2> logits;

    for (size_t i = 0; i < 2; ++i) {
        tests::TinyRunner runner(*m_backends[i], *file);
        logits[i] = runner.runSlices(prompt, 0, 29);
        const std::vector<float> alone = runner.runSlices(prompt, 1, 1);
        logits[i].insert(logits[i].end(), alone.begin(), alone.end());
    }

    QCOMPARE(logits[1], logits[0]);
}

QTEST_APPLESS_MAIN(ByteDotsTest)
#include "byte_dots_test.moc"
