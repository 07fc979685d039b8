#include "kernels/checks.h"
#include "kernels/vulkan/vulkan_backend.h"
#include "kernels/vulkan/weights.h"

#include "shaders/embed.h"

namespace inglenook {

using namespace vulkan;

namespace {

constexpr FormatShaders kShaders{
    .f32 = shaders::embed_F32,
    .f16 = shaders::embed_F16,
    .bf16 = shaders::embed_BF16,
    .q8_0 = shaders::embed_Q8_0,
    .q4_0 = shaders::embed_Q4_0,
    .q5_1 = shaders::embed_Q5_1,
    .q2_k = shaders::embed_Q2_K,
    .q3_k = shaders::embed_Q3_K,
    .q4_k = shaders::embed_Q4_K,
    .q5_k = shaders::embed_Q5_K,
    .q6_k = shaders::embed_Q6_K,
    .iq4_xs = shaders::embed_IQ4_XS,
    .mxfp4 = shaders::embed_MXFP4,
};

} // namespace

void VulkanBackend::embed(Tensor y, const Weight& table, Tensor ids, float scale)
{
    checkEmbed(y, table, ids);
    if (y.rows == 0)
        return;
    const int lanes = m_context->device.facts().subgroupSize;
    m_context->begin();
    for (const DeviceWeight::Part& part : deviceWeight(table).parts()) {
        struct {
            VkDeviceAddress y, ids;
            PlaneAddresses table;
            int32_t cols, units, yStride, idsStride, first, count, total;
            float scale;
        } const push{.y = address(y),
                     .ids = address(ids),
                     .table = part.planes,
                     .cols = y.cols,
                     .units = part.units,
                     .yStride = y.stride,
                     .idsStride = ids.stride,
                     .first = part.first,
                     .count = part.out,
                     .total = table.out,
                     .scale = scale};
        m_context->dispatch({kShaders.of(part.type), 1, {}}, push,
                            {groupsFor(part.units, lanes), y.rows},
                            static_cast<int64_t>(y.rows) * y.cols);
    }
}

} // namespace inglenook
