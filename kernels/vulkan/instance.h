#pragma once

#include "kernels/vulkan/cooperative_matrix.h"

#include <mutex>
#include <string>
#include <vector>

namespace inglenook::vulkan {

/// Entry points of an instance. Kept per object, since volk's own are globals that every instance
/// overwrites.
struct InstanceCalls {
    PFN_vkDestroyInstance destroyInstance;
    PFN_vkEnumeratePhysicalDevices enumeratePhysicalDevices;
    PFN_vkEnumerateDeviceExtensionProperties enumerateDeviceExtensionProperties;
    PFN_vkGetPhysicalDeviceProperties2 getProperties;
    PFN_vkGetPhysicalDeviceFeatures2 getFeatures;
    PFN_vkGetPhysicalDeviceMemoryProperties2 getMemoryProperties;
    PFN_vkGetPhysicalDeviceQueueFamilyProperties getQueueFamilies;
    GetCooperativeMatrixShapes getMatrixShapes; // null: the loader knows of none
    PFN_vkCreateDevice createDevice;
    PFN_vkCreateDebugUtilsMessengerEXT createMessenger; // null without validation
    PFN_vkDestroyDebugUtilsMessengerEXT destroyMessenger;
};

/// The Vulkan loader, found at run time: a machine without it gets an exception, not a failed
/// start.
class Instance {
public:
    /// Throws std::runtime_error with a sentence if there is no loader or no driver, or if
    /// validation is wanted and its layer is not installed.
    explicit Instance(bool validation);
    ~Instance();
    Instance(const Instance&) = delete;
    Instance& operator=(const Instance&) = delete;

    [[nodiscard]] const InstanceCalls& calls() const { return m_calls; }
    [[nodiscard]] uint32_t version() const { return m_version; }
    [[nodiscard]] std::vector<VkPhysicalDevice> physicalDevices() const;
    [[nodiscard]] VkDevice createDevice(VkPhysicalDevice physical, const VkDeviceCreateInfo& info,
                                        VolkDeviceTable& calls) const;

    /// Throws what the validation layer first complained of since the last call, if it did.
    void throwComplaint();

private:
    static VKAPI_ATTR VkBool32 VKAPI_CALL onMessage(
        VkDebugUtilsMessageSeverityFlagBitsEXT severity, VkDebugUtilsMessageTypeFlagsEXT types,
        const VkDebugUtilsMessengerCallbackDataEXT* data, void* instance);

    bool m_validation;
    uint32_t m_version = 0;
    InstanceCalls m_calls{};
    VkInstance m_instance = VK_NULL_HANDLE;
    VkDebugUtilsMessengerEXT m_messenger = VK_NULL_HANDLE;
    std::mutex m_complaintMutex; // the layer may call from threads of its own
    std::string m_complaint;
};

} // namespace inglenook::vulkan
