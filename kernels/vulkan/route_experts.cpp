#include "kernels/checks.h"
#include "kernels/vulkan/context.h"
#include "kernels/vulkan/vulkan_backend.h"

#include "shaders/route_experts.h"

namespace inglenook {

using namespace vulkan;

void VulkanBackend::routeExperts(Tensor ids, Tensor weights, Tensor logits)
{
    checkRouteExperts(ids, weights, logits);
    if (logits.rows == 0)
        return;
    struct {
        VkDeviceAddress ids, weights, logits;
        int32_t experts, picks, idStride, weightStride, logitStride;
    } const push{.ids = address(ids),
                 .weights = address(weights),
                 .logits = address(logits),
                 .experts = logits.cols,
                 .picks = ids.cols,
                 .idStride = ids.stride,
                 .weightStride = weights.stride,
                 .logitStride = logits.stride};
    m_context->begin();
    m_context->dispatch({shaders::route_experts, 1, {}}, push, {logits.rows},
                        static_cast<int64_t>(logits.rows) * logits.cols * ids.cols);
}

} // namespace inglenook
