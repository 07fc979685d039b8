#include "kernels/checks.h"
#include "kernels/vulkan/elementwise.h"
#include "kernels/vulkan/vulkan_backend.h"

#include "shaders/glu.h"

namespace inglenook {

using namespace vulkan;

void VulkanBackend::glu(Tensor y, Tensor gateUp, Activation activation)
{
    checkGlu(y, gateUp);
    struct {
        VkDeviceAddress y, gateUp;
        int32_t cols, yStride, stride;
    } const push{address(y), address(gateUp), y.cols, y.stride, gateUp.stride};
    static_assert(int(Activation::Silu) == 0 && int(Activation::GeluTanh) == 1 &&
                  int(Activation::ClampedSilu) == 2); // as glu.comp knows them
    dispatchElements(*m_context, shaders::glu, {static_cast<uint32_t>(activation)}, push, y);
}

} // namespace inglenook
