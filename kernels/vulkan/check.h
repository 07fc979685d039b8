#pragma once

#include <volk.h>

#include <stdexcept>
#include <string>

namespace inglenook::vulkan {

/// The sentence for a failed call. `doing` completes "The GPU failed while".
[[nodiscard]] inline std::string failure(VkResult result, const std::string& doing)
{
    switch (result) {
    case VK_ERROR_DEVICE_LOST:
        return "The GPU stopped answering while " + doing +
            ". Load the model again; if it happens again, choose another device or update the "
            "graphics driver.";
    case VK_ERROR_OUT_OF_DEVICE_MEMORY:
        return "The GPU ran out of memory while " + doing +
            ". Choose a smaller model, a shorter context or another device.";
    case VK_ERROR_OUT_OF_HOST_MEMORY:
        return "The graphics driver ran out of memory while " + doing +
            ". Close other programs or choose a smaller model.";
    default:
        return "The GPU failed while " + doing + " (Vulkan error " + std::to_string(result) +
            "). Choose another device or update the graphics driver.";
    }
}

/// Throws std::runtime_error if `result` is an error.
inline void check(VkResult result, const char* doing)
{
    if (result < 0)
        throw std::runtime_error(failure(result, doing));
}

} // namespace inglenook::vulkan
