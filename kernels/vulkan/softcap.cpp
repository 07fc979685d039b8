#include "kernels/checks.h"
#include "kernels/vulkan/elementwise.h"
#include "kernels/vulkan/vulkan_backend.h"

#include "shaders/softcap.h"

namespace inglenook {

using namespace vulkan;

void VulkanBackend::softcap(Tensor x, float cap)
{
    checkSoftcap(x, cap);
    struct {
        VkDeviceAddress x;
        int32_t cols, stride;
        float cap;
    } const push{address(x), x.cols, x.stride, cap};
    dispatchElements(*m_context, shaders::softcap, {}, push, x);
}

} // namespace inglenook
