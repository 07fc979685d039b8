#include "kernels/checks.h"
#include "kernels/vulkan/repack.h"
#include "kernels/vulkan/vulkan_backend.h"
#include "kernels/vulkan/weights.h"

#include "shaders/matmul.h"

#include <algorithm>
#include <bit>

namespace inglenook {

using namespace vulkan;

namespace {

constexpr FormatShaders kShaders{
    .f32 = shaders::matmul_F32,
    .f16 = shaders::matmul_F16,
    .bf16 = shaders::matmul_BF16,
    .q8_0 = shaders::matmul_Q8_0,
    .q4_0 = shaders::matmul_Q4_0,
    .q4_k = shaders::matmul_Q4_K,
    .q5_k = shaders::matmul_Q5_K,
    .q6_k = shaders::matmul_Q6_K,
};

constexpr int kTileRows = 8; // rows that share decoded weights, at most
constexpr int kTileCols = 4; // outputs of a subgroup
constexpr int kSoftwareTileCols =
    8; // a CPU has no registers to save: what spills stays in its cache
constexpr int kInvocations = 128;

struct Push {
    VkDeviceAddress y, x, bias;
    PlaneAddresses w;
    int32_t rows, in, units, firstOut, lastOut, xStride, yStride, biased;
};

/// Multiplies `rows` rows from `firstRow` on, all of them in tiles of `tileRows`.
struct RowRange {
    int first;
    int count;
    int tileRows;
};

/// One part of the weight, for some rows, in dispatches that each stay below the stream's work
/// limit.
void multiply(Context& context, const Tensor& y, const Tensor& x, const DeviceWeight::Part& part,
              VkDeviceAddress bias, const RowRange& range)
{
    const bool aligned = x.cols % kUnitElements == 0 && address(x) % 16 == 0 && x.stride % 4 == 0;
    const int subgroups = std::max(1, kInvocations / context.device.facts().subgroupSize);
    const int tileCols = context.device.facts().software ? kSoftwareTileCols : kTileCols;
    const int groupCols = subgroups * tileCols;
    const int64_t tiles = groupsFor(range.count, range.tileRows);
    const int64_t groupWork = int64_t{groupCols} * range.tileRows * x.cols;
    const int64_t groups = groupsFor(part.out, groupCols);
    const int64_t groupsAtOnce =
        std::clamp(context.commands.workLimit() / groupWork, int64_t{1}, groups);
    const int64_t tilesAtOnce =
        std::clamp(context.commands.workLimit() / (groupWork * groupsAtOnce), int64_t{1}, tiles);
    const Kernel kernel{
        kShaders.of(part.type),
        subgroups,
        {static_cast<uint32_t>(range.tileRows), static_cast<uint32_t>(tileCols), aligned}};
    const Tensor out = y.columns(part.first, part.out);
    for (int64_t tile = 0; tile < tiles; tile += tilesAtOnce) {
        const auto done = static_cast<int>(tile) * range.tileRows;
        const auto row = static_cast<VkDeviceAddress>(range.first + done);
        const int64_t tilesNow = std::min(tilesAtOnce, tiles - tile);
        for (int64_t group = 0; group < groups; group += groupsAtOnce) {
            const int64_t groupsNow = std::min(groupsAtOnce, groups - group);
            const auto firstOut = static_cast<int>(group) * groupCols;
            const Push push{
                .y = address(out) + row * static_cast<VkDeviceAddress>(y.stride) * 4,
                .x = address(x) + row * static_cast<VkDeviceAddress>(x.stride) * 4,
                .bias = bias ? bias + static_cast<VkDeviceAddress>(part.first) * 4 : 0,
                .w = part.planes,
                .rows = std::min(range.count - done, static_cast<int>(tilesNow) * range.tileRows),
                .in = x.cols,
                .units = part.units,
                .firstOut = firstOut,
                .lastOut =
                    static_cast<int>(std::min(int64_t{part.out}, firstOut + groupsNow * groupCols)),
                .xStride = x.stride,
                .yStride = y.stride,
                .biased = bias != 0};
            context.dispatch(kernel, push, {groupsNow, tilesNow}, tilesNow * groupsNow * groupWork);
        }
    }
}

} // namespace

void VulkanBackend::matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias)
{
    checkMatmul(y, x, w, bias);
    const VkDeviceAddress biasAddress = bias ? vectorAddress(bias) : 0;
    const int whole = x.rows / kTileRows * kTileRows;
    const int rest = x.rows - whole;
    m_context->begin();
    for (const DeviceWeight::Part& part : deviceWeight(w).parts()) {
        if (whole > 0)
            multiply(*m_context, y, x, part, biasAddress, {0, whole, kTileRows});
        if (rest > 0) {
            const auto tile = static_cast<int>(std::bit_ceil(static_cast<unsigned>(rest)));
            multiply(*m_context, y, x, part, biasAddress, {whole, rest, tile});
        }
    }
}

} // namespace inglenook
