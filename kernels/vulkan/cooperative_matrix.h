#pragma once

#include <volk.h>

namespace inglenook::vulkan {

// VK_KHR_cooperative_matrix, for headers that are older than it. Names of our own, since newer
// headers have theirs; order and values are the specification's.

inline constexpr const char* kCooperativeMatrixExtension = "VK_KHR_cooperative_matrix";
inline constexpr const char* kCooperativeMatrixProperties =
    "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR";

struct CooperativeMatrixFeatures {
    VkStructureType sType = static_cast<VkStructureType>(1000506000);
    void* pNext = nullptr;
    VkBool32 cooperativeMatrix = VK_FALSE;
    VkBool32 cooperativeMatrixRobustBufferAccess = VK_FALSE;
};

/// What numbers a matrix is of; some of the values.
enum class MatrixNumbers : int32_t { Float32 = 1, Signed8 = 3, Signed32 = 5 };
/// Who holds a matrix together; one of the values.
enum class MatrixScope : int32_t { Subgroup = 3 };

/// A product that the device computes: of (m, k) a by (k, n) b, plus (m, n) c.
struct CooperativeMatrixShape {
    VkStructureType sType = static_cast<VkStructureType>(1000506001);
    void* pNext = nullptr;
    uint32_t m = 0, n = 0, k = 0;
    MatrixNumbers a{}, b{}, c{}, result{};
    VkBool32 saturating = VK_FALSE;
    MatrixScope scope{};
};

/// Fills as many as `count` says, and says how many there are.
using GetCooperativeMatrixShapes = VkResult(VKAPI_PTR*)(VkPhysicalDevice physical, uint32_t* count,
                                                        CooperativeMatrixShape* shapes);

} // namespace inglenook::vulkan
