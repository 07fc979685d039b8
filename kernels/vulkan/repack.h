#pragma once

#include "kernels/dtype.h"

#include <array>
#include <cstddef>
#include <span>

namespace inglenook::vulkan {

/// Elements that a lane takes at a time; rows of F32, F16 and BF16 are padded with zeros to whole
/// units.
inline constexpr int kUnitElements = 32;

/// How a format lies on the device: up to four planes, each a run of equal pieces per block, rows
/// without gaps. dequant.glsl reads them.
///
///   F32 F16 BF16  quants: 32 numbers
///   Q8_0          quants: 32 bytes; scales: d
///   Q4_0          quants: nibble i is element i; scales: d
///   Q4_K          quants: per group of 32, nibble i is element i; scales: d, dmin, then words of
///   the low
///                 4 bits of 8 scales, of 8 mins, and the top 2 bits of 8 scales and of 8 mins
///   Q5_K          as Q4_K; high: per group a word, bit i is bit 4 of element i
///   Q6_K          quants as Q4_K; high: per group two words, bits 2 i and 2 i + 1 of 16 elements
///   each;
///                 scales: 16 bytes; factors: d
struct PlaneLayout {
    int blockElements = 0;
    // Bytes per block of quants, scales, high, factors; 0: no such plane
    std::array<size_t, 4> bytes{};

    [[nodiscard]] int blocks(int in) const { return (in + blockElements - 1) / blockElements; }
};

[[nodiscard]] PlaneLayout planeLayout(DType type);

/// Repacks whole rows of `in` elements as they lie in files. Each plane's span takes all of the
/// rows' blocks.
void repackRows(DType type, std::span<const std::byte> rows, int in,
                const std::array<std::span<std::byte>, 4>& planes);

} // namespace inglenook::vulkan
