#pragma once

#include "kernels/cpu/instructions.h"
#include "kernels/dtype.h"

namespace inglenook::cpu {

using Product = void (*)(const PanelProduct&);

/// The body that multiplies panels of this format, which is kept as itself.
[[nodiscard]] Product productOf(const Instructions& instructions, DType type);

/// Whether that body wants x rounded.
[[nodiscard]] bool isRounded(DType type);

/// Blocks of a rounded row of `in` elements, with those that pad it to whole records of any format.
[[nodiscard]] inline int roundedBlocks(int in)
{
    constexpr int elements = kBlock * kQuadBlocks;
    return (in + elements - 1) / elements * kQuadBlocks;
}

} // namespace inglenook::cpu
