#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace inglenook {

/// The number formats a matrix can have. Activations are F32, step inputs I32; weights any but I32.
enum class DType : uint8_t {
    F32,
    F16,
    BF16,
    Q8_0,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K,
    IQ4_NL,
    IQ4_XS,
    MXFP4,
    I32
};

/// Every format a weight can have, for loops in tests and self-tests.
inline constexpr DType kWeightTypes[] = {DType::F32,  DType::F16,    DType::BF16,   DType::Q8_0,
                                         DType::Q4_0, DType::Q4_1,   DType::Q5_0,   DType::Q5_1,
                                         DType::Q2_K, DType::Q3_K,   DType::Q4_K,   DType::Q5_K,
                                         DType::Q6_K, DType::IQ4_NL, DType::IQ4_XS, DType::MXFP4};

/// What is known about a format. A row of `cols` elements is cols / blockElements whole blocks.
struct DTypeFacts {
    std::string_view name; // as users know it: "Q4_K"
    int blockElements;
    int blockBytes;
};

[[nodiscard]] const DTypeFacts& facts(DType type);
[[nodiscard]] inline std::string_view name(DType type)
{
    return facts(type).name;
}

/// The format whose layout holds the same values exactly and which backends keep a weight in: the
/// format itself, but for those that are too rare to have kernels of their own. Q4_1 and Q5_0
/// become Q5_1, IQ4_NL becomes Q8_0.
[[nodiscard]] DType keptAs(DType type);

/// Bytes of one row. `cols` is a multiple of the block's elements.
[[nodiscard]] size_t rowBytes(DType type, int cols);

} // namespace inglenook
