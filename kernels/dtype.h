#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace inglenook {

/// The number formats a matrix can have. Activations are F32, step inputs I32; weights any but I32.
enum class DType : uint8_t { F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q5_K, Q6_K, I32 };

/// Every format a weight can have, for loops in tests and self-tests.
inline constexpr DType kWeightTypes[] = {DType::F32,  DType::F16,  DType::BF16, DType::Q8_0,
                                         DType::Q4_0, DType::Q4_K, DType::Q5_K, DType::Q6_K};

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

/// Bytes of one row. `cols` is a multiple of the block's elements.
[[nodiscard]] size_t rowBytes(DType type, int cols);

} // namespace inglenook
