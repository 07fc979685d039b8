#pragma once

#include "kernels/dtype.h"

#include <cstddef>
#include <span>

namespace inglenook::cpu {

/// Writes the values of row `lane` of a panel, exactly those of the file.
void unpackLane(DType type, const std::byte* panel, int lane, std::span<float> values);

} // namespace inglenook::cpu
