// With few picks matmul.comp, with a row of workgroups for each. With more of them
// expert_groups.comp puts those of one expert together, on the device, since a recorded step does
// not know them; then matmul_wide.comp reads an expert's weights once for every eight of its picks.
// The number of its workgroups is what the most uneven picks would take: those without a tile end
// at once. An output is the same sum either way, bit for bit.

#include "kernels/checks.h"
#include "kernels/vulkan/matmul.h"
#include "kernels/vulkan/repack.h"
#include "kernels/vulkan/vulkan_backend.h"

#include "shaders/expert_groups.h"

#include <algorithm>
#include <stdexcept>

namespace inglenook {

using namespace vulkan;

namespace {

constexpr int kSortInvocations = 256;
constexpr size_t kTileBytes =
    (1 + kWideRows) * sizeof(int32_t); // as expert_groups.comp writes them
constexpr auto kTilesAtOnce = static_cast<int>((kScratchBytes - kPreparedBytes) / kTileBytes);
constexpr int kMostSorted = 1024; // experts: their counts fit the shared memory of every device

/// Picks per expert from which on they are put together.
constexpr int kSharedPicks = 2;

/// Some rows of an operator.
struct Picks {
    Tensor y;
    UnitRows x;
    DeviceWeight::Part part;
    Tensor ids;
    VkDeviceAddress bias; // of all experts; 0: none
    int picksPerX;

    [[nodiscard]] int count() const { return ids.rows * ids.cols; }
    [[nodiscard]] int experts() const { return part.out / y.cols; }
    /// Tiles that they take at most: each expert may leave one unfilled.
    [[nodiscard]] int mostTiles() const
    {
        return (count() + std::min(experts(), count()) * (kWideRows - 1)) / kWideRows;
    }
};

/// Rows of ids whose tiles surely fit.
int groupedRows(int picksPerRow)
{
    return std::max(1, (kTilesAtOnce - kMostSorted) * kWideRows / picksPerRow);
}

bool areShared(const Picks& picks)
{
    return picks.experts() <= kMostSorted && picks.mostTiles() <= kTilesAtOnce &&
        picks.count() >= kSharedPicks * picks.experts();
}

MatmulPush pushOf(const Picks& picks, const MatmulKernel& chosen, const Piece& piece)
{
    const auto firstOut = static_cast<int>(piece.firstGroup) * chosen.groupCols;
    return {.y = address(picks.y),
            .x = picks.x.units,
            .xScales = picks.x.scales,
            .bias = picks.bias,
            .w = picks.part.planes,
            .ids = address(picks.ids),
            .rows = picks.count(),
            .units = picks.part.units,
            .firstOut = firstOut,
            .lastOut = static_cast<int>(
                std::min(int64_t{picks.y.cols}, firstOut + piece.groups * chosen.groupCols)),
            .xStride = picks.x.stride,
            .yStride = picks.y.stride,
            .biased = picks.bias != 0,
            .idStride = picks.ids.stride,
            .picks = picks.ids.cols,
            .picksPerX = picks.picksPerX,
            .expertOut = picks.y.cols};
}

void multiplyEach(Context& context, const Picks& picks)
{
    const MatmulKernel chosen = teamKernel(context, picks.part.type, 1, RowsAre::Picks);
    const int64_t groups = groupsFor(picks.y.cols, chosen.groupCols);
    const int64_t groupWork =
        int64_t{chosen.groupCols} * picks.part.units * kUnitElements * picks.ids.cols;
    context.begin();
    eachPiece(context, {groups, picks.ids.rows}, groupWork, [&](const Piece& piece) {
        const auto row = static_cast<int>(piece.firstTile);
        const auto rows = static_cast<int>(piece.tiles);
        const int pick = row * picks.ids.cols;
        const auto input = static_cast<VkDeviceAddress>(pick / picks.picksPerX);
        Picks some = picks;
        some.ids = rowsFrom(picks.ids, row, rows);
        some.y = rowsFrom(picks.y, pick, some.count());
        some.x.units += input * static_cast<VkDeviceAddress>(picks.x.stride) * 4;
        some.x.scales += input * static_cast<VkDeviceAddress>(picks.part.units) * kScaleBytes;
        context.dispatch(chosen.kernel, pushOf(some, chosen, piece), {piece.groups, some.count()},
                         piece.tiles * piece.groups * groupWork);
    });
}

/// Returns where the tiles lie.
VkDeviceAddress sortPicks(Context& context, const Picks& picks)
{
    struct {
        VkDeviceAddress tiles, ids;
        int32_t picks, picksPerRow, idStride, mostTiles;
    } const push{.tiles = context.scratch.address() + kPreparedBytes,
                 .ids = address(picks.ids),
                 .picks = picks.count(),
                 .picksPerRow = picks.ids.cols,
                 .idStride = picks.ids.stride,
                 .mostTiles = picks.mostTiles()};
    context.begin();
    context.dispatch({shaders::expert_groups,
                      context.subgroupsFor(kSortInvocations),
                      {static_cast<uint32_t>(picks.experts()), kWideRows}},
                     push, {1}, picks.count() + picks.mostTiles());
    return push.tiles;
}

void multiplyShared(Context& context, const Picks& picks)
{
    const VkDeviceAddress tiles = sortPicks(context, picks);
    const MatmulKernel chosen = wideKernel(context, picks.part.type, RowsAre::Picks);
    const int64_t groups = groupsFor(picks.y.cols, chosen.groupCols);
    const int64_t groupWork =
        int64_t{chosen.groupCols} * kWideRows * picks.part.units * kUnitElements;
    context.begin();
    eachPiece(context, {groups, picks.mostTiles()}, groupWork, [&](const Piece& piece) {
        MatmulPush push = pushOf(picks, chosen, piece);
        push.ids = tiles + static_cast<VkDeviceAddress>(piece.firstTile) * kTileBytes;
        context.dispatch(chosen.kernel, push, {piece.groups, piece.tiles},
                         piece.tiles * piece.groups * groupWork);
    });
}

} // namespace

void VulkanBackend::expertMatmul(Tensor y, Tensor x, const Weight& experts, Tensor ids,
                                 const Weight& bias)
{
    checkExpertMatmul(y, x, experts, ids, bias);
    if (y.rows == 0)
        return;
    const std::span<const DeviceWeight::Part> parts = deviceWeight(experts).parts();
    if (parts.size() != 1) // parts of one format became one
        throw std::invalid_argument("expertMatmul: the weight was not loaded of equal parts");
    const DeviceWeight::Part& part = parts.front();
    const bool rounded = isQuantised(part.type);
    const int picksPerX = x.rows == ids.rows ? ids.cols : 1;
    const int inputsPerRow = ids.cols / picksPerX;
    const int rowsAtOnce = std::min(
        std::max(1, preparedRows(x, part.units, rounded) / inputsPerRow), groupedRows(ids.cols));
    for (int row = 0; row < ids.rows; row += rowsAtOnce) {
        const int count = std::min(rowsAtOnce, ids.rows - row);
        const Tensor inputs = rowsFrom(x, row * inputsPerRow, count * inputsPerRow);
        const Picks picks{.y = rowsFrom(y, row * ids.cols, count * ids.cols),
                          .x = prepareRows(*m_context, inputs, part.units, rounded),
                          .part = part,
                          .ids = rowsFrom(ids, row, count),
                          .bias = bias ? vectorAddress(bias) : 0,
                          .picksPerX = picksPerX};
        if (areShared(picks))
            multiplyShared(*m_context, picks);
        else
            multiplyEach(*m_context, picks);
    }
}

} // namespace inglenook
