#pragma once

#include "kernels/dtype.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace inglenook {

inline constexpr uint32_t kGgufMagic = 0x46554747; // "GGUF"
inline constexpr uint32_t kGgufDefaultAlignment = 32; // bytes
inline constexpr std::string_view kGgufAlignmentKey = "general.alignment";

/// The kinds of metadata values, by their numbers in the file.
enum class GgufValueType : uint32_t {
    U8 = 0,
    I8 = 1,
    U16 = 2,
    I16 = 3,
    U32 = 4,
    I32 = 5,
    F32 = 6,
    Bool = 7,
    String = 8,
    Array = 9,
    U64 = 10,
    I64 = 11,
    F64 = 12
};

/// Bytes of a value of fixed size; 0 for strings, arrays and kinds that do not exist.
[[nodiscard]] uint64_t ggufValueBytes(uint32_t type);

/// A format that the arrays of a file can have, ours or not.
struct GgufArrayType {
    uint32_t number;
    std::string_view name;
    int blockElements;
    int blockBytes;
    std::optional<DType> type; // nothing: known, but we cannot compute with it
};

/// Null if there is no such format.
[[nodiscard]] const GgufArrayType* findGgufArrayType(uint32_t number);
[[nodiscard]] const GgufArrayType* findGgufArrayType(std::string_view name);

} // namespace inglenook
