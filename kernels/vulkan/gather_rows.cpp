#include "kernels/checks.h"
#include "kernels/vulkan/elementwise.h"
#include "kernels/vulkan/vulkan_backend.h"

#include "shaders/gather_rows.h"

namespace inglenook {

using namespace vulkan;

void VulkanBackend::gatherRows(Tensor y, Tensor x, Tensor rows)
{
    checkGatherRows(y, x, rows);
    struct {
        VkDeviceAddress y, x, rows;
        int32_t cols, yStride, xStride, rowsStride, xRows;
    } const push{address(y), address(x), address(rows), y.cols,
                 y.stride,   x.stride,   rows.stride,   x.rows};
    dispatchElements(*m_context, shaders::gather_rows, {}, push, y);
}

} // namespace inglenook
