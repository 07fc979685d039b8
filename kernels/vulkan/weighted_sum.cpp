#include "kernels/checks.h"
#include "kernels/vulkan/elementwise.h"
#include "kernels/vulkan/vulkan_backend.h"

#include "shaders/weighted_sum.h"

namespace inglenook {

using namespace vulkan;

void VulkanBackend::weightedSum(Tensor y, Tensor x, Tensor weights)
{
    checkWeightedSum(y, x, weights);
    struct {
        VkDeviceAddress y, x, weights;
        int32_t cols, picks, yStride, xStride, weightStride;
    } const push{.y = address(y),
                 .x = address(x),
                 .weights = address(weights),
                 .cols = y.cols,
                 .picks = weights.cols,
                 .yStride = y.stride,
                 .xStride = x.stride,
                 .weightStride = weights.stride};
    dispatchElements(*m_context, shaders::weighted_sum, {}, push, y);
}

} // namespace inglenook
