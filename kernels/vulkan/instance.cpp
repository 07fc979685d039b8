#define VOLK_IMPLEMENTATION
#include "kernels/vulkan/instance.h"

#include "kernels/vulkan/check.h"

#include <algorithm>
#include <cstring>

namespace inglenook::vulkan {

namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

/// volk keeps the loader's entry points in globals, so instances of several threads take turns.
std::mutex& volkMutex()
{
    static std::mutex mutex;
    return mutex;
}

bool hasValidationLayer()
{
    uint32_t count = 0;
    vkEnumerateInstanceLayerProperties(&count, nullptr);
    std::vector<VkLayerProperties> layers(count);
    vkEnumerateInstanceLayerProperties(&count, layers.data());
    return std::ranges::any_of(layers, [](const VkLayerProperties& layer) {
        return std::strcmp(layer.layerName, kValidationLayer) == 0;
    });
}

VkInstance createInstance(uint32_t version, bool validation)
{
    const VkApplicationInfo application{
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .pApplicationName = "Inglenook",
        .pEngineName = "Inglenook",
        .apiVersion = version,
    };
    const char* extension = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
    const VkInstanceCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pApplicationInfo = &application,
        .enabledLayerCount = validation ? 1u : 0u,
        .ppEnabledLayerNames = &kValidationLayer,
        .enabledExtensionCount = validation ? 1u : 0u,
        .ppEnabledExtensionNames = &extension,
    };
    VkInstance instance = VK_NULL_HANDLE;
    const VkResult result = vkCreateInstance(&info, nullptr, &instance);
    if (result == VK_ERROR_INCOMPATIBLE_DRIVER)
        throw std::runtime_error("There is no Vulkan driver on this machine. Install one for your "
                                 "graphics card, or use another device.");
    check(result, "starting Vulkan");
    return instance;
}

} // namespace

Instance::Instance(bool validation)
    : m_validation(validation)
{
    const std::scoped_lock lock(volkMutex());
    if (volkInitialize() != VK_SUCCESS)
        throw std::runtime_error(
            "Vulkan is not installed on this machine (no loader found). "
            "Install libvulkan1 and a graphics driver, or use another device.");
    m_version = std::min(volkGetInstanceVersion(), VK_API_VERSION_1_3);
    if (m_version < VK_API_VERSION_1_2)
        throw std::runtime_error("The Vulkan loader of this machine is older than version 1.2. "
                                 "Update it, or use another device.");
    if (validation && !hasValidationLayer())
        throw std::runtime_error("The Vulkan validation layer is not installed. Install the "
                                 "package vulkan-validationlayers, or do without validation.");
    m_instance = createInstance(m_version, validation);
    volkLoadInstanceOnly(m_instance);
    m_calls = {
        .destroyInstance = vkDestroyInstance,
        .enumeratePhysicalDevices = vkEnumeratePhysicalDevices,
        .enumerateDeviceExtensionProperties = vkEnumerateDeviceExtensionProperties,
        .getProperties = vkGetPhysicalDeviceProperties2,
        .getFeatures = vkGetPhysicalDeviceFeatures2,
        .getMemoryProperties = vkGetPhysicalDeviceMemoryProperties2,
        .getQueueFamilies = vkGetPhysicalDeviceQueueFamilyProperties,
        .getMatrixShapes = reinterpret_cast<GetCooperativeMatrixShapes>(
            vkGetInstanceProcAddr(m_instance, kCooperativeMatrixProperties)),
        .createDevice = vkCreateDevice,
        .createMessenger = vkCreateDebugUtilsMessengerEXT,
        .destroyMessenger = vkDestroyDebugUtilsMessengerEXT,
    };
    if (!m_validation)
        return;
    const VkDebugUtilsMessengerCreateInfoEXT info{
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
            VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
            VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
        .pfnUserCallback = onMessage,
        .pUserData = this,
    };
    const VkResult result = m_calls.createMessenger(m_instance, &info, nullptr, &m_messenger);
    if (result < 0) {
        m_calls.destroyInstance(m_instance, nullptr);
        check(result, "starting the Vulkan validation layer");
    }
}

Instance::~Instance()
{
    if (m_messenger)
        m_calls.destroyMessenger(m_instance, m_messenger, nullptr);
    m_calls.destroyInstance(m_instance, nullptr);
}

std::vector<VkPhysicalDevice> Instance::physicalDevices() const
{
    uint32_t count = 0;
    check(m_calls.enumeratePhysicalDevices(m_instance, &count, nullptr), "being looked for");
    std::vector<VkPhysicalDevice> devices(count);
    check(m_calls.enumeratePhysicalDevices(m_instance, &count, devices.data()), "being looked for");
    devices.resize(count);
    return devices;
}

VkDevice Instance::createDevice(VkPhysicalDevice physical, const VkDeviceCreateInfo& info,
                                VolkDeviceTable& calls) const
{
    VkDevice device = VK_NULL_HANDLE;
    check(m_calls.createDevice(physical, &info, nullptr, &device), "being opened");
    const std::scoped_lock lock(volkMutex());
    volkLoadInstanceOnly(m_instance); // another thread's instance may have been the last
    volkLoadDeviceTable(&calls, device);
    return device;
}

void Instance::throwComplaint()
{
    if (!m_validation)
        return;
    std::string complaint;
    {
        const std::scoped_lock lock(m_complaintMutex);
        complaint.swap(m_complaint);
    }
    if (!complaint.empty())
        throw std::runtime_error("Vulkan validation: " + complaint);
}

VkBool32 Instance::onMessage(VkDebugUtilsMessageSeverityFlagBitsEXT,
                             VkDebugUtilsMessageTypeFlagsEXT,
                             const VkDebugUtilsMessengerCallbackDataEXT* data, void* instance)
{
    auto& self = *static_cast<Instance*>(instance);
    const std::scoped_lock lock(self.m_complaintMutex);
    if (self.m_complaint.empty())
        self.m_complaint = data->pMessage;
    return VK_FALSE;
}

} // namespace inglenook::vulkan
