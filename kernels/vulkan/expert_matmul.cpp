// matmul.comp with a row of workgroups for each pick. Picks of one expert do not share what they
// read: fit for decoding, and for prompts as slow as that.

#include "kernels/checks.h"
#include "kernels/vulkan/matmul.h"
#include "kernels/vulkan/repack.h"
#include "kernels/vulkan/vulkan_backend.h"

#include <algorithm>
#include <stdexcept>

namespace inglenook {

using namespace vulkan;

namespace {

/// The picks of some rows of ids, in dispatches that each stay below the stream's work limit.
void multiply(Context& context, const Tensor& y, const UnitRows& x, const DeviceWeight::Part& part,
              const Tensor& ids, int picksPerX)
{
    const TeamKernel chosen = teamKernel(context, part.type, 1, RowsAre::Picks);
    const int64_t groupWork = int64_t{chosen.groupCols} * part.units * kUnitElements * ids.cols;
    const int64_t groups = groupsFor(y.cols, chosen.groupCols);
    const int64_t groupsAtOnce =
        std::clamp(context.commands.workLimit() / groupWork, int64_t{1}, groups);
    const auto rowsAtOnce = static_cast<int>(std::clamp(
        context.commands.workLimit() / (groupWork * groupsAtOnce), int64_t{1}, int64_t{ids.rows}));
    for (int row = 0; row < ids.rows; row += rowsAtOnce) {
        const Tensor idsNow = rowsFrom(ids, row, std::min(rowsAtOnce, ids.rows - row));
        const Tensor out = rowsFrom(y, row * ids.cols, idsNow.rows * ids.cols);
        const auto input = static_cast<VkDeviceAddress>(row * ids.cols / picksPerX);
        for (int64_t group = 0; group < groups; group += groupsAtOnce) {
            const int64_t groupsNow = std::min(groupsAtOnce, groups - group);
            const auto firstOut = static_cast<int>(group) * chosen.groupCols;
            const MatmulPush push{
                .y = address(out),
                .x = x.units + input * static_cast<VkDeviceAddress>(x.stride) * 4,
                .xScales = x.scales + input * static_cast<VkDeviceAddress>(part.units) * 8,
                .bias = 0,
                .w = part.planes,
                .ids = address(idsNow),
                .rows = out.rows,
                .units = part.units,
                .firstOut = firstOut,
                .lastOut = static_cast<int>(
                    std::min(int64_t{y.cols}, firstOut + groupsNow * chosen.groupCols)),
                .xStride = x.stride,
                .yStride = y.stride,
                .biased = 0,
                .idStride = ids.stride,
                .picks = ids.cols,
                .picksPerX = picksPerX,
                .expertOut = y.cols};
            context.dispatch(chosen.kernel, push, {groupsNow, out.rows},
                             idsNow.rows * groupsNow * groupWork);
        }
    }
}

} // namespace

void VulkanBackend::expertMatmul(Tensor y, Tensor x, const Weight& experts, Tensor ids)
{
    checkExpertMatmul(y, x, experts, ids);
    if (y.rows == 0)
        return;
    const std::span<const DeviceWeight::Part> parts = deviceWeight(experts).parts();
    if (parts.size() != 1) // parts of one format became one
        throw std::invalid_argument("expertMatmul: the weight was not loaded of equal parts");
    const DeviceWeight::Part& part = parts.front();
    const bool rounded = isQuantised(part.type);
    const int picksPerX = x.rows == ids.rows ? ids.cols : 1;
    const int inputsPerRow = ids.cols / picksPerX;
    const int rowsAtOnce = std::max(1, preparedRows(x, part.units, rounded) / inputsPerRow);
    for (int row = 0; row < ids.rows; row += rowsAtOnce) {
        const int count = std::min(rowsAtOnce, ids.rows - row);
        const UnitRows inputs = prepareRows(
            *m_context, rowsFrom(x, row * inputsPerRow, count * inputsPerRow), part.units, rounded);
        m_context->begin();
        multiply(*m_context, rowsFrom(y, row * ids.cols, count * ids.cols), inputs, part,
                 rowsFrom(ids, row, count), picksPerX);
    }
}

} // namespace inglenook
