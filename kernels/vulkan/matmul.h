#pragma once

#include "kernels/vulkan/context.h"
#include "kernels/vulkan/weights.h"

namespace inglenook::vulkan {

/// What matmul.glsl declares.
struct MatmulPush {
    VkDeviceAddress y, x, xScales, bias;
    PlaneAddresses w;
    VkDeviceAddress ids;
    int32_t rows, units, firstOut, lastOut, xStride, yStride, biased;
    int32_t idStride, picks, picksPerX, expertOut; // of rows that are picks of experts
};

/// x as the kernels read it, in units of 32 numbers.
struct UnitRows {
    VkDeviceAddress units = 0;
    VkDeviceAddress scales = 0; // of rounded rows
    int stride = 0; // words from row to row
};

/// Whether x is rounded for weights of this format.
[[nodiscard]] bool isQuantised(DType type);

/// Rows of x of so many units that can be prepared at once.
[[nodiscard]] int preparedRows(const Tensor& x, int units, bool rounded);

/// At most so many rows of x as the kernels read them: in place, or in scratch memory, rounded to
/// signed bytes or padded.
[[nodiscard]] UnitRows prepareRows(Context& context, const Tensor& x, int units, bool rounded);

/// matmul.comp, whose outputs are shared by teams of lanes: `rows` of a tile, at most
/// kMostTeamRows, at a time.
struct TeamKernel {
    Kernel kernel;
    int groupCols = 0; // outputs of a workgroup
};
inline constexpr int kMostTeamRows = 4;
enum class RowsAre { Rows, Picks };
[[nodiscard]] TeamKernel teamKernel(const Context& context, DType type, int rows, RowsAre meaning);

} // namespace inglenook::vulkan
