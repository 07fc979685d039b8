#pragma once

#include "kernels/devices.h"
#include "kernels/vulkan/cache_file.h"
#include "kernels/vulkan/instance.h"

#include <array>

namespace inglenook::vulkan {

/// A product that matrix units compute, of signed bytes to 32-bit sums: of (rows, depth) by
/// (depth, outputs). Without them, zeros.
struct MatrixShape {
    int rows = 0;
    int outputs = 0;
    int depth = 0;
};

/// What is known of a GPU before it is opened. If it cannot be used, `problem` says why in a
/// sentence.
struct DeviceFacts {
    std::string name;
    std::string driver;
    std::string problem;
    bool software = false; // computed by the CPU
    bool memoryBudget = false; // the driver tells how much memory is free
    bool chosenSubgroups = false; // a pipeline may demand its subgroup size
    bool subgroupsNeedExtension = false;
    bool byteDots = false; // multiplies four pairs of signed bytes in one instruction
    bool byteDotsNeedExtension = false;
    bool fastByteDots = false; // and says that this is faster than one by one
    uint32_t apiVersion = 0;
    CacheOwner programs; // whose compiled programs can be used again
    int subgroupSize = 0; // lanes, a power of two
    MatrixShape matrix;
    uint32_t queueFamily = 0;
    uint32_t maxGroups = 0; // workgroups in x, y and z
    int maxGroupSize = 0; // invocations of a workgroup
    size_t sharedBytes = 0; // memory of a workgroup
    size_t maxAllocation = 0; // bytes
    size_t memoryTotal = 0; // bytes of its main heap
    size_t memoryFree = 0;
};

[[nodiscard]] DeviceFacts inspect(const Instance& instance, VkPhysicalDevice physical);

/// Bytes that may still be allocated from a heap as the driver sees it at this moment; its whole
/// size where the driver cannot tell.
[[nodiscard]] size_t heapFree(const Instance& instance, VkPhysicalDevice physical,
                              const DeviceFacts& facts, uint32_t heap);

/// One opened GPU and its compute queue.
class Device {
public:
    /// `index` as listVulkanDevices() counts. Throws std::runtime_error with a sentence.
    Device(int index, bool validation);
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    [[nodiscard]] const VolkDeviceTable& calls() const { return m_calls; }
    [[nodiscard]] VkDevice handle() const { return m_device; }
    [[nodiscard]] VkQueue queue() const { return m_queue; }
    [[nodiscard]] const DeviceFacts& facts() const { return m_facts; }
    [[nodiscard]] const VkPhysicalDeviceMemoryProperties& memory() const { return m_memory; }
    /// Bytes that may still be allocated from a heap.
    [[nodiscard]] size_t heapFree(uint32_t heap) const;
    void noteAllocated(uint32_t heap, size_t bytes) { m_allocated[heap] += bytes; }
    void noteFreed(uint32_t heap, size_t bytes) { m_allocated[heap] -= bytes; }
    void throwComplaint() { m_instance.throwComplaint(); }

private:
    void open();

    Instance m_instance;
    VkPhysicalDevice m_physical = VK_NULL_HANDLE;
    DeviceFacts m_facts;
    VkPhysicalDeviceMemoryProperties m_memory{};
    std::array<size_t, VK_MAX_MEMORY_HEAPS> m_allocated{}; // bytes, by this object
    VolkDeviceTable m_calls{};
    VkDevice m_device = VK_NULL_HANDLE;
    VkQueue m_queue = VK_NULL_HANDLE;
};

} // namespace inglenook::vulkan
