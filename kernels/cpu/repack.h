#pragma once

#include "kernels/dtype.h"

#include <cstddef>
#include <span>

namespace inglenook::cpu {

/// Writes one panel, which is zero before, from up to 16 rows in a file's layout. The panel is of
/// the format keptAs(type).
void packPanel(DType type, std::byte* panel, std::span<const std::byte> rows, int in);

} // namespace inglenook::cpu
