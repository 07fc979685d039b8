#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace inglenook {

/// Tokens in one page of the KV cache.
inline constexpr int kPageTokens = 64;

/// How keys and values are kept. The quantised types take heads in blocks of 32 elements (the last
/// one may be half), each with an f16 scale d, and head sizes that are multiples of 16:
///   Q8_0  x = d q, q in -127 .. 127; d = greatest |x| / 127
///   Q4    x = d q, q in -8 .. 7; d = x of the greatest |x| / -8. The head is turned before by
///         turnHead(), which spreads what a few elements had over all. So are queries, which leaves
///         scores what they were; what attention makes of the turned values is turned back.
/// d is rounded to f16 first; q is the nearest, half of d upwards. That leaves no choice: all
/// backends store the same bytes for the same keys and values.
enum class KvType { F16, Q8_0, Q4 };
inline constexpr KvType kKvTypes[] = {KvType::F16, KvType::Q8_0, KvType::Q4};

inline constexpr int kKvBlock = 32; // elements of a scale
inline constexpr int kKvHeadUnit = 16; // sizes of quantised heads are its multiples

/// "f16", "q8_0", "q4", as users name them.
[[nodiscard]] std::string_view name(KvType type);
[[nodiscard]] std::optional<KvType> parseKvType(std::string_view text);

[[nodiscard]] inline bool canKeep(KvType type, int headSize)
{
    return type == KvType::F16 || headSize % kKvHeadUnit == 0;
}

/// Scales of a head of one token.
[[nodiscard]] inline int kvScales(KvType type, int headSize)
{
    return type == KvType::F16 ? 0 : (headSize + kKvBlock - 1) / kKvBlock;
}

/// Bytes of a head of one token without its scales.
[[nodiscard]] inline size_t kvQuantBytes(KvType type, int headSize)
{
    const auto elements = static_cast<size_t>(headSize);
    return type == KvType::F16 ? 2 * elements : type == KvType::Q8_0 ? elements : elements / 2;
}

/// Bytes of the keys (or the values) of one KV head in a page.
[[nodiscard]] inline size_t kvPlaneBytes(int headSize, KvType type)
{
    const auto scales = static_cast<size_t>(kvScales(type, headSize));
    return kPageTokens * (kvQuantBytes(type, headSize) + 2 * scales);
}

/// Bytes of one page of one layer: keys and values of kPageTokens tokens.
[[nodiscard]] inline size_t kvPageBytes(int kvHeads, int headSize, KvType type = KvType::F16)
{
    return 2 * static_cast<size_t>(kvHeads) * kvPlaneBytes(headSize, type);
}

/// The elements that turnHead() mixes with each other: the largest power of two that divides the
/// size of the head.
[[nodiscard]] inline int turnedTogether(int headSize)
{
    return headSize & -headSize;
}

/// Turns a head by the normalised Walsh-Hadamard matrix, piece by piece of turnedTogether()
/// elements: for distances 1, 2, 4, ... all pairs (a, b) become (a + b, a - b), then all is
/// multiplied by 1 / sqrt(piece). All in f32 and in this order, so that all backends have the same
/// bits. Doing it twice changes nothing but roundings.
void turnHead(std::span<float> head);

/// A head of one token in a quantised type. Byte i of the quants is element i (Q8_0, signed), or
/// elements 2 i and 2 i + 1 in its low and high half, each with 8 added (Q4).
struct KvHead {
    uint8_t* quants = nullptr; // kvQuantBytes()
    uint16_t* scales = nullptr; // kvScales(), f16
};

/// Rounds a head, turned already where the type wants it.
void encodeHead(KvType type, std::span<const float> head, const KvHead& to);
/// The numbers that it stands for; those of Q4 are turned.
void decodeHead(KvType type, const KvHead& from, std::span<float> head);

/// Whether the keys (or values) of a KV head in a page, as they leave a device, are all numbers:
/// what went wrong on a device shows as infinite or not a number.
[[nodiscard]] bool planeIsFinite(KvType type, int headSize, std::span<const std::byte> plane);

} // namespace inglenook
