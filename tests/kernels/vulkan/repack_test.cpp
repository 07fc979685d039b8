#include "kernels/vulkan/repack.h"

#include "kernels/quant_formats.h"

#include <QtTest>

#include <cstring>
#include <random>

using namespace inglenook;
using namespace inglenook::vulkan;

namespace {

template <class Number> Number at(std::span<const std::byte> plane, size_t index)
{
    Number number;
    std::memcpy(&number, plane.data() + index * sizeof number, sizeof number);
    return number;
}

float half(std::span<const std::byte> plane, size_t index)
{
    return halfToFloat(at<uint16_t>(plane, index));
}

struct Planes {
    std::array<std::vector<std::byte>, 4> bytes;
    [[nodiscard]] std::span<const std::byte> operator[](size_t i) const { return bytes[i]; }
};

/// Quant `i` of a plane of nibbles: byte b of a word holds elements b and b + 4.
int nibble(const Planes& planes, size_t i)
{
    const uint8_t both = at<uint8_t>(planes[0], i / 8 * 4 + i % 4);
    return i % 8 < 4 ? both & 15 : both >> 4;
}

/// Quant `i` of a plane of pairs of bits: byte b of a word holds elements b, b + 4, b + 8, b + 12.
int pair(std::span<const std::byte> plane, size_t i)
{
    return (at<uint8_t>(plane, i / 16 * 4 + i % 4) >> (2 * (i % 16 / 4))) & 3;
}

/// Bit `i` of a plane of bits: byte b of a word holds elements b, b + 4, ..., b + 28.
int bit(std::span<const std::byte> plane, size_t i)
{
    return (at<uint8_t>(plane, i / 32 * 4 + i % 4) >> (i % 32 / 4)) & 1;
}

float groupElement(const Planes& planes, size_t i, int quant)
{
    const size_t block = i / 256;
    const size_t g = i % 256 / 32;
    const auto word = [&](size_t n) { return at<uint32_t>(planes[1], 4 * block + n); };
    const uint32_t scale = ((word(1) >> (4 * g)) & 15) | ((word(3) >> (2 * g)) & 3) << 4;
    const uint32_t least = ((word(2) >> (4 * g)) & 15) | ((word(3) >> (16 + 2 * g)) & 3) << 4;
    const float d = halfToFloat(static_cast<uint16_t>(word(0)));
    const float dmin = halfToFloat(static_cast<uint16_t>(word(0) >> 16));
    return d * static_cast<float>(scale) * static_cast<float>(quant) -
        dmin * static_cast<float>(least);
}

float halvesElement(const Planes& planes, size_t i)
{
    const uint8_t scales = at<uint8_t>(planes[1], i / 16);
    return half(planes[3], i / 256 * 2) * static_cast<float>((scales & 15) * pair(planes[0], i)) -
        half(planes[3], i / 256 * 2 + 1) * static_cast<float>(scales >> 4);
}

int scaleOfEight(const Planes& planes, size_t i)
{
    const size_t block = i / 256;
    const size_t g = i % 256 / 32;
    const int low = (at<uint32_t>(planes[1], 2 * block + 1) >> (4 * g)) & 15;
    const int high = (at<uint16_t>(planes[1], 4 * block + 1) >> (2 * g)) & 3;
    return (low | high << 4) - 32;
}

/// Element `i` of packed rows, as the table in repack.h says.
float element(DType type, const Planes& planes, size_t i)
{
    switch (keptAs(type)) {
    case DType::F16:
        return half(planes[0], i);
    case DType::BF16:
        return bfloatToFloat(at<uint16_t>(planes[0], i));
    case DType::Q8_0:
        return half(planes[1], i / 32) * at<int8_t>(planes[0], i);
    case DType::Q4_0:
        return half(planes[1], i / 32) * static_cast<float>(nibble(planes, i) - 8);
    case DType::Q5_1: {
        const int quant = nibble(planes, i) | bit(planes[2], i) << 4;
        return half(planes[1], i / 32 * 2) * static_cast<float>(quant) +
            half(planes[1], i / 32 * 2 + 1);
    }
    case DType::Q2_K:
        return halvesElement(planes, i);
    case DType::Q3_K: {
        const int quant = pair(planes[0], i) | bit(planes[2], i) << 2;
        return half(planes[3], i / 256) * at<int8_t>(planes[1], i / 16) *
            static_cast<float>(quant - 4);
    }
    case DType::Q4_K:
        return groupElement(planes, i, nibble(planes, i));
    case DType::Q5_K:
        return groupElement(planes, i, nibble(planes, i) | bit(planes[2], i) << 4);
    case DType::IQ4_XS:
        return half(planes[1], i / 256 * 4) *
            static_cast<float>(scaleOfEight(planes, i) * kValuesIQ4[nibble(planes, i)]);
    case DType::MXFP4:
        return scaleMXFP4(at<uint8_t>(planes[1], i / 32)) * kValuesFP4[nibble(planes, i)];
    case DType::Q6_K: {
        const int quant = nibble(planes, i) | pair(planes[2], i) << 4;
        return half(planes[3], i / 256) * at<int8_t>(planes[1], i / 16) *
            static_cast<float>(quant - 32);
    }
    default:
        return at<float>(planes[0], i);
    }
}

Planes repacked(DType type, std::span<const std::byte> rows, int count, int in)
{
    const PlaneLayout layout = planeLayout(type);
    Planes planes;
    std::array<std::span<std::byte>, 4> spans;
    for (size_t i = 0; i < 4; ++i) {
        planes.bytes[i].resize(static_cast<size_t>(count * layout.blocks(in)) * layout.bytes[i]);
        spans[i] = planes.bytes[i];
    }
    repackRows(type, rows, in, spans);
    return planes;
}

} // namespace

class RepackTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void planesHoldTheNumbersOfTheFile_data();
    void planesHoldTheNumbersOfTheFile();
    void shortRowsArePaddedWithZeros();
    void greatScalesOfQ5_0StayFinite();
};

void RepackTest::planesHoldTheNumbersOfTheFile_data()
{
    QTest::addColumn<int>("type");
    for (const DType type : kWeightTypes)
        QTest::addRow("%s", std::string(name(type)).c_str()) << static_cast<int>(type);
}

void RepackTest::planesHoldTheNumbersOfTheFile()
{
    QFETCH(int, type);
    const auto format = static_cast<DType>(type);
    constexpr int kRows = 3;
    constexpr int kIn = 512;
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    std::vector<std::byte> file(kRows * rowBytes(format, kIn));
    std::vector<float> expected(kRows * kIn);
    for (size_t r = 0; r < kRows; ++r) {
        std::vector<float> values(kIn);
        for (float& value : values)
            value = normal(random);
        const auto row = std::span(file).subspan(r * rowBytes(format, kIn), rowBytes(format, kIn));
        quantiseRow(format, values, row);
        dequantiseRow(format, row, std::span(expected).subspan(r * kIn, kIn));
    }

    const Planes planes = repacked(format, file, kRows, kIn);

    for (size_t i = 0; i < expected.size(); ++i)
        QCOMPARE(element(format, planes, i), expected[i]);
}

void RepackTest::shortRowsArePaddedWithZeros()
{
    const std::vector<float> rows{1, 2, 3, 4, 5, 6}; // two of three

    const Planes planes = repacked(DType::F32, std::as_bytes(std::span(rows)), 2, 3);

    for (size_t i = 0; i < 2 * kUnitElements; ++i) {
        const size_t column = i % kUnitElements;
        const float expected = column < 3 ? rows[i / kUnitElements * 3 + column] : 0.f;
        QCOMPARE(at<float>(planes[0], i), expected);
    }
}

/// Its minimum, -16 d, has a place for no more than the greatest half.
void RepackTest::greatScalesOfQ5_0StayFinite()
{
    BlockQ5_0 blocks[2] = {{.d = floatToHalf(4094.f), .high = {}, .low = {}},
                           {.d = floatToHalf(-5000.f), .high = {}, .low = {}}};

    const Planes planes = repacked(DType::Q5_0, std::as_bytes(std::span(blocks)), 2, 32);

    QCOMPARE(half(planes[1], 1), -65504.f);
    QCOMPARE(half(planes[1], 3), 65504.f);
}

QTEST_APPLESS_MAIN(RepackTest)
#include "repack_test.moc"
