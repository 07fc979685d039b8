#include "kernels/checks.h"
#include "kernels/vulkan/vulkan_backend.h"
#include "kernels/vulkan/weights.h"

#include "shaders/rotate_and_store.h"
#include "shaders/store_quants.h"
#include "shaders/turn_heads.h"

#include <cmath>

namespace inglenook {

using namespace vulkan;

namespace {

constexpr int kInvocations = 64;
constexpr int kTurns = 7; // sums of an element of a head of 128

} // namespace

void VulkanBackend::rotateAndStore(Tensor qkv, const KvPages& kv, const QkNorm& norm,
                                   const Rope& rope, const AttentionShape& shape,
                                   const StepInputs& in)
{
    checkRotateAndStore(qkv, kv, norm, rope, shape, in);
    if (qkv.rows == 0)
        return;
    const bool rotates = rope.dims > 0;
    struct {
        VkDeviceAddress qkv, pages, pageTable, positions, slots, rotation, normQ, normK;
        int32_t stride, heads, kvHeads, headSize, dims, rotationStride, tableStride,
            positionsStride, slotsStride, normsQ, normsK;
        float eps;
    } const push{.qkv = address(qkv),
                 .pages = deviceBuffer(*kv.buffer).range().address(),
                 .pageTable = address(kv.pageTable),
                 .positions = address(in.positions),
                 .slots = address(in.slots),
                 .rotation = rotates ? address(rope.rotation) : 0,
                 .normQ = norm.q ? vectorAddress(norm.q) : 0,
                 .normK = norm.k ? vectorAddress(norm.k) : 0,
                 .stride = qkv.stride,
                 .heads = shape.heads,
                 .kvHeads = shape.kvHeads,
                 .headSize = shape.headSize,
                 .dims = rope.dims,
                 .rotationStride = rotates ? rope.rotation.stride : 0,
                 .tableStride = kv.pageTable.stride,
                 .positionsStride = in.positions.stride,
                 .slotsStride = in.slots.stride,
                 .normsQ = bool(norm.q),
                 .normsK = bool(norm.k),
                 .eps = norm.eps};
    const int subgroups = std::max(1, kInvocations / m_context->device.facts().subgroupSize);
    m_context->begin();
    m_context->dispatch({shaders::rotate_and_store,
                         subgroups,
                         {rope.pairs == RopePairs::Halves, kv.type == KvType::F16}},
                        push, {groupsFor(shape.heads + 2 * shape.kvHeads, subgroups), qkv.rows},
                        static_cast<int64_t>(qkv.rows) * qkv.cols);
    if (kv.type == KvType::F16)
        return;
    if (kv.type == KvType::Q4)
        turnHeads(qkv, shape.headSize);
    storeQuants(qkv, kv, shape, in);
}

void VulkanBackend::turnHeads(Tensor x, int headSize)
{
    const struct {
        VkDeviceAddress x;
        int32_t stride;
        float factor;
    } push{address(x), x.stride, 1.f / std::sqrt(static_cast<float>(turnedTogether(headSize)))};
    m_context->begin();
    m_context->dispatch({shaders::turn_heads,
                         m_context->subgroupsFor(kInvocations),
                         {static_cast<uint32_t>(headSize)}},
                        push, {x.cols / headSize, x.rows},
                        static_cast<int64_t>(x.rows) * x.cols * kTurns);
}

void VulkanBackend::storeQuants(Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                                const StepInputs& in)
{
    const struct {
        VkDeviceAddress kv, pages, pageTable, positions, slots;
        int32_t stride, kvHeads, headSize, tableStride, positionsStride, slotsStride;
    } push{.kv = address(qkv.columns(shape.queryCols(), 2 * shape.kvCols())),
           .pages = deviceBuffer(*kv.buffer).range().address(),
           .pageTable = address(kv.pageTable),
           .positions = address(in.positions),
           .slots = address(in.slots),
           .stride = qkv.stride,
           .kvHeads = shape.kvHeads,
           .headSize = shape.headSize,
           .tableStride = kv.pageTable.stride,
           .positionsStride = in.positions.stride,
           .slotsStride = in.slots.stride};
    m_context->begin();
    m_context->dispatch({shaders::store_quants, 1, {static_cast<uint32_t>(kv.type)}}, push,
                        {2 * shape.kvHeads, qkv.rows},
                        static_cast<int64_t>(qkv.rows) * 2 * shape.kvCols() * kKvBlock);
}

} // namespace inglenook
