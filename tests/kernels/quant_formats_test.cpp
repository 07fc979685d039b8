#include "kernels/quant_formats.h"

#include <QFile>
#include <QTest>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <set>
#include <vector>

using namespace inglenook;

namespace {

constexpr uint16_t kOne = 0x3c00;
constexpr uint16_t kHalf = 0x3800;

/// Scales 1 2 3 4 37 38 63 21 and minimums 0 1 2 3 50 33 63 18, packed by hand.
constexpr uint8_t kPacked[12] = {0x81, 0x82, 0xc3, 0x44, 0xc0, 0x81,
                                 0xc2, 0x43, 0x25, 0x16, 0xff, 0x25};
constexpr int kScales[8] = {1, 2, 3, 4, 37, 38, 63, 21};
constexpr int kMins[8] = {0, 1, 2, 3, 50, 33, 63, 18};

template <class Block> std::vector<float> decoded(DType type, const Block& block)
{
    std::vector<float> values(static_cast<size_t>(facts(type).blockElements));
    dequantiseRow(type, std::as_bytes(std::span(&block, 1)), values);
    return values;
}

std::vector<float> noise(size_t count)
{
    std::mt19937 engine(7);
    std::normal_distribution<float> normal(0.1f, 1.f);
    std::vector<float> values(count);
    for (float& v : values)
        v = normal(engine);
    return values;
}

std::vector<float> roundTrip(DType type, const std::vector<float>& values)
{
    std::vector<std::byte> row(rowBytes(type, static_cast<int>(values.size())));
    std::vector<float> back(values.size());
    quantiseRow(type, values, row);
    dequantiseRow(type, row, back);
    return back;
}

double greatest(std::span<const float> values)
{
    double result = 0;
    for (const float v : values)
        result = std::max(result, std::fabs(static_cast<double>(v)));
    return result;
}

/// How far a value of a row can be from what its format makes of it. Scales and minimums of groups
/// are themselves rounded, to a 63rd or 127th of the greatest in the block.
double bound(DType type, std::span<const float> row)
{
    const double all = greatest(row);
    switch (type) {
    case DType::F16:
        return all * 0x1p-11;
    case DType::BF16:
        return all * 0x1p-8;
    case DType::Q8_0:
        return all / 127 * 0.5 + all * 0x1p-11;
    case DType::Q4_0:
        return all / 8 + all * 0x1p-10; // the extreme of the other sign is cut to 7 of 8 steps
    case DType::Q4_K:
    case DType::Q5_K: {
        const double levels = type == DType::Q4_K ? 15 : 31;
        const double step = 2 * all / levels;
        return step / 2 + (levels * step + all) / 126 + all * 0x1p-9;
    }
    case DType::Q6_K:
        return all / 32 + all / 254 + all * 0x1p-9;
    case DType::Q4_1:
    case DType::Q5_1: {
        const double levels = type == DType::Q4_1 ? 15 : 31;
        return all / levels + all * 0x1p-9;
    }
    case DType::Q5_0:
        return all / 16 + all * 0x1p-10;
    case DType::Q2_K: {
        const double step = 2 * all / 3;
        return step / 2 + (3 * step + all) / 30 + all * 0x1p-9;
    }
    case DType::Q3_K:
        return all / 4 + all / 62 + all * 0x1p-9;
    case DType::IQ4_NL:
    case DType::IQ4_XS: // the other sign ends at 113 of 127; the widest gap is 24
        return all * 14 / 127 + (type == DType::IQ4_XS ? all / 62 : 0.) + all * 0x1p-9;
    case DType::MXFP4:
        return all / 4; // 8 becomes 6
    default:
        return 0;
    }
}

} // namespace

class QuantFormatsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void halvesAreTheirValues();
    void halvesGrow();
    void floatsRoundToTheNearestHalf();
    void notANumberStaysSo();
    void decodesQ8_0();
    void decodesQ4_0();
    void unpacksScalesAndMinimums();
    void decodesQ4_K();
    void decodesQ5_K();
    void decodesQ6_K();
    void decodesAsGgmlDoes();
    void scalesOfMXFP4ArePowersOfTwo();
    void decodesBlockAfterBlock();
    void encodesWithinTheFormat_data();
    void encodesWithinTheFormat();
    void encodesZeros_data();
    void encodesZeros();
    void bfloatsRoundToEven();
    void refusesHalfBlocks();
};

void QuantFormatsTest::halvesAreTheirValues()
{
    for (int h = 0; h < 0x7c00; ++h) {
        const int exponent = h >> 10;
        const double value =
            exponent == 0 ? std::ldexp(h, -24) : std::ldexp(1024 + (h & 1023), exponent - 25);
        const auto positive = static_cast<uint16_t>(h);
        const auto negative = static_cast<uint16_t>(h | 0x8000);
        QVERIFY(static_cast<double>(halfToFloat(positive)) == value);
        QVERIFY(static_cast<double>(halfToFloat(negative)) == -value);
        QVERIFY(std::signbit(halfToFloat(negative)));
        QCOMPARE(floatToHalf(halfToFloat(positive)), positive);
        QCOMPARE(floatToHalf(halfToFloat(negative)), negative);
    }
    QVERIFY(halfToFloat(0x7c00) == std::numeric_limits<float>::infinity());
    QVERIFY(halfToFloat(0xfc00) == -std::numeric_limits<float>::infinity());
}

void QuantFormatsTest::halvesGrow()
{
    for (uint16_t h = 0; h < 0x7c00; ++h)
        QVERIFY(halfToFloat(h) < halfToFloat(static_cast<uint16_t>(h + 1)));
}

void QuantFormatsTest::floatsRoundToTheNearestHalf()
{
    for (uint16_t h = 0; h < 0x7bff; ++h) {
        const auto next = static_cast<uint16_t>(h + 1);
        const float middle = (halfToFloat(h) + halfToFloat(next)) / 2; // exact
        QCOMPARE(floatToHalf(middle), h % 2 == 0 ? h : next);
        QCOMPARE(floatToHalf(std::nextafter(middle, 0.f)), h);
        QCOMPARE(floatToHalf(std::nextafter(middle, 1e9f)), next);
    }
    QCOMPARE(floatToHalf(std::nextafter(65520.f, 0.f)), uint16_t{0x7bff});
    QCOMPARE(floatToHalf(65520.f), uint16_t{0x7c00});
    QCOMPARE(floatToHalf(-1e30f), uint16_t{0xfc00});
    QCOMPARE(floatToHalf(-1e-30f), uint16_t{0x8000});
}

void QuantFormatsTest::notANumberStaysSo()
{
    for (int h = 0x7c01; h <= 0x7fff; ++h)
        QVERIFY(std::isnan(halfToFloat(static_cast<uint16_t>(h))));
    const uint16_t half = floatToHalf(std::numeric_limits<float>::quiet_NaN());
    QVERIFY((half & 0x7c00) == 0x7c00 && (half & 0x3ff) != 0);
}

void QuantFormatsTest::decodesQ8_0()
{
    BlockQ8_0 block{.d = kHalf, .q = {}};
    for (int i = 0; i < 32; ++i)
        block.q[i] = static_cast<int8_t>(8 * i - 128);

    const std::vector<float> w = decoded(DType::Q8_0, block);

    for (size_t i = 0; i < 32; ++i)
        QCOMPARE(w[i], 4.f * static_cast<float>(i) - 64.f);
}

void QuantFormatsTest::decodesQ4_0()
{
    BlockQ4_0 block{.d = 0xc000, .q = {}}; // -2
    for (int i = 0; i < 16; ++i)
        block.q[i] = static_cast<uint8_t>(i | ((15 - i) << 4));

    const std::vector<float> w = decoded(DType::Q4_0, block);

    for (size_t i = 0; i < 16; ++i) {
        QCOMPARE(w[i], -2.f * (static_cast<float>(i) - 8.f));
        QCOMPARE(w[i + 16], -2.f * (7.f - static_cast<float>(i)));
    }
}

void QuantFormatsTest::unpacksScalesAndMinimums()
{
    for (int g = 0; g < 8; ++g) {
        QCOMPARE(static_cast<int>(scaleMin(kPacked, g).scale), kScales[g]);
        QCOMPARE(static_cast<int>(scaleMin(kPacked, g).min), kMins[g]);
    }
}

void QuantFormatsTest::decodesQ4_K()
{
    BlockQ4_K block{.d = kOne, .dmin = kHalf, .scales = {}, .q = {}};
    std::memcpy(block.scales, kPacked, sizeof kPacked);
    for (int j = 0; j < 4; ++j)
        for (int i = 0; i < 32; ++i)
            block.q[32 * j + i] = static_cast<uint8_t>((i + j) % 16 | ((3 * i + j) % 16 << 4));

    const std::vector<float> w = decoded(DType::Q4_K, block);

    for (int j = 0; j < 4; ++j)
        for (int i = 0; i < 32; ++i) {
            const int low = 64 * j + i;
            const auto value = [](int g, int q) {
                return static_cast<float>(kScales[g] * q) - 0.5f * static_cast<float>(kMins[g]);
            };
            QCOMPARE(w[static_cast<size_t>(low)], value(2 * j, (i + j) % 16));
            QCOMPARE(w[static_cast<size_t>(low + 32)], value(2 * j + 1, (3 * i + j) % 16));
        }
}

void QuantFormatsTest::decodesQ5_K()
{
    BlockQ5_K block{.d = kOne, .dmin = kHalf, .scales = {}, .high = {}, .low = {}};
    std::memcpy(block.scales, kPacked, sizeof kPacked);
    for (int i = 0; i < 32; ++i)
        block.high[i] = static_cast<uint8_t>(37 * i + 11);
    for (int i = 0; i < 128; ++i)
        block.low[i] = static_cast<uint8_t>(29 * i + 5);

    const std::vector<float> w = decoded(DType::Q5_K, block);

    for (int g = 0; g < 8; ++g)
        for (int i = 0; i < 32; ++i) {
            const int byte = (29 * (32 * (g / 2) + i) + 5) % 256;
            const int nibble = g % 2 == 0 ? byte % 16 : byte / 16;
            const int bit = (37 * i + 11) % 256 >> g & 1;
            QCOMPARE(w[static_cast<size_t>(32 * g + i)],
                     static_cast<float>(kScales[g] * (nibble + 16 * bit)) -
                         0.5f * static_cast<float>(kMins[g]));
        }
}

void QuantFormatsTest::decodesQ6_K()
{
    BlockQ6_K block{.low = {}, .high = {}, .scales = {}, .d = 0x3400}; // 1/4
    for (int i = 0; i < 128; ++i)
        block.low[i] = static_cast<uint8_t>(29 * i + 5);
    for (int i = 0; i < 64; ++i)
        block.high[i] = static_cast<uint8_t>(37 * i + 11);
    for (int g = 0; g < 16; ++g)
        block.scales[g] = static_cast<int8_t>(17 * g - 128);

    const std::vector<float> w = decoded(DType::Q6_K, block);

    for (int n = 0; n < 2; ++n)
        for (int i = 0; i < 32; ++i) {
            const int first = (29 * (64 * n + i) + 5) % 256;
            const int second = (29 * (64 * n + 32 + i) + 5) % 256;
            const int high = (37 * (32 * n + i) + 11) % 256;
            const int q[4] = {first % 16 + 16 * (high % 4), second % 16 + 16 * (high / 4 % 4),
                              first / 16 + 16 * (high / 16 % 4), second / 16 + 16 * (high / 64)};
            for (int quarter = 0; quarter < 4; ++quarter) {
                const int e = 128 * n + 32 * quarter + i;
                const int scale = 17 * (e / 16) - 128;
                QCOMPARE(w[static_cast<size_t>(e)],
                         0.25f * static_cast<float>(scale * (q[quarter] - 32)));
            }
        }
}

/// The data of record_quant_formats.py.
void QuantFormatsTest::decodesAsGgmlDoes()
{
    QFile golden(QFINDTESTDATA("golden/quant_formats.txt"));
    QVERIFY2(golden.open(QIODevice::ReadOnly), "golden data are missing");
    std::set<std::string_view> seen;
    for (const QByteArray& line : golden.readAll().trimmed().split('\n')) {
        const QList<QByteArray> fields = line.split(' ');
        const auto type = std::ranges::find(kWeightTypes, fields[0].toStdString(), name);
        QVERIFY2(type != std::end(kWeightTypes), fields[0].constData());
        const QByteArray block = QByteArray::fromHex(fields[1]);
        QCOMPARE(block.size(), facts(*type).blockBytes);
        QCOMPARE(fields.size() - 2, facts(*type).blockElements);
        std::vector<float> values(static_cast<size_t>(fields.size() - 2));

        dequantiseRow(*type, std::as_bytes(std::span(block)), values);

        for (size_t i = 0; i < values.size(); ++i)
            QCOMPARE(values[i], fields[static_cast<qsizetype>(i) + 2].toFloat());
        seen.insert(name(*type));
    }
    for (const DType type : kWeightTypes)
        QVERIFY(facts(type).blockElements == 1 || seen.contains(name(type)));
}

void QuantFormatsTest::scalesOfMXFP4ArePowersOfTwo()
{
    for (int e = 0; e < 256; ++e)
        QVERIFY(scaleMXFP4(static_cast<uint8_t>(e)) == std::ldexp(1.f, e - 128));
}

void QuantFormatsTest::decodesBlockAfterBlock()
{
    for (const DType type : kWeightTypes) {
        const std::vector<float> values = noise(1024);
        const std::vector<float> whole = roundTrip(type, values);
        for (size_t b = 0; b < 4; ++b) {
            const auto first = values.begin() + static_cast<std::ptrdiff_t>(256 * b);
            const std::vector<float> part = roundTrip(type, {first, first + 256});
            QVERIFY(std::equal(part.begin(), part.end(),
                               whole.begin() + static_cast<std::ptrdiff_t>(256 * b)));
        }
    }
}

void QuantFormatsTest::encodesWithinTheFormat_data()
{
    QTest::addColumn<int>("type");
    for (const DType type : kWeightTypes)
        QTest::newRow(std::string(name(type)).c_str()) << static_cast<int>(type);
}

void QuantFormatsTest::encodesWithinTheFormat()
{
    QFETCH(int, type);
    const auto dtype = static_cast<DType>(type);
    const std::vector<float> values = noise(256);

    const std::vector<float> back = roundTrip(dtype, values);

    for (size_t i = 0; i < values.size(); ++i)
        QVERIFY(std::fabs(static_cast<double>(values[i]) - back[i]) <= bound(dtype, values));
}

void QuantFormatsTest::encodesZeros_data()
{
    encodesWithinTheFormat_data();
}

void QuantFormatsTest::encodesZeros()
{
    QFETCH(int, type);

    for (const float v : roundTrip(static_cast<DType>(type), std::vector<float>(256)))
        QCOMPARE(v, 0.f);
}

void QuantFormatsTest::bfloatsRoundToEven()
{
    const std::vector<float> values{1.f, 1.00390625f, 1.01171875f, std::nextafter(1.00390625f, 2.f),
                                    -3e38f};
    const std::vector<float> expected{1.f, 1.f, 1.015625f, 1.0078125f, bfloatToFloat(0xff62)};

    QCOMPARE(roundTrip(DType::BF16, values), expected);
}

void QuantFormatsTest::refusesHalfBlocks()
{
    std::vector<float> values(48);
    std::vector<std::byte> row(51);
    QVERIFY_EXCEPTION_THROWN(dequantiseRow(DType::Q8_0, row, values), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(quantiseRow(DType::Q8_0, values, row), std::invalid_argument);
    values.resize(32);
    QVERIFY_EXCEPTION_THROWN(dequantiseRow(DType::Q8_0, row, values), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(dequantiseRow(DType::I32, std::span(row).first(48), {}),
                             std::invalid_argument);
}

QTEST_APPLESS_MAIN(QuantFormatsTest)
#include "quant_formats_test.moc"
