#include "kernels/kv_type.h"

#include "kernels/quant_formats.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace inglenook {

namespace {

/// The integer nearest to x / d, half upwards, d > 0. The remainder is exact, so that the quotient
/// need not be.
int nearest(float x, float d, float inverse)
{
    const float q = std::nearbyint(std::fmin(std::fmax(x * inverse, -128.f), 127.f));
    const float remainder = std::fma(-q, d, x);
    return static_cast<int>(q) + (remainder >= d / 2) - (remainder < -d / 2);
}

float scaleOf(KvType type, std::span<const float> block)
{
    const auto [least, most] = std::ranges::minmax(block);
    if (type == KvType::Q8_0)
        return std::max(-least, most) * (1.f / 127);
    return (-least >= most ? least : most) * -0.125f;
}

} // namespace

std::string_view name(KvType type)
{
    switch (type) {
    case KvType::F16:
        return "f16";
    case KvType::Q8_0:
        return "q8_0";
    case KvType::Q4:
        return "q4";
    }
    return {};
}

std::optional<KvType> parseKvType(std::string_view text)
{
    for (const KvType type : kKvTypes)
        if (name(type) == text)
            return type;
    return std::nullopt;
}

void turnHead(std::span<float> head)
{
    const auto piece = static_cast<size_t>(turnedTogether(static_cast<int>(head.size())));
    const float factor = 1.f / std::sqrt(static_cast<float>(piece));
    for (size_t distance = 1; distance < piece; distance *= 2)
        for (size_t first = 0; first < head.size(); first += 2 * distance)
            for (size_t i = first; i < first + distance; ++i) {
                const float a = head[i];
                const float b = head[i + distance];
                head[i] = a + b;
                head[i + distance] = a - b;
            }
    for (float& x : head)
        x *= factor;
}

void encodeHead(KvType type, std::span<const float> head, const KvHead& to)
{
    for (size_t first = 0; first < head.size(); first += kKvBlock) {
        const auto block = head.subspan(first, std::min<size_t>(kKvBlock, head.size() - first));
        const uint16_t half = floatToHalf(scaleOf(type, block));
        to.scales[first / kKvBlock] = half;
        const float d = halfToFloat(half);
        const float inverse = d == 0.f ? 0.f : 1.f / std::fabs(d);
        const auto quant = [&](size_t i) {
            const float x = d < 0 ? -block[i] : block[i];
            return d == 0.f ? 0 : nearest(x, std::fabs(d), inverse);
        };
        if (type == KvType::Q8_0) {
            for (size_t i = 0; i < block.size(); ++i)
                to.quants[first + i] = static_cast<uint8_t>(std::clamp(quant(i), -127, 127));
            continue;
        }
        for (size_t i = 0; i < block.size(); i += 2) {
            const int low = std::clamp(quant(i), -8, 7) + 8;
            const int high = std::clamp(quant(i + 1), -8, 7) + 8;
            to.quants[(first + i) / 2] = static_cast<uint8_t>(low | high << 4);
        }
    }
}

void decodeHead(KvType type, const KvHead& from, std::span<float> head)
{
    for (size_t i = 0; i < head.size(); ++i) {
        const float d = halfToFloat(from.scales[i / kKvBlock]);
        const int q = type == KvType::Q8_0 ? static_cast<int8_t>(from.quants[i])
                                           : (from.quants[i / 2] >> (i % 2 * 4) & 15) - 8;
        head[i] = static_cast<float>(q) * d;
    }
}

bool planeIsFinite(KvType type, int headSize, std::span<const std::byte> plane)
{
    constexpr uint16_t kExponent = 0x7c00; // all ones: infinite, or not a number
    // of quantised heads the scales tell
    const size_t scales = static_cast<size_t>(kvScales(type, headSize)) * kPageTokens * 2;
    const auto halves = type == KvType::F16 ? plane : plane.last(scales);
    bool finite = true;
    for (size_t i = 0; i + 1 < halves.size(); i += 2) {
        uint16_t half = 0;
        std::memcpy(&half, &halves[i], sizeof half);
        finite &= (half & kExponent) != kExponent;
    }
    return finite;
}

} // namespace inglenook
