#include "kernels/checks.h"
#include "kernels/vulkan/repack.h"
#include "kernels/vulkan/vulkan_backend.h"
#include "kernels/vulkan/weights.h"

#include "shaders/matmul.h"
#include "shaders/matmul_wide.h"
#include "shaders/round_rows.h"

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

constexpr FormatShaders kWideShaders{
    .f32 = shaders::matmul_wide_F32,
    .f16 = shaders::matmul_wide_F16,
    .bf16 = shaders::matmul_wide_BF16,
    .q8_0 = shaders::matmul_wide_Q8_0,
    .q4_0 = shaders::matmul_wide_Q4_0,
    .q4_k = shaders::matmul_wide_Q4_K,
    .q5_k = shaders::matmul_wide_Q5_K,
    .q6_k = shaders::matmul_wide_Q6_K,
};

constexpr int kTeamLanes = 8; // that share an output's sum, at most: kParts of matmul.glsl
constexpr int kMostRows = 4; // of a tile of matmul.comp
constexpr int kWideRows = 8; // of a tile of matmul_wide.comp
constexpr int kInvocations = 128;

/// Outputs of a team, or of a lane of the wide kernel. A CPU has no registers to save: what spills
/// stays in its cache.
constexpr int kTeamCols = 2;
constexpr int kSoftwareTeamCols = 8;
constexpr int kLaneCols = 2;
constexpr int kSoftwareLaneCols = 4;

struct Push {
    VkDeviceAddress y, x, xScales, bias;
    PlaneAddresses w;
    int32_t rows, units, firstOut, lastOut, xStride, yStride, biased;
};

/// x as the kernels read it, in units of 32 numbers.
struct UnitRows {
    VkDeviceAddress units = 0;
    VkDeviceAddress scales = 0; // of rounded rows
    int stride = 0; // words from row to row
};

/// Some rows of an operator and how they are computed.
struct RowRange {
    int first;
    int count;
    int tileRows;
    bool wide;
};

bool isQuantised(DType type)
{
    return type != DType::F32 && type != DType::F16 && type != DType::BF16;
}

size_t unitBytes(bool rounded)
{
    return rounded ? kUnitElements + 2 * sizeof(float) : kUnitElements * sizeof(float);
}

/// The rows of x in scratch memory, rounded to signed bytes or padded.
UnitRows prepareRows(Context& context, const Tensor& x, int units, bool rounded)
{
    const auto count = static_cast<size_t>(x.rows) * static_cast<size_t>(units);
    const UnitRows to{.units = context.scratch.address(),
                      .scales = context.scratch.address() + count * kUnitElements,
                      .stride = rounded ? units * kUnitElements / 4 : units * kUnitElements};
    struct {
        VkDeviceAddress to, scales, x;
        int32_t cols, units, stride;
    } const push{.to = to.units,
                 .scales = to.scales,
                 .x = address(x),
                 .cols = x.cols,
                 .units = units,
                 .stride = x.stride};
    const int lanes = context.device.facts().subgroupSize;
    context.begin();
    context.dispatch({shaders::round_rows, 1, {rounded}}, push, {groupsFor(units, lanes), x.rows},
                     static_cast<int64_t>(x.rows) * x.cols);
    return to;
}

/// One part of the weight, for some rows, in dispatches that each stay below the stream's work
/// limit.
void multiply(Context& context, const Tensor& y, const UnitRows& x, const DeviceWeight::Part& part,
              VkDeviceAddress bias, const RowRange& range)
{
    const DeviceFacts& facts = context.device.facts();
    const int subgroups = context.subgroupsFor(kInvocations);
    const int cols = range.wide ? (facts.software ? kSoftwareLaneCols : kLaneCols)
                                : (facts.software ? kSoftwareTeamCols : kTeamCols);
    const int owners =
        range.wide ? facts.subgroupSize : std::max(1, facts.subgroupSize / kTeamLanes);
    const int groupCols = subgroups * owners * cols;
    const int64_t tiles = groupsFor(range.count, range.tileRows);
    const int64_t groupWork = int64_t{groupCols} * range.tileRows * part.units * kUnitElements;
    const int64_t groups = groupsFor(part.out, groupCols);
    const int64_t groupsAtOnce =
        std::clamp(context.commands.workLimit() / groupWork, int64_t{1}, groups);
    const int64_t tilesAtOnce =
        std::clamp(context.commands.workLimit() / (groupWork * groupsAtOnce), int64_t{1}, tiles);
    const Kernel kernel{(range.wide ? kWideShaders : kShaders).of(part.type),
                        subgroups,
                        {static_cast<uint32_t>(range.tileRows), static_cast<uint32_t>(cols)}};
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
                .x = x.units + row * static_cast<VkDeviceAddress>(x.stride) * 4,
                .xScales = x.scales + row * static_cast<VkDeviceAddress>(part.units) * 8,
                .bias = bias ? bias + static_cast<VkDeviceAddress>(part.first) * 4 : 0,
                .w = part.planes,
                .rows = std::min(range.count - done, static_cast<int>(tilesNow) * range.tileRows),
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

/// All parts of the weight that take x rounded, or all that take it as it is.
void multiplyParts(Context& context, const Tensor& y, const Tensor& x, const DeviceWeight& w,
                   VkDeviceAddress bias, bool rounded)
{
    const int units = static_cast<int>(groupsFor(x.cols, kUnitElements));
    const bool inPlace =
        !rounded && x.cols % kUnitElements == 0 && x.stride % 4 == 0 && address(x) % 16 == 0;
    const int rowsAtOnce = inPlace
        ? x.rows
        : std::max(
              1,
              static_cast<int>(kScratchBytes / (static_cast<size_t>(units) * unitBytes(rounded))));
    for (int row = 0; row < x.rows; row += rowsAtOnce) {
        const int count = std::min(rowsAtOnce, x.rows - row);
        const Tensor some = rowsFrom(x, row, count);
        const Tensor out = rowsFrom(y, row, count);
        const UnitRows unitRows = inPlace ? UnitRows{.units = address(some), .stride = x.stride}
                                          : prepareRows(context, some, units, rounded);
        const int wide = count / kWideRows * kWideRows;
        context.begin();
        for (const DeviceWeight::Part& part : w.parts()) {
            if (isQuantised(part.type) != rounded)
                continue;
            if (wide > 0)
                multiply(context, out, unitRows, part, bias, {0, wide, kWideRows, true});
            const int rest = count - wide;
            if (rest > 0) {
                const auto tile = static_cast<int>(std::bit_ceil(static_cast<unsigned>(rest)));
                multiply(context, out, unitRows, part, bias,
                         {wide, rest, std::min(tile, kMostRows), false});
            }
        }
    }
}

} // namespace

void VulkanBackend::matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias)
{
    checkMatmul(y, x, w, bias);
    const VkDeviceAddress biasAddress = bias ? vectorAddress(bias) : 0;
    const DeviceWeight& weight = deviceWeight(w);
    for (const bool rounded : {false, true})
        if (std::ranges::any_of(weight.parts(), [=](const DeviceWeight::Part& part) {
                return isQuantised(part.type) == rounded;
            }))
            multiplyParts(*m_context, y, x, weight, biasAddress, rounded);
}

} // namespace inglenook
