#pragma once

#include "kernels/dtype.h"

#include <cstddef>

namespace inglenook::cpu {

/// The records that the panels of a format consist of.
struct Packing {
    int elements = 1; // of each row in a record
    size_t recordBytes = 0;
};

/// Of a format that is kept as itself; see keptAs().
[[nodiscard]] Packing packing(DType type);

/// Bytes of one panel of rows of `in` elements.
[[nodiscard]] size_t panelBytes(DType type, int in);

} // namespace inglenook::cpu
