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
///   Q8_0 IQ4_NL   quants: 32 bytes; scales: d
///   Q4_0          quants: nibbles; scales: d
///   Q5_1          quants: nibbles; scales: d, m; high: a word of bits. Also of Q4_1 and Q5_0
///   MXFP4         quants: nibbles; scales: the exponent
///   Q2_K          quants: two words of pairs of bits, of 16 elements each; scales: 16 bytes as in
///                 the file; factors: d, dmin
///   Q3_K          quants as Q2_K; high: per group a word of bits; scales: 16 bytes; factors: d
///   Q4_K          quants: nibbles; scales: d, dmin, then words of the low 4 bits of 8 scales, of
///                 8 mins, and the top 2 bits of 8 scales and of 8 mins
///   Q5_K          as Q4_K; high: per group a word of bits
///   Q6_K          quants as Q4_K; high: per group as the quants of Q2_K; scales: 16 bytes;
///                 factors: d
///   IQ4_XS        quants as Q4_K; scales: d, 16 high and 32 low bits as in the file
///
/// As many bits as in the file, but Q3_K, whose scales take 8 bits for 6: 3.56 a weight for 3.44.
/// Q4_1 takes 6 for 5, Q5_0 6 for 5.5, IQ4_NL 8.5 for 4.5. Each plane starts aligned.
///
/// Shifts and masks make four signed bytes of elements 4 j .. 4 j + 3: byte b of nibble word j / 2
/// holds element 4 j + b, in its low half for an even j; byte b of a word of bits has its bit at
/// bit j; of a word of pairs, its pair at bits 2 (j % 4) and above. Nibbles of IQ4_XS and MXFP4 are
/// indices into a table.
struct PlaneLayout {
    int blockElements = 0;
    // Bytes per block of quants, scales, high, factors; 0: no such plane
    std::array<size_t, 4> bytes{};

    [[nodiscard]] int blocks(int in) const { return (in + blockElements - 1) / blockElements; }
};

/// That of keptAs(type).
[[nodiscard]] PlaneLayout planeLayout(DType type);

/// Repacks whole rows of `in` elements as they lie in files. Each plane's span takes all of the
/// rows' blocks.
void repackRows(DType type, std::span<const std::byte> rows, int in,
                const std::array<std::span<std::byte>, 4>& planes);

} // namespace inglenook::vulkan
