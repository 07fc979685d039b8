#include "kernels/checks.h"
#include "kernels/vulkan/context.h"
#include "kernels/vulkan/vulkan_backend.h"
#include "kernels/vulkan/weights.h"

#include "shaders/attention.h"
#include "shaders/attention_merge.h"

#include <algorithm>

namespace inglenook {

using namespace vulkan;

namespace {

constexpr int kInvocations = 64;
constexpr int kChunkTokens = 256;
constexpr int kMostHeads = 8; // of a workgroup
constexpr int kMostSums = 32; // pairs of elements of each invocation: they are in registers
constexpr size_t kMaxPartials = 64; // that reduce.glsl shares, at most a subgroup each

/// Some rows of the operator.
struct Rows {
    Tensor y;
    Tensor qkv;
    Tensor positions;
    Tensor slots;
};

struct AttentionPush {
    VkDeviceAddress y, qkv, pages, pageTable, positions, slots, scratch, sinks;
    int32_t yStride, stride, heads, kvHeads, tableStride, positionsStride, slotsStride, window,
        chunks;
    float scale, softcap;
    int32_t sunk;
};

struct MergePush {
    VkDeviceAddress y, positions, scratch, sinks;
    int32_t yStride, heads, positionsStride, window, chunks, sunk;
};

AttentionPush attentionPush(const Context& context, const Rows& rows, const KvPages& kv,
                            const AttentionShape& shape, VkDeviceAddress sinks, int chunks)
{
    return {.y = address(rows.y),
            .qkv = address(rows.qkv),
            .pages = deviceBuffer(*kv.buffer).range().address(),
            .pageTable = address(kv.pageTable),
            .positions = address(rows.positions),
            .slots = address(rows.slots),
            .scratch = context.scratch.address(),
            .sinks = sinks,
            .yStride = rows.y.stride,
            .stride = rows.qkv.stride,
            .heads = shape.heads,
            .kvHeads = shape.kvHeads,
            .tableStride = kv.pageTable.stride,
            .positionsStride = rows.positions.stride,
            .slotsStride = rows.slots.stride,
            .window = shape.window,
            .chunks = chunks,
            .scale = shape.scale,
            .softcap = shape.softcap,
            .sunk = sinks != 0};
}

/// Query heads of one KV head that a workgroup takes at once.
int packedHeads(const Context& context, const AttentionShape& shape)
{
    const int group = shape.heads / shape.kvHeads;
    const int invocations =
        context.subgroupsFor(kInvocations) * context.device.facts().subgroupSize;
    const auto pairsEach = static_cast<int>(groupsFor(shape.headSize / 2, invocations));
    int packed = std::min({group, kMostHeads, std::max(1, kMostSums / pairsEach)});
    const auto sharedBytes = [&] {
        return (static_cast<size_t>(packed) * static_cast<size_t>(shape.headSize + kChunkTokens) +
                kMaxPartials) *
            sizeof(float);
    };
    while (packed > 1 &&
           (group % packed != 0 || sharedBytes() > context.device.facts().sharedBytes))
        --packed;
    return packed;
}

} // namespace

void VulkanBackend::attention(Tensor y, Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                              const StepInputs& in, const Weight& sinks)
{
    checkAttention(y, qkv, kv, shape, in, sinks);
    const VkDeviceAddress sinksAddress = sinks ? vectorAddress(sinks) : 0;
    const auto headSize = static_cast<uint32_t>(shape.headSize);
    const int subgroups = m_context->subgroupsFor(kInvocations);
    const auto chunks = static_cast<int>(groupsFor(in.contextBound, kChunkTokens));
    const size_t partials = static_cast<size_t>(y.rows) * static_cast<size_t>(shape.heads) *
        static_cast<size_t>(chunks);
    const bool split =
        chunks > 1 && y.rows <= kDecodeRows && partials * (headSize + 2) * 4 <= kScratchBytes;
    const int packed = packedHeads(*m_context, shape);
    const Kernel kernel{shaders::attention,
                        subgroups,
                        {headSize, split, headSize % 8 == 0, static_cast<uint32_t>(kv.type),
                         static_cast<uint32_t>(packed)}};

    const int64_t rowWork = int64_t{2} * shape.heads * shape.headSize * in.contextBound;
    const int rowsAtOnce = split
        ? std::max(1, y.rows)
        : static_cast<int>(std::clamp(m_context->commands.workLimit() / rowWork, int64_t{1},
                                      std::max(int64_t{1}, int64_t{y.rows})));
    m_context->begin();
    for (int row = 0; row < y.rows; row += rowsAtOnce) {
        const int count = std::min(rowsAtOnce, y.rows - row);
        const Rows rows{rowsFrom(y, row, count), rowsFrom(qkv, row, count),
                        rowsFrom(in.positions, row, count), rowsFrom(in.slots, row, count)};
        const AttentionPush push = attentionPush(*m_context, rows, kv, shape, sinksAddress, chunks);
        m_context->dispatch(kernel, push, {split ? chunks : 1, shape.heads / packed, count},
                            rowWork * count);
    }
    if (split)
        mergeChunks(y, shape, in, sinksAddress, chunks);
    if (kv.type == KvType::Q4)
        turnHeads(y, shape.headSize);
}

void VulkanBackend::mergeChunks(Tensor y, const AttentionShape& shape, const StepInputs& in,
                                uint64_t sinks, int chunks)
{
    const MergePush merge{.y = address(y),
                          .positions = address(in.positions),
                          .scratch = m_context->scratch.address(),
                          .sinks = sinks,
                          .yStride = y.stride,
                          .heads = shape.heads,
                          .positionsStride = in.positions.stride,
                          .window = shape.window,
                          .chunks = chunks,
                          .sunk = sinks != 0};
    m_context->begin();
    m_context->dispatch({shaders::attention_merge,
                         m_context->subgroupsFor(kInvocations),
                         {static_cast<uint32_t>(shape.headSize)}},
                        merge, {shape.heads, y.rows}, int64_t{y.rows} * shape.queryCols() * chunks);
}

} // namespace inglenook
