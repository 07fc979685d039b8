#include "kernels/vulkan/matmul.h"

#include "kernels/checks.h"
#include "kernels/vulkan/repack.h"
#include "kernels/vulkan/vulkan_backend.h"

#include "shaders/matmul.h"
#include "shaders/matmul_byte_dots.h"
#include "shaders/matmul_wide.h"
#include "shaders/matmul_wide_byte_dots.h"
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
    .q5_1 = shaders::matmul_Q5_1,
    .q2_k = shaders::matmul_Q2_K,
    .q3_k = shaders::matmul_Q3_K,
    .q4_k = shaders::matmul_Q4_K,
    .q5_k = shaders::matmul_Q5_K,
    .q6_k = shaders::matmul_Q6_K,
    .iq4_xs = shaders::matmul_IQ4_XS,
    .mxfp4 = shaders::matmul_MXFP4,
};

constexpr FormatShaders kWideShaders{
    .f32 = shaders::matmul_wide_F32,
    .f16 = shaders::matmul_wide_F16,
    .bf16 = shaders::matmul_wide_BF16,
    .q8_0 = shaders::matmul_wide_Q8_0,
    .q4_0 = shaders::matmul_wide_Q4_0,
    .q5_1 = shaders::matmul_wide_Q5_1,
    .q2_k = shaders::matmul_wide_Q2_K,
    .q3_k = shaders::matmul_wide_Q3_K,
    .q4_k = shaders::matmul_wide_Q4_K,
    .q5_k = shaders::matmul_wide_Q5_K,
    .q6_k = shaders::matmul_wide_Q6_K,
    .iq4_xs = shaders::matmul_wide_IQ4_XS,
    .mxfp4 = shaders::matmul_wide_MXFP4,
};

constexpr FormatShaders kDotShaders{
    .q8_0 = shaders::matmul_byte_dots_Q8_0,
    .q4_0 = shaders::matmul_byte_dots_Q4_0,
    .q5_1 = shaders::matmul_byte_dots_Q5_1,
    .q2_k = shaders::matmul_byte_dots_Q2_K,
    .q3_k = shaders::matmul_byte_dots_Q3_K,
    .q4_k = shaders::matmul_byte_dots_Q4_K,
    .q5_k = shaders::matmul_byte_dots_Q5_K,
    .q6_k = shaders::matmul_byte_dots_Q6_K,
    .iq4_xs = shaders::matmul_byte_dots_IQ4_XS,
    .mxfp4 = shaders::matmul_byte_dots_MXFP4,
};

constexpr FormatShaders kWideDotShaders{
    .q8_0 = shaders::matmul_wide_byte_dots_Q8_0,
    .q4_0 = shaders::matmul_wide_byte_dots_Q4_0,
    .q5_1 = shaders::matmul_wide_byte_dots_Q5_1,
    .q2_k = shaders::matmul_wide_byte_dots_Q2_K,
    .q3_k = shaders::matmul_wide_byte_dots_Q3_K,
    .q4_k = shaders::matmul_wide_byte_dots_Q4_K,
    .q5_k = shaders::matmul_wide_byte_dots_Q5_K,
    .q6_k = shaders::matmul_wide_byte_dots_Q6_K,
    .iq4_xs = shaders::matmul_wide_byte_dots_IQ4_XS,
    .mxfp4 = shaders::matmul_wide_byte_dots_MXFP4,
};

constexpr int kTeamLanes = 8; // that share an output's sum, at most: kParts of matmul.glsl
constexpr int kInvocations = 128;

/// Outputs of a team, or of a lane of the wide kernel. A CPU has no registers to save: what spills
/// stays in its cache.
constexpr int kTeamCols = 2;
constexpr int kSoftwareTeamCols = 8;
constexpr int kLaneCols = 2;
constexpr int kSoftwareLaneCols = 4;

/// Some rows of an operator and how they are computed.
struct RowRange {
    int first;
    int count;
    MatmulKernel chosen;
};

/// One part of the weight, for some rows.
void multiply(Context& context, const Tensor& y, const UnitRows& x, const DeviceWeight::Part& part,
              VkDeviceAddress bias, const RowRange& range)
{
    const MatmulKernel& chosen = range.chosen;
    const Groups all{groupsFor(part.out, chosen.groupCols),
                     groupsFor(range.count, chosen.tileRows)};
    const int64_t groupWork =
        int64_t{chosen.groupCols} * chosen.tileRows * part.units * kUnitElements;
    const Tensor out = y.columns(part.first, part.out);
    eachPiece(context, all, groupWork, [&](const Piece& piece) {
        const auto done = static_cast<int>(piece.firstTile) * chosen.tileRows;
        const auto row = static_cast<VkDeviceAddress>(range.first + done);
        const auto firstOut = static_cast<int>(piece.firstGroup) * chosen.groupCols;
        const MatmulPush push{
            .y = address(out) + row * static_cast<VkDeviceAddress>(y.stride) * 4,
            .x = x.units + row * static_cast<VkDeviceAddress>(x.stride) * 4,
            .xScales = x.scales + row * static_cast<VkDeviceAddress>(part.units) * kScaleBytes,
            .bias = bias ? bias + static_cast<VkDeviceAddress>(part.first) * 4 : 0,
            .w = part.planes,
            .ids = 0,
            .rows = std::min(range.count - done, static_cast<int>(piece.tiles) * chosen.tileRows),
            .units = part.units,
            .firstOut = firstOut,
            .lastOut = static_cast<int>(
                std::min(int64_t{part.out}, firstOut + piece.groups * chosen.groupCols)),
            .xStride = x.stride,
            .yStride = y.stride,
            .biased = bias != 0,
            .idStride = 0,
            .picks = 0,
            .picksPerX = 0,
            .expertOut = 0};
        context.dispatch(chosen.kernel, push, {piece.groups, piece.tiles},
                         piece.tiles * piece.groups * groupWork);
    });
}

/// So many rows in order, by the kernels that suit their number.
std::vector<RowRange> rangesOf(const Context& context, DType type, int count)
{
    std::vector<RowRange> ranges;
    int first = 0;
    const auto add = [&](int rows, const MatmulKernel& chosen) {
        ranges.push_back({first, rows, chosen});
        first += rows;
    };
    if (const auto matrix = matrixKernel(context, type)) {
        const int rest = count % matrix->tileRows;
        if (const int rows = rest * 2 < matrix->tileRows ? count - rest : count; rows > 0)
            add(rows, *matrix);
    }
    if (const int rows = (count - first) / kWideRows * kWideRows; rows > 0)
        add(rows, wideKernel(context, type, RowsAre::Rows));
    if (const int rows = count - first; rows > 0) {
        const auto tile = static_cast<int>(std::bit_ceil(static_cast<unsigned>(rows)));
        add(rows, teamKernel(context, type, std::min(tile, kMostTeamRows), RowsAre::Rows));
    }
    return ranges;
}

/// All parts of the weight that take x rounded, or all that take it as it is.
void multiplyParts(Context& context, const Tensor& y, const Tensor& x, const DeviceWeight& w,
                   VkDeviceAddress bias, bool rounded)
{
    const int units = static_cast<int>(groupsFor(x.cols, kUnitElements));
    const int rowsAtOnce = preparedRows(x, units, rounded);
    for (int row = 0; row < x.rows; row += rowsAtOnce) {
        const int count = std::min(rowsAtOnce, x.rows - row);
        const Tensor some = rowsFrom(x, row, count);
        const Tensor out = rowsFrom(y, row, count);
        const UnitRows unitRows = prepareRows(context, some, units, rounded);
        context.begin();
        for (const DeviceWeight::Part& part : w.parts()) {
            if (isQuantised(part.type) != rounded)
                continue;
            for (const RowRange& range : rangesOf(context, part.type, count))
                multiply(context, out, unitRows, part, bias, range);
        }
    }
}

size_t unitBytes(bool rounded)
{
    return rounded ? kUnitElements + kScaleBytes : kUnitElements * sizeof(float);
}

bool isInPlace(const Tensor& x, bool rounded)
{
    return !rounded && x.cols % kUnitElements == 0 && x.stride % 4 == 0 && address(x) % 16 == 0;
}

} // namespace

bool vulkan::isQuantised(DType type)
{
    return type != DType::F32 && type != DType::F16 && type != DType::BF16;
}

int vulkan::preparedRows(const Tensor& x, int units, bool rounded)
{
    const size_t rowBytes = static_cast<size_t>(units) * unitBytes(rounded);
    return isInPlace(x, rounded) ? x.rows
                                 : std::max(1, static_cast<int>(kPreparedBytes / rowBytes));
}

UnitRows vulkan::prepareRows(Context& context, const Tensor& x, int units, bool rounded)
{
    if (isInPlace(x, rounded))
        return {.units = address(x), .stride = x.stride};
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

MatmulKernel vulkan::teamKernel(const Context& context, DType type, int rows, RowsAre meaning)
{
    const DeviceFacts& facts = context.device.facts();
    const int subgroups = context.subgroupsFor(kInvocations);
    const int cols = facts.software ? kSoftwareTeamCols : kTeamCols;
    const bool dots = context.byteDots && isQuantised(type);
    return {.kernel = {(dots ? kDotShaders : kShaders).of(type),
                       subgroups,
                       {static_cast<uint32_t>(rows), static_cast<uint32_t>(cols),
                        meaning == RowsAre::Picks}},
            .tileRows = rows,
            .groupCols = subgroups * std::max(1, facts.subgroupSize / kTeamLanes) * cols};
}

MatmulKernel vulkan::wideKernel(const Context& context, DType type, RowsAre meaning)
{
    const DeviceFacts& facts = context.device.facts();
    const int subgroups = context.subgroupsFor(kInvocations);
    const int cols = facts.software ? kSoftwareLaneCols : kLaneCols;
    const bool dots = context.byteDots && isQuantised(type);
    return {.kernel = {(dots ? kWideDotShaders : kWideShaders).of(type),
                       subgroups,
                       {kWideRows, static_cast<uint32_t>(cols), meaning == RowsAre::Picks}},
            .tileRows = kWideRows,
            .groupCols = subgroups * facts.subgroupSize * cols};
}

void vulkan::eachPiece(const Context& context, const Groups& all, int64_t groupWork,
                       const std::function<void(const Piece& piece)>& dispatch)
{
    const int64_t limit = context.commands.workLimit();
    const int64_t groupsAtOnce = std::clamp(limit / groupWork, int64_t{1}, all.x);
    const int64_t tilesAtOnce = std::clamp(limit / (groupWork * groupsAtOnce), int64_t{1}, all.y);
    for (int64_t tile = 0; tile < all.y; tile += tilesAtOnce)
        for (int64_t group = 0; group < all.x; group += groupsAtOnce)
            dispatch({.firstGroup = group,
                      .groups = std::min(groupsAtOnce, all.x - group),
                      .firstTile = tile,
                      .tiles = std::min(tilesAtOnce, all.y - tile)});
}

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
