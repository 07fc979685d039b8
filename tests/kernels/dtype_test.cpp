#include "kernels/dtype.h"

#include <QTest>

using namespace inglenook;

class DTypeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreWholeBlocks_data();
    void rowsAreWholeBlocks();
    void namesDiffer();
};

void DTypeTest::rowsAreWholeBlocks_data()
{
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("bytesOf512");
    const auto row = [](const char* text, DType type, int bytes) {
        QTest::newRow(text) << static_cast<int>(type) << bytes;
    };
    row("F32", DType::F32, 2048);
    row("F16", DType::F16, 1024);
    row("BF16", DType::BF16, 1024);
    row("Q8_0", DType::Q8_0, 544);
    row("Q4_0", DType::Q4_0, 288);
    row("Q4_K", DType::Q4_K, 288);
    row("Q4_1", DType::Q4_1, 320);
    row("Q5_0", DType::Q5_0, 352);
    row("Q5_1", DType::Q5_1, 384);
    row("Q2_K", DType::Q2_K, 168);
    row("Q3_K", DType::Q3_K, 220);
    row("IQ4_NL", DType::IQ4_NL, 288);
    row("IQ4_XS", DType::IQ4_XS, 272);
    row("MXFP4", DType::MXFP4, 272);
    row("Q5_K", DType::Q5_K, 352);
    row("Q6_K", DType::Q6_K, 420);
    row("I32", DType::I32, 2048);
}

void DTypeTest::rowsAreWholeBlocks()
{
    QFETCH(int, type);
    QFETCH(int, bytesOf512);

    const auto dtype = static_cast<DType>(type);

    QCOMPARE(rowBytes(dtype, 512), static_cast<size_t>(bytesOf512));
    QCOMPARE(rowBytes(dtype, 0), size_t{0});
    QCOMPARE(std::string(name(dtype)), std::string(QTest::currentDataTag()));
}

void DTypeTest::namesDiffer()
{
    for (const DType a : kWeightTypes)
        for (const DType b : kWeightTypes)
            QCOMPARE(name(a) == name(b), a == b);
}

QTEST_APPLESS_MAIN(DTypeTest)
#include "dtype_test.moc"
