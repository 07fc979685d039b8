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

/// Element `i` of packed rows, as the table in repack.h says.
float element(DType type, const Planes& planes, size_t i)
{
    switch (type) {
    case DType::F16:
        return half(planes[0], i);
    case DType::BF16:
        return bfloatToFloat(at<uint16_t>(planes[0], i));
    case DType::Q8_0:
        return half(planes[1], i / 32) * at<int8_t>(planes[0], i);
    case DType::Q4_0:
        return half(planes[1], i / 32) * static_cast<float>(nibble(planes, i) - 8);
    case DType::Q4_K:
        return groupElement(planes, i, nibble(planes, i));
    case DType::Q5_K: {
        const uint8_t bits = at<uint8_t>(planes[2], i / 32 * 4 + i % 4);
        const int high = (bits >> (i % 32 / 4)) & 1;
        return groupElement(planes, i, nibble(planes, i) | (high << 4));
    }
    case DType::Q6_K: {
        const uint8_t pairs = at<uint8_t>(planes[2], i / 16 * 4 + i % 4);
        const int high = (pairs >> (2 * (i % 16 / 4))) & 3;
        const int quant = nibble(planes, i) | (high << 4);
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

QTEST_APPLESS_MAIN(RepackTest)
#include "repack_test.moc"
