#include "kernels/quant_formats.h"
#include "kernels/self_test/workspace.h"
#include "tests/support/cuda_on_cpu/emulated_device.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <random>

using namespace inglenook;
using namespace inglenook::cuda_on_cpu;
using namespace inglenook::self_test;

namespace {

constexpr int kOut = 37; // three panels, the last of five outputs
constexpr int kIn = 512;

/// Rows of blocks whose bits are random but for the exponents of f16 numbers, which stay small.
std::vector<std::byte> randomRows(DType type)
{
    const size_t halves = [&]() -> size_t { // where the f16 numbers of a block begin
        switch (type) {
        case DType::Q2_K:
            return offsetof(BlockQ2_K, d);
        case DType::Q3_K:
            return offsetof(BlockQ3_K, d);
        case DType::Q6_K:
            return offsetof(BlockQ6_K, d);
        default:
            return 0;
        }
    }();
    const bool two = type == DType::Q4_1 || type == DType::Q5_1 || type == DType::Q2_K ||
        type == DType::Q4_K || type == DType::Q5_K;
    const size_t count = type == DType::MXFP4 ? 0 : two ? 2 : 1;
    const auto block = static_cast<size_t>(facts(type).blockBytes);
    std::vector<std::byte> rows(static_cast<size_t>(kOut) * rowBytes(type, kIn));
    std::mt19937 random(5);
    for (size_t i = 0; i < rows.size(); ++i) {
        const size_t place = i % block;
        rows[i] = static_cast<std::byte>(random());
        if (place >= halves && place < halves + 2 * count && (place - halves) % 2 == 1)
            rows[i] &= std::byte{0xbf}; // below 2
    }
    return rows;
}

Weight load(Backend& backend, DType type, std::span<const std::byte> rows, int out)
{
    return backend.load(std::vector<WeightPart>{{.rows = rows, .type = type, .out = out}}, kIn);
}

Matrix valuesOn(Backend& backend, const Weight& weight)
{
    Workspace on(backend, Placement::Packed);
    std::vector<int32_t> ids(static_cast<size_t>(weight.out));
    std::iota(ids.begin(), ids.end(), 0);
    const Tensor y = on.output(weight.out, kIn);
    backend.embed(y, weight, on.input(ids, weight.out), 1.f);
    return on.read(y);
}

} // namespace

/// Weights in the order of the device.
class CudaWeightsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void valuesStayExact_data();
    void valuesStayExact();
    void bitsPerWeightAreThoseOfTheLayout_data();
    void bitsPerWeightAreThoseOfTheLayout();
    void greatScalesOfQ5_0StayFinite();

private:
    std::unique_ptr<Backend> m_backend = openBackend(Architecture::Ampere);
};

void CudaWeightsTest::valuesStayExact_data()
{
    QTest::addColumn<int>("type");
    for (const DType type : kWeightTypes)
        if (facts(type).blockElements > 1)
            QTest::newRow(std::string(name(type)).c_str()) << static_cast<int>(type);
}

void CudaWeightsTest::valuesStayExact()
{
    QFETCH(int, type);
    const auto format = static_cast<DType>(type);
    const std::vector<std::byte> rows = randomRows(format);

    const Matrix values = valuesOn(*m_backend, load(*m_backend, format, rows, kOut));

    std::vector<float> expected(kIn);
    for (int r = 0; r < kOut; ++r) {
        const size_t bytes = rowBytes(format, kIn);
        dequantiseRow(format, std::span(rows).subspan(static_cast<size_t>(r) * bytes, bytes),
                      expected);
        QVERIFY2(std::ranges::equal(values.row(r), expected), qPrintable(QString::number(r)));
    }
}

void CudaWeightsTest::bitsPerWeightAreThoseOfTheLayout_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<double>("bits");
    const auto add = [](DType type, double bits) {
        QTest::newRow(std::string(name(type)).c_str()) << static_cast<int>(type) << bits;
    };
    add(DType::Q8_0, 8.5);
    add(DType::IQ4_NL, 8.5);
    add(DType::Q4_0, 4.5);
    add(DType::Q4_1, 6);
    add(DType::Q5_0, 6);
    add(DType::Q5_1, 6);
    add(DType::Q2_K, 2.625);
    add(DType::Q3_K, 3.5625);
    add(DType::Q4_K, 4.5);
    add(DType::Q5_K, 5.5);
    add(DType::Q6_K, 6.5625);
    add(DType::IQ4_XS, 4.3125);
    add(DType::MXFP4, 4.25);
}

void CudaWeightsTest::bitsPerWeightAreThoseOfTheLayout()
{
    QFETCH(int, type);
    QFETCH(double, bits);
    const auto format = static_cast<DType>(type);
    constexpr int kWhole = 64; // panels, and no rest to align

    const std::vector<std::byte> rows(kWhole * rowBytes(format, kIn));
    const Weight weight = load(*m_backend, format, rows, kWhole);

    QCOMPARE(8. * static_cast<double>(weight.bytes) / kWhole / kIn, bits);
}

void CudaWeightsTest::greatScalesOfQ5_0StayFinite()
{
    BlockQ5_0 block{};
    block.d = 0x7bff; // the greatest: 65504
    block.low[0] = 3;
    std::vector<std::byte> rows(2 * rowBytes(DType::Q5_0, kIn));
    std::memcpy(rows.data(), &block, sizeof block);

    const Matrix values = valuesOn(*m_backend, load(*m_backend, DType::Q5_0, rows, 2));

    QCOMPARE(values.row(0)[0], 2.f * 65504.f); // the minimum is as low as f16 goes
    QCOMPARE(values.row(0)[1], -65504.f);
}

QTEST_APPLESS_MAIN(CudaWeightsTest)
#include "cuda_weights_test.moc"
