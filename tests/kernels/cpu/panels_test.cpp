#include "kernels/cpu/packing.h"
#include "kernels/cpu/repack.h"
#include "kernels/cpu/unpack.h"
#include "kernels/quant_formats.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <random>
#include <vector>

using namespace inglenook;
using namespace inglenook::cpu;

namespace {

using Values = std::vector<float>;
using Rows = std::vector<std::byte>; // of a file

constexpr int kLanes = 16;

std::span<const std::byte> rowOf(const Rows& rows, DType type, int in, int row)
{
    const size_t bytes = rowBytes(type, in);
    return std::span(rows).subspan(static_cast<size_t>(row) * bytes, bytes);
}

/// Rows of normal numbers, of five magnitudes.
Rows randomRows(DType type, int in, int count)
{
    std::mt19937 random(7);
    Rows rows;
    for (int r = 0; r < count; ++r) {
        std::normal_distribution<float> normal(0.f, std::pow(10.f, static_cast<float>(r % 5 - 3)));
        Values values(static_cast<size_t>(in));
        for (float& value : values)
            value = normal(random);
        Rows row(rowBytes(type, in));
        quantiseRow(type, values, row);
        rows.insert(rows.end(), row.begin(), row.end());
    }
    return rows;
}

/// What a panel gives back of row `lane`.
Values unpacked(DType type, const Rows& rows, int in, int lane)
{
    std::vector<std::byte> panel(panelBytes(keptAs(type), in));
    packPanel(type, panel.data(), rows, in);
    Values values(static_cast<size_t>(in));
    unpackLane(keptAs(type), panel.data(), lane, values);
    return values;
}

template <class Block> Rows oneBlock(const Block& block)
{
    Rows rows(sizeof block);
    std::memcpy(rows.data(), &block, sizeof block);
    return rows;
}

} // namespace

/// What a matrix holds is what its file holds.
class PanelsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void panelsHoldExactlyTheValues_data();
    void panelsHoldExactlyTheValues();
    void panelsHaveTheBitsOfTheReadme_data();
    void panelsHaveTheBitsOfTheReadme();
    void scalesOfMXFP4ReachBothEnds_data();
    void scalesOfMXFP4ReachBothEnds();
    void greatMinimumsOfQ5_0StayFinite();
};

void PanelsTest::panelsHoldExactlyTheValues_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("in");
    QTest::addColumn<int>("rows");
    for (const DType type : kWeightTypes) {
        const std::string text(name(type));
        for (const int rows : {kLanes, 5}) {
            QTest::addRow("%s, %d rows", text.c_str(), rows)
                << static_cast<int>(type) << 768 << rows;
            if (facts(type).blockElements <= 32)
                QTest::addRow("%s, %d rows with a record begun", text.c_str(), rows)
                    << static_cast<int>(type) << 96 << rows;
        }
    }
}

void PanelsTest::panelsHoldExactlyTheValues()
{
    QFETCH(int, type);
    QFETCH(int, in);
    QFETCH(int, rows);
    const auto format = static_cast<DType>(type);
    const Rows file = randomRows(format, in, rows);

    for (int r = 0; r < rows; ++r) {
        Values expected(static_cast<size_t>(in));
        dequantiseRow(format, rowOf(file, format, in, r), expected);
        const Values found = unpacked(format, file, in, r);
        for (size_t i = 0; i < expected.size(); ++i)
            QVERIFY2(found[i] == expected[i],
                     qPrintable(QString("row %1, element %2: %3, not %4")
                                    .arg(r)
                                    .arg(i)
                                    .arg(static_cast<double>(found[i]))
                                    .arg(static_cast<double>(expected[i]))));
    }
}

void PanelsTest::panelsHaveTheBitsOfTheReadme_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<double>("bits");
    const auto row = [](DType type, double bits) {
        QTest::addRow("%s", std::string(name(type)).c_str()) << static_cast<int>(type) << bits;
    };
    row(DType::Q2_K, 2.625);
    row(DType::Q3_K, 3.625);
    row(DType::MXFP4, 4.25);
    row(DType::IQ4_XS, 4.375);
    row(DType::Q4_0, 4.5);
    row(DType::Q4_K, 4.625);
    row(DType::Q5_K, 5.625);
    row(DType::Q5_1, 6.);
    row(DType::Q6_K, 6.625);
    row(DType::Q8_0, 8.5);
}

void PanelsTest::panelsHaveTheBitsOfTheReadme()
{
    QFETCH(int, type);
    QFETCH(double, bits);
    constexpr int in = 2048;

    const size_t bytes = panelBytes(static_cast<DType>(type), in);

    QCOMPARE(8. * static_cast<double>(bytes) / (kLanes * in), bits);
}

void PanelsTest::scalesOfMXFP4ReachBothEnds_data()
{
    QTest::addColumn<int>("exponent");
    for (const int exponent : {0, 1, 2, 127, 253})
        QTest::addRow("%d", exponent) << exponent;
}

void PanelsTest::scalesOfMXFP4ReachBothEnds()
{
    QFETCH(int, exponent);
    BlockMXFP4 block{.exponent = static_cast<uint8_t>(exponent), .q = {}};
    block.q[0] = 0xf2; // elements 0 and 16
    const Values values = unpacked(DType::MXFP4, oneBlock(block), 32, 0);

    QVERIFY(values[0] == std::ldexp(2.f, exponent - 128));
    QVERIFY(values[16] == std::ldexp(-12.f, exponent - 128));
}

void PanelsTest::greatMinimumsOfQ5_0StayFinite()
{
    BlockQ5_0 block{.d = floatToHalf(8192.f), .high = {}, .low = {}};
    block.low[3] = 4; // 4 - 16

    const Values values = unpacked(DType::Q5_0, oneBlock(block), 32, 0);

    QCOMPARE(values[3], 8192.f * 4.f - 65504.f);
}

QTEST_APPLESS_MAIN(PanelsTest)
#include "panels_test.moc"
