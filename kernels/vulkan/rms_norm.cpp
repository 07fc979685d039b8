#include "kernels/checks.h"
#include "kernels/vulkan/vulkan_backend.h"
#include "kernels/vulkan/weights.h"

#include "shaders/rms_norm.h"

namespace inglenook {

using namespace vulkan;

namespace {

constexpr int kInvocations = 256; // per row

/// y = norm(x), or with an addend x += addend first.
void normalise(Context& context, const Tensor& y, const Tensor& x, const Tensor& addend,
               const Weight& weight, float eps)
{
    if (x.rows == 0)
        return;
    struct {
        VkDeviceAddress y, x, addend, weight;
        int32_t cols, yStride, xStride, addendStride;
        float eps;
    } const push{.y = address(y),
                 .x = address(x),
                 .addend = addend ? address(addend) : 0,
                 .weight = vectorAddress(weight),
                 .cols = x.cols,
                 .yStride = y.stride,
                 .xStride = x.stride,
                 .addendStride = addend.stride,
                 .eps = eps};
    context.begin();
    context.dispatch({shaders::rms_norm, context.subgroupsFor(kInvocations), {bool(addend)}}, push,
                     {x.rows}, static_cast<int64_t>(x.rows) * x.cols);
}

} // namespace

void VulkanBackend::rmsNorm(Tensor y, Tensor x, const Weight& weight, float eps)
{
    checkRmsNorm(y, x, weight);
    normalise(*m_context, y, x, {}, weight, eps);
}

void VulkanBackend::addRmsNorm(Tensor h, Tensor x, Tensor y, const Weight& weight, float eps)
{
    checkAdd(x, y);
    checkRmsNorm(h, x, weight);
    normalise(*m_context, h, x, y, weight, eps);
}

} // namespace inglenook
