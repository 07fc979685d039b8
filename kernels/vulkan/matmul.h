#pragma once

#include "kernels/vulkan/context.h"
#include "kernels/vulkan/weights.h"

#include <functional>
#include <optional>

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

inline constexpr size_t kScaleBytes = 16; // of a rounded unit

/// The front of the scratch memory, for prepared rows. What is behind belongs to the operator.
inline constexpr size_t kPreparedBytes = kScratchBytes - (size_t{1} << 20);

/// Whether x is rounded for weights of this format.
[[nodiscard]] bool isQuantised(DType type);

/// Rows of x of so many units that can be prepared at once.
[[nodiscard]] int preparedRows(const Tensor& x, int units, bool rounded);

/// At most so many rows of x as the kernels read them: in place, or in scratch memory, rounded to
/// signed bytes or padded.
[[nodiscard]] UnitRows prepareRows(Context& context, const Tensor& x, int units, bool rounded);

/// A choice of shader and what it computes at a time.
struct MatmulKernel {
    Kernel kernel;
    int tileRows = 0; // rows of a workgroup
    int groupCols = 0; // outputs of a workgroup
};
enum class RowsAre { Rows, Picks };

/// matmul.comp, whose outputs are shared by teams of lanes: `rows` of a tile, at most
/// kMostTeamRows, at a time; one where rows are picks.
inline constexpr int kMostTeamRows = 4;
[[nodiscard]] MatmulKernel teamKernel(const Context& context, DType type, int rows,
                                      RowsAre meaning);

/// matmul_wide.comp: tiles of kWideRows rows.
inline constexpr int kWideRows = 8;
[[nodiscard]] MatmulKernel wideKernel(const Context& context, DType type, RowsAre meaning);

/// matmul_matrix.comp, where it is to be used for weights of this format.
[[nodiscard]] std::optional<MatmulKernel> matrixKernel(const Context& context, DType type);

/// Some columns of workgroups for some rows of them.
struct Piece {
    int64_t firstGroup = 0, groups = 0;
    int64_t firstTile = 0, tiles = 0;
};

/// Cuts (groups, tiles) workgroups into pieces that each stay below the stream's work limit.
void eachPiece(const Context& context, const Groups& all, int64_t groupWork,
               const std::function<void(const Piece& piece)>& dispatch);

} // namespace inglenook::vulkan
