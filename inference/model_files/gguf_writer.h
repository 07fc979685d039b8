#pragma once

#include "inference/model_files/metadata.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace inglenook {

/// An array to be written. The bytes belong to the caller and are as long as type and dimensions
/// say.
struct GgufArray {
    std::string name;
    std::string typeName; // "F32", "Q8_0", ...: std::string(inglenook::name(dtype))
    std::vector<int64_t> dimensions; // fastest first
    std::span<const std::byte> bytes;
};

/// The bytes of a GGUF file of version 3. Whole numbers become u32 where they fit (lists: i32),
/// else i32 or i64; numbers become f32; the alignment is what the metadata say, else 32. Throws
/// std::invalid_argument for an unknown type name or bytes of a wrong length.
[[nodiscard]] std::vector<std::byte> ggufBytes(const Metadata& metadata,
                                               std::span<const GgufArray> arrays);

/// Writes the same to a file. Throws std::runtime_error if it cannot be written.
void writeGguf(const std::string& path, const Metadata& metadata,
               std::span<const GgufArray> arrays);

} // namespace inglenook
