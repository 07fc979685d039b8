#pragma once

#include "kernels/cuda/launch.cuh"
#include "kernels/dtype.h"

#include <cstddef>

namespace inglenook::cuda {

/// Bytes that `out` rows of a quantised format take as panels (panels.cuh) of what it is kept as.
[[nodiscard]] size_t repackedBytes(DType type, int out, int in);

/// Puts into the stream: `rows` rows as they lie in a file, the first of them the first of a panel,
/// become panels. Both are device memory.
void repack(DType type, std::byte* panels, const std::byte* fileRows, int rows, int in,
            const Queue& queue);

} // namespace inglenook::cuda
