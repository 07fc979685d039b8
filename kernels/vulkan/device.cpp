#include "kernels/vulkan/device.h"

#include "kernels/vulkan/check.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace inglenook::vulkan {

namespace {

constexpr int kMinGroupSize = 256; // invocations that the operators may ask for
constexpr int kMaxSubgroupSize = 128;

bool hasExtension(const Instance& instance, VkPhysicalDevice physical, const char* name)
{
    const auto enumerate = instance.calls().enumerateDeviceExtensionProperties;
    uint32_t count = 0;
    enumerate(physical, nullptr, &count, nullptr);
    std::vector<VkExtensionProperties> extensions(count);
    enumerate(physical, nullptr, &count, extensions.data());
    return std::ranges::any_of(extensions, [=](const VkExtensionProperties& extension) {
        return std::strcmp(extension.extensionName, name) == 0;
    });
}

VkPhysicalDeviceMemoryProperties memoryOf(const Instance& instance, VkPhysicalDevice physical)
{
    VkPhysicalDeviceMemoryProperties2 memory{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2};
    instance.calls().getMemoryProperties(physical, &memory);
    return memory.memoryProperties;
}

/// The largest heap on the device itself.
uint32_t mainHeap(const VkPhysicalDeviceMemoryProperties& memory)
{
    uint32_t best = 0;
    VkDeviceSize bestSize = 0;
    for (uint32_t i = 0; i < memory.memoryHeapCount; ++i) {
        const VkMemoryHeap& heap = memory.memoryHeaps[i];
        if ((heap.flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT) && heap.size > bestSize) {
            best = i;
            bestSize = heap.size;
        }
    }
    return best;
}

void readProperties(DeviceFacts& facts, const Instance& instance, VkPhysicalDevice physical)
{
    VkPhysicalDeviceSubgroupSizeControlProperties sizes{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES};
    VkPhysicalDeviceVulkan12Properties v12{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES, .pNext = &sizes};
    VkPhysicalDeviceVulkan11Properties v11{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES, .pNext = &v12};
    VkPhysicalDeviceProperties2 all{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2};
    instance.calls().getProperties(physical, &all);
    const VkPhysicalDeviceProperties& core = all.properties;
    facts.name = core.deviceName;
    facts.apiVersion = std::min(core.apiVersion, instance.version());
    facts.software = core.deviceType == VK_PHYSICAL_DEVICE_TYPE_CPU;
    facts.maxGroupSize = static_cast<int>(core.limits.maxComputeWorkGroupInvocations);
    facts.sharedBytes = core.limits.maxComputeSharedMemorySize;
    facts.maxGroups = *std::ranges::min_element(core.limits.maxComputeWorkGroupCount);
    if (facts.apiVersion < VK_API_VERSION_1_2)
        return;

    facts.subgroupsNeedExtension = facts.apiVersion < VK_API_VERSION_1_3;
    const bool sizeControl = !facts.subgroupsNeedExtension ||
        hasExtension(instance, physical, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
    v12.pNext = sizeControl ? &sizes : nullptr;
    all.pNext = &v11;
    instance.calls().getProperties(physical, &all);
    facts.programs = {
        .vendor = core.vendorID, .device = core.deviceID, .driverVersion = core.driverVersion};
    std::ranges::copy(core.pipelineCacheUUID, facts.programs.programs.begin());
    std::ranges::copy(v11.driverUUID, facts.programs.driver.begin());
    facts.driver = std::string(v12.driverName) + " " + v12.driverInfo;
    facts.maxAllocation = v11.maxMemoryAllocationSize;
    facts.subgroupSize = static_cast<int>(v11.subgroupSize);
    facts.chosenSubgroups = sizeControl &&
        (sizes.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT) &&
        sizes.minSubgroupSize <= v11.subgroupSize && v11.subgroupSize <= sizes.maxSubgroupSize;
    const bool shuffles = (v11.subgroupSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT) &&
        (v11.subgroupSupportedOperations & VK_SUBGROUP_FEATURE_SHUFFLE_BIT);
    if (!shuffles || !std::has_single_bit(v11.subgroupSize) ||
        facts.subgroupSize > kMaxSubgroupSize)
        facts.problem = facts.name +
            " cannot exchange values between the lanes of a subgroup, "
            "which Inglenook needs. Use another device.";
}

void readFeatures(DeviceFacts& facts, const Instance& instance, VkPhysicalDevice physical)
{
    VkPhysicalDeviceSubgroupSizeControlFeatures sizes{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES};
    VkPhysicalDeviceVulkan12Features v12{.sType =
                                             VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
                                         .pNext = facts.chosenSubgroups ? &sizes : nullptr};
    VkPhysicalDeviceFeatures2 all{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                  .pNext = &v12};
    instance.calls().getFeatures(physical, &all);
    facts.chosenSubgroups =
        facts.chosenSubgroups && sizes.subgroupSizeControl && sizes.computeFullSubgroups;
    if (!v12.bufferDeviceAddress)
        facts.problem = facts.name +
            " cannot address buffers directly (bufferDeviceAddress), which "
            "Inglenook needs. A newer graphics driver may help.";
    else if (!v12.timelineSemaphore)
        facts.problem = facts.name +
            " has no timeline semaphores, which Inglenook needs. A newer "
            "graphics driver may help.";
}

/// Whether, and how well, the device multiplies four pairs of bytes in one instruction.
void readByteDots(DeviceFacts& facts, const Instance& instance, VkPhysicalDevice physical)
{
    facts.byteDotsNeedExtension = facts.apiVersion < VK_API_VERSION_1_3;
    if (facts.byteDotsNeedExtension &&
        !hasExtension(instance, physical, VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME))
        return;
    VkPhysicalDeviceShaderIntegerDotProductFeatures dots{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES};
    VkPhysicalDeviceFeatures2 features{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                       .pNext = &dots};
    instance.calls().getFeatures(physical, &features);
    VkPhysicalDeviceShaderIntegerDotProductProperties speeds{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_PROPERTIES};
    VkPhysicalDeviceProperties2 properties{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                           .pNext = &speeds};
    instance.calls().getProperties(physical, &properties);
    facts.byteDots = dots.shaderIntegerDotProduct;
    facts.fastByteDots = speeds.integerDotProduct4x8BitPackedSignedAccelerated;
}

/// The largest product of signed bytes that the device's subgroups compute and matmul_matrix.comp
/// can use: a unit of weights is a whole number of them, and their results may be held as floats.
MatrixShape matrixShape(const Instance& instance, VkPhysicalDevice physical)
{
    uint32_t count = 0;
    if (instance.calls().getMatrixShapes(physical, &count, nullptr) != VK_SUCCESS)
        return {};
    std::vector<CooperativeMatrixShape> shapes(count);
    if (instance.calls().getMatrixShapes(physical, &count, shapes.data()) != VK_SUCCESS)
        return {};
    const auto holdsFloats = [&](uint32_t m, uint32_t n) {
        return std::ranges::any_of(shapes, [=](const CooperativeMatrixShape& s) {
            return s.m == m && s.n == n && s.scope == MatrixScope::Subgroup &&
                (s.c == MatrixNumbers::Float32 || s.result == MatrixNumbers::Float32);
        });
    };
    constexpr uint32_t kMostResults = 256; // a lane of 32 holds eight of each matrix
    MatrixShape best;
    uint32_t most = 0;
    for (const CooperativeMatrixShape& s : shapes) {
        const bool fits = s.scope == MatrixScope::Subgroup && !s.saturating &&
            s.a == MatrixNumbers::Signed8 && s.b == MatrixNumbers::Signed8 &&
            s.c == MatrixNumbers::Signed32 && s.result == MatrixNumbers::Signed32 &&
            (s.k == 8 || s.k == 16 || s.k == 32) && s.m * s.n <= kMostResults &&
            holdsFloats(s.m, s.n);
        if (!fits || s.m * s.n * s.k <= most)
            continue;
        most = s.m * s.n * s.k;
        best = {static_cast<int>(s.m), static_cast<int>(s.n), static_cast<int>(s.k)};
    }
    return best;
}

/// Matrix units are used where a pipeline can demand the subgroup size that it is written for.
/// Those of Intel work on smaller subgroups than the ones we ask for; llvmpipe of Mesa 26 crashes
/// on any matrix unless a subgroup has 8 lanes.
void readMatrices(DeviceFacts& facts, const Instance& instance, VkPhysicalDevice physical)
{
    constexpr uint32_t kIntel = 0x8086;
    const bool crashes = facts.software && facts.subgroupSize != 8;
    if (!facts.chosenSubgroups || facts.programs.vendor == kIntel || crashes ||
        !instance.calls().getMatrixShapes ||
        !hasExtension(instance, physical, kCooperativeMatrixExtension))
        return;
    CooperativeMatrixFeatures matrices;
    VkPhysicalDeviceVulkan12Features v12{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES, .pNext = &matrices};
    VkPhysicalDeviceFeatures2 all{.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                  .pNext = &v12};
    instance.calls().getFeatures(physical, &all);
    if (matrices.cooperativeMatrix && v12.shaderInt8 && v12.vulkanMemoryModel &&
        v12.vulkanMemoryModelDeviceScope)
        facts.matrix = matrixShape(instance, physical);
}

/// A queue that computes; one that does not also draw, if there is one, so that windows stay
/// smooth.
void chooseQueue(DeviceFacts& facts, const Instance& instance, VkPhysicalDevice physical)
{
    uint32_t count = 0;
    instance.calls().getQueueFamilies(physical, &count, nullptr);
    std::vector<VkQueueFamilyProperties> families(count);
    instance.calls().getQueueFamilies(physical, &count, families.data());
    bool found = false;
    for (uint32_t i = 0; i < count; ++i) {
        const VkQueueFlags flags = families[i].queueFlags;
        if (!(flags & VK_QUEUE_COMPUTE_BIT) || (found && (flags & VK_QUEUE_GRAPHICS_BIT)))
            continue;
        facts.queueFamily = i;
        found = true;
        if (!(flags & VK_QUEUE_GRAPHICS_BIT))
            break;
    }
    if (!found)
        facts.problem = facts.name + " has no queue for computing. Use another device.";
}

} // namespace

size_t heapFree(const Instance& instance, VkPhysicalDevice physical, const DeviceFacts& facts,
                uint32_t heap)
{
    VkPhysicalDeviceMemoryBudgetPropertiesEXT budget{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
    VkPhysicalDeviceMemoryProperties2 memory{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
        .pNext = facts.memoryBudget ? &budget : nullptr};
    instance.calls().getMemoryProperties(physical, &memory);
    if (!facts.memoryBudget)
        return memory.memoryProperties.memoryHeaps[heap].size;
    const VkDeviceSize used = std::min(budget.heapUsage[heap], budget.heapBudget[heap]);
    return budget.heapBudget[heap] - used;
}

DeviceFacts inspect(const Instance& instance, VkPhysicalDevice physical)
{
    DeviceFacts facts;
    readProperties(facts, instance, physical);
    facts.memoryBudget = hasExtension(instance, physical, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    const VkPhysicalDeviceMemoryProperties memory = memoryOf(instance, physical);
    const uint32_t heap = mainHeap(memory);
    facts.memoryTotal = memory.memoryHeaps[heap].size;
    facts.memoryFree = heapFree(instance, physical, facts, heap);
    if (facts.apiVersion < VK_API_VERSION_1_2) {
        facts.problem = "The driver of " + facts.name +
            " speaks a Vulkan older than version 1.2, which Inglenook needs. Update the graphics "
            "driver, or use another device.";
        return facts;
    }
    readFeatures(facts, instance, physical);
    readByteDots(facts, instance, physical);
    readMatrices(facts, instance, physical);
    chooseQueue(facts, instance, physical);
    if (facts.maxGroupSize < kMinGroupSize)
        facts.problem = facts.name + " runs only " + std::to_string(facts.maxGroupSize) +
            " invocations together, Inglenook needs " + std::to_string(kMinGroupSize) +
            ". Use another device.";
    return facts;
}

Device::Device(int index, bool validation)
    : m_instance(validation)
{
    const std::vector<VkPhysicalDevice> devices = m_instance.physicalDevices();
    if (index < 0 || static_cast<size_t>(index) >= devices.size())
        throw std::runtime_error("There is no Vulkan device " + std::to_string(index) +
                                 "; this machine has " + std::to_string(devices.size()) +
                                 ". Choose one that is listed.");
    m_physical = devices[static_cast<size_t>(index)];
    m_facts = inspect(m_instance, m_physical);
    if (!m_facts.problem.empty())
        throw std::runtime_error(m_facts.problem);
    m_memory = memoryOf(m_instance, m_physical);
    open();
}

void Device::open()
{
    VkPhysicalDeviceSubgroupSizeControlFeatures sizes{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES,
        .subgroupSizeControl = VK_TRUE,
        .computeFullSubgroups = VK_TRUE};
    const bool hasMatrices = m_facts.matrix.rows > 0;
    CooperativeMatrixFeatures matrices{.pNext = &sizes, .cooperativeMatrix = VK_TRUE};
    VkPhysicalDeviceVulkan12Features features{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
        .pNext = m_facts.chosenSubgroups ? &sizes : nullptr,
        .timelineSemaphore = VK_TRUE,
        .bufferDeviceAddress = VK_TRUE};
    VkPhysicalDeviceShaderIntegerDotProductFeatures dots{
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_INTEGER_DOT_PRODUCT_FEATURES,
        .pNext = &features,
        .shaderIntegerDotProduct = VK_TRUE};
    if (hasMatrices) { // chosen subgroups too, then
        features.pNext = &matrices;
        features.shaderInt8 = VK_TRUE;
        features.vulkanMemoryModel = VK_TRUE;
        features.vulkanMemoryModelDeviceScope = VK_TRUE; // that of atomics in the other shaders
    }
    const float priority = 1.f;
    const VkDeviceQueueCreateInfo queue{.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                        .queueFamilyIndex = m_facts.queueFamily,
                                        .queueCount = 1,
                                        .pQueuePriorities = &priority};
    std::vector<const char*> extensions;
    if (m_facts.chosenSubgroups && m_facts.subgroupsNeedExtension)
        extensions.push_back(VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME);
    if (m_facts.byteDots && m_facts.byteDotsNeedExtension)
        extensions.push_back(VK_KHR_SHADER_INTEGER_DOT_PRODUCT_EXTENSION_NAME);
    if (hasMatrices)
        extensions.push_back(kCooperativeMatrixExtension);
    const VkDeviceCreateInfo info{.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                  .pNext = m_facts.byteDots ? static_cast<void*>(&dots) : &features,
                                  .queueCreateInfoCount = 1,
                                  .pQueueCreateInfos = &queue,
                                  .enabledExtensionCount = static_cast<uint32_t>(extensions.size()),
                                  .ppEnabledExtensionNames = extensions.data()};
    m_device = m_instance.createDevice(m_physical, info, m_calls);
    m_calls.vkGetDeviceQueue(m_device, m_facts.queueFamily, 0, &m_queue);
}

Device::~Device()
{
    m_calls.vkDestroyDevice(m_device, nullptr);
}

size_t Device::heapFree(uint32_t heap) const
{
    const size_t size = m_memory.memoryHeaps[heap].size;
    const size_t left = size - std::min(size, m_allocated[heap]);
    return std::min(left, vulkan::heapFree(m_instance, m_physical, m_facts, heap));
}

} // namespace inglenook::vulkan
