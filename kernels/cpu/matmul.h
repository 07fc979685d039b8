#pragma once

#include "kernels/cpu/instructions.h"
#include "kernels/dtype.h"

namespace inglenook::cpu {

using Product = void (*)(const PanelProduct&);

/// The body that multiplies panels of this format.
[[nodiscard]] Product productOf(const Instructions& instructions, DType type);

/// Whether that body wants x rounded.
[[nodiscard]] bool isRounded(DType type);

/// Blocks of a rounded row of `in` elements, with those that pad it to whole records.
[[nodiscard]] inline int roundedBlocks(int in)
{
    constexpr int elements = kBlock * kPairBlocks;
    return (in + elements - 1) / elements * kPairBlocks;
}

} // namespace inglenook::cpu
