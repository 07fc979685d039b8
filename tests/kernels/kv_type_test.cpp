#include "kernels/kv_type.h"

#include "kernels/quant_formats.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace inglenook;

namespace {

std::vector<float> randomHead(int size, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> head(static_cast<size_t>(size));
    std::ranges::generate(head, [&] { return normal(random); });
    return head;
}

struct Encoded {
    std::vector<uint8_t> quants;
    std::vector<uint16_t> scales;

    Encoded(KvType type, const std::vector<float>& head)
        : quants(kvQuantBytes(type, static_cast<int>(head.size())))
        , scales(static_cast<size_t>(kvScales(type, static_cast<int>(head.size()))))
    {
        encodeHead(type, head, {quants.data(), scales.data()});
    }
};

std::vector<float> roundTrip(KvType type, const std::vector<float>& head)
{
    Encoded encoded(type, head);
    std::vector<float> back(head.size());
    decodeHead(type, {encoded.quants.data(), encoded.scales.data()}, back);
    return back;
}

double squaredLength(const std::vector<float>& head)
{
    double sum = 0;
    for (const double x : head)
        sum += x * x;
    return sum;
}

} // namespace

class KvTypeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void namesAreReadBack();
    void pagesHaveTheBytesOfTheirTokens();
    void errorsAreHalfAStep_data() { addSizes(); }
    void errorsAreHalfAStep();
    void multiplesOfTheScaleAreKept();
    void zerosStayZero();
    void turningTwiceChangesNothing_data() { addSizes(); }
    void turningTwiceChangesNothing();
    void turningKeepsScores();
    void turningSpreadsAnOutlier();
    void whatIsNoNumberIsSeen();

private:
    static void addSizes();
};

void KvTypeTest::addSizes()
{
    QTest::addColumn<int>("size");
    for (const int size : {16, 64, 80, 96, 128, 256})
        QTest::addRow("%d", size) << size;
}

void KvTypeTest::namesAreReadBack()
{
    for (const KvType type : kKvTypes)
        QCOMPARE(parseKvType(name(type)), type);
    QCOMPARE(parseKvType("q5"), std::nullopt);
}

void KvTypeTest::pagesHaveTheBytesOfTheirTokens()
{
    QCOMPARE(kvPageBytes(8, 128), size_t{64} * 8 * 2 * 128 * 2);
    QCOMPARE(kvPageBytes(8, 128, KvType::Q8_0), size_t{64} * 8 * 2 * (128 + 8));
    QCOMPARE(kvPageBytes(8, 128, KvType::Q4), size_t{64} * 8 * 2 * (64 + 8));
    QCOMPARE(kvPageBytes(1, 80, KvType::Q4), size_t{64} * 2 * (40 + 6)); // half a block at the end
    QVERIFY(canKeep(KvType::F16, 6) && !canKeep(KvType::Q8_0, 72) && canKeep(KvType::Q4, 80));
}

void KvTypeTest::errorsAreHalfAStep()
{
    QFETCH(const int, size);
    const std::vector<float> head = randomHead(size, 1);
    for (const KvType type : {KvType::Q8_0, KvType::Q4}) {
        const Encoded encoded(type, head);
        const std::vector<float> back = roundTrip(type, head);
        for (size_t i = 0; i < head.size(); ++i) {
            const float d = std::fabs(halfToFloat(encoded.scales[i / kKvBlock]));
            // Q4 has no 8: what is above 7.5 loses up to a step
            const bool beyond = type == KvType::Q4 && std::fabs(head[i]) > 7.5f * d;
            const float most = d * (beyond ? 1.01f : type == KvType::Q8_0 ? 0.57f : 0.5001f);
            QVERIFY2(
                std::fabs(back[i] - head[i]) <= most,
                qPrintable(QString("%1 for %2, a step is %3").arg(back[i]).arg(head[i]).arg(d)));
        }
    }
}

void KvTypeTest::multiplesOfTheScaleAreKept()
{
    std::vector<float> eight(64);
    std::vector<float> four(64);
    for (size_t i = 0; i < eight.size(); ++i) {
        eight[i] = (static_cast<float>(i % 32) * 8.f - 127.f) / 4.f;
        four[i] = (static_cast<float>(i % 16) - 8.f) * (i < 32 ? 0.5f : -0.25f);
    }
    QCOMPARE(roundTrip(KvType::Q8_0, eight), eight);
    QCOMPARE(roundTrip(KvType::Q4, four), four);
}

void KvTypeTest::zerosStayZero()
{
    const std::vector<float> zeros(96);
    QCOMPARE(roundTrip(KvType::Q8_0, zeros), zeros);
    QCOMPARE(roundTrip(KvType::Q4, zeros), zeros);
}

void KvTypeTest::turningTwiceChangesNothing()
{
    QFETCH(const int, size);
    const std::vector<float> head = randomHead(size, 2);
    std::vector<float> turned = head;
    turnHead(turned);
    QVERIFY(turned != head);
    turnHead(turned);
    for (size_t i = 0; i < head.size(); ++i)
        QVERIFY(std::fabs(turned[i] - head[i]) < 1e-5f);
}

void KvTypeTest::turningKeepsScores()
{
    std::vector<float> q = randomHead(80, 3);
    std::vector<float> k = randomHead(80, 4);
    const auto dot = [&] {
        double sum = 0;
        for (size_t i = 0; i < q.size(); ++i)
            sum += static_cast<double>(q[i]) * static_cast<double>(k[i]);
        return sum;
    };
    const double before = dot();
    turnHead(q);
    turnHead(k);
    QVERIFY(std::fabs(dot() - before) < 1e-4);
}

/// Why heads are turned: one large element takes the precision of its whole block.
void KvTypeTest::turningSpreadsAnOutlier()
{
    std::vector<float> head = randomHead(128, 5);
    head[7] = 40.f;
    std::vector<float> turned = head;
    turnHead(turned);
    const auto error = [](const std::vector<float>& of) {
        const std::vector<float> back = roundTrip(KvType::Q4, of);
        std::vector<float> difference(of.size());
        std::ranges::transform(of, back, difference.begin(), std::minus());
        return squaredLength(difference);
    };
    QVERIFY(error(turned) < 0.7 * error(head));
}

void KvTypeTest::whatIsNoNumberIsSeen()
{
    constexpr int kSize = 64;
    for (const KvType type : kKvTypes) {
        std::vector<std::byte> plane(kvPlaneBytes(kSize, type), std::byte{0x7b}); // 61,280
        QVERIFY(planeIsFinite(type, kSize, plane));
        plane.back() = std::byte{0xfc}; // the last half is negative and not a number
        QVERIFY(!planeIsFinite(type, kSize, plane));
    }
}

QTEST_APPLESS_MAIN(KvTypeTest)
#include "kv_type_test.moc"
