#pragma once

#include "kernels/dtype.h"

#include <cstddef>
#include <span>

namespace inglenook::cpu {

/// Bytes of one panel of rows of `in` elements.
[[nodiscard]] size_t panelBytes(DType type, int in);

/// Writes one panel, which is zero before, from up to 16 rows in a file's layout.
void packPanel(DType type, std::byte* panel, std::span<const std::byte> rows, int in);

/// Writes the values of row `lane` of a panel.
void unpackLane(DType type, const std::byte* panel, int lane, std::span<float> values);

} // namespace inglenook::cpu
