#include "kernels/vulkan/memory.h"

#include "kernels/vulkan/check.h"

#include <algorithm>
#include <exception>
#include <iterator>
#include <optional>

namespace inglenook::vulkan {

namespace {

constexpr size_t kSharedBlockBytes = size_t{64} << 20;

std::string megabytes(size_t bytes)
{
    return std::to_string((bytes + (size_t{1} << 20) - 1) >> 20) + " MiB";
}

[[noreturn]] void doesNotFit(const Device& device, size_t wanted, size_t available)
{
    throw std::runtime_error(device.facts().name + " has " + megabytes(available) +
                             " of memory left, but " + megabytes(wanted) +
                             " more are needed. Choose a smaller model, a shorter context or "
                             "another device.");
}

VkMemoryPropertyFlags wantedProperties(MemoryUse use)
{
    switch (use) {
    case MemoryUse::Device:
        return VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    case MemoryUse::Upload:
        return VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    case MemoryUse::Readback:
        return VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT |
            VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    }
    return 0;
}

/// The allowed type with the wanted properties whose heap is largest.
std::optional<uint32_t> findType(const VkPhysicalDeviceMemoryProperties& memory, uint32_t allowed,
                                 VkMemoryPropertyFlags wanted)
{
    std::optional<uint32_t> best;
    VkDeviceSize bestSize = 0;
    for (uint32_t i = 0; i < memory.memoryTypeCount; ++i) {
        const VkMemoryType& type = memory.memoryTypes[i];
        const VkDeviceSize size = memory.memoryHeaps[type.heapIndex].size;
        if ((allowed & (1u << i)) && (type.propertyFlags & wanted) == wanted && size > bestSize) {
            best = i;
            bestSize = size;
        }
    }
    return best;
}

uint32_t chooseType(const Device& device, uint32_t allowed, MemoryUse use)
{
    VkMemoryPropertyFlags wanted = wantedProperties(use);
    std::optional<uint32_t> type = findType(device.memory(), allowed, wanted);
    if (!type) // every driver has host memory that is coherent, not every one cached too
        type = findType(device.memory(), allowed, wanted & ~VK_MEMORY_PROPERTY_HOST_CACHED_BIT);
    if (!type)
        throw std::runtime_error(device.facts().name +
                                 " has no memory of the kind that is needed. "
                                 "Use another device.");
    return *type;
}

} // namespace

Block::Block(Device& device, size_t bytes, MemoryUse use)
    : m_device(device)
    , m_bytes(bytes)
{
    try {
        create(use);
    } catch (...) {
        destroy();
        throw;
    }
}

void Block::create(MemoryUse use)
{
    const VolkDeviceTable& calls = m_device.calls();
    const bool onDevice = use == MemoryUse::Device;
    if (m_bytes > m_device.facts().maxAllocation)
        doesNotFit(m_device, m_bytes, m_device.facts().maxAllocation);
    const VkBufferCreateInfo info{.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                  .size = m_bytes,
                                  .usage = VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                      VK_BUFFER_USAGE_TRANSFER_DST_BIT |
                                      (onDevice ? VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                               VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT
                                                : VkBufferUsageFlags{0}),
                                  .sharingMode = VK_SHARING_MODE_EXCLUSIVE};
    check(calls.vkCreateBuffer(m_device.handle(), &info, nullptr, &m_buffer), "reserving memory");

    VkMemoryRequirements needs;
    calls.vkGetBufferMemoryRequirements(m_device.handle(), m_buffer, &needs);
    const uint32_t type = chooseType(m_device, needs.memoryTypeBits, use);
    m_heap = m_device.memory().memoryTypes[type].heapIndex;
    const size_t available = m_device.heapFree(m_heap);
    if (needs.size > available)
        doesNotFit(m_device, needs.size, available);
    const VkMemoryAllocateFlagsInfo flags{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
                                          .flags = VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT};
    const VkMemoryAllocateInfo allocation{.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                          .pNext = onDevice ? &flags : nullptr,
                                          .allocationSize = needs.size,
                                          .memoryTypeIndex = type};
    const VkResult result =
        calls.vkAllocateMemory(m_device.handle(), &allocation, nullptr, &m_memory);
    if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY)
        doesNotFit(m_device, needs.size, 0);
    check(result, "reserving memory");
    m_allocated = needs.size;
    m_device.noteAllocated(m_heap, m_allocated);
    check(calls.vkBindBufferMemory(m_device.handle(), m_buffer, m_memory, 0), "reserving memory");
    if (onDevice) {
        const VkBufferDeviceAddressInfo address{
            .sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO, .buffer = m_buffer};
        m_address = calls.vkGetBufferDeviceAddress(m_device.handle(), &address);
        return;
    }
    void* mapped = nullptr;
    check(calls.vkMapMemory(m_device.handle(), m_memory, 0, VK_WHOLE_SIZE, 0, &mapped),
          "reserving memory");
    m_mapped = static_cast<std::byte*>(mapped);
}

void Block::destroy()
{
    m_device.calls().vkDestroyBuffer(m_device.handle(), m_buffer, nullptr);
    m_device.calls().vkFreeMemory(m_device.handle(), m_memory, nullptr);
    m_device.noteFreed(m_heap, m_allocated);
}

Block::~Block()
{
    destroy();
}

Memory::SharedBlock::SharedBlock(Device& device, size_t bytes)
    : block(device, bytes, MemoryUse::Device)
    , gaps{{0, bytes}}
{
}

Memory::Memory(Device& device, CommandStream& commands)
    : m_device(device)
    , m_commands(commands)
{
}

Memory::Range Memory::allocate(size_t bytes)
{
    bytes = (std::max(bytes, size_t{1}) + kAlignment - 1) / kAlignment * kAlignment;
    for (SharedBlock& shared : m_blocks) {
        const auto gap =
            std::ranges::find_if(shared.gaps, [=](const auto& g) { return g.second >= bytes; });
        if (gap == shared.gaps.end())
            continue;
        const auto [offset, size] = *gap;
        shared.gaps.erase(gap);
        if (size > bytes)
            shared.gaps.emplace(offset + bytes, size - bytes);
        return {&shared.block, offset, bytes};
    }
    // A range of more than half a block gets a block of its own, cut to size.
    const size_t blockBytes = bytes > kSharedBlockBytes / 2 ? bytes : kSharedBlockBytes;
    SharedBlock& shared = m_blocks.emplace_back(m_device, blockBytes);
    shared.gaps.clear();
    if (blockBytes > bytes)
        shared.gaps.emplace(bytes, blockBytes - bytes);
    return {&shared.block, 0, bytes};
}

void Memory::release(const Range& range) noexcept
{
    const auto shared = std::ranges::find_if(
        m_blocks, [&](const SharedBlock& s) { return &s.block == range.block; });
    std::map<size_t, size_t>& gaps = shared->gaps;
    size_t offset = range.offset;
    size_t bytes = range.bytes;
    const auto behind = gaps.find(offset + bytes);
    if (behind != gaps.end()) {
        bytes += behind->second;
        gaps.erase(behind);
    }
    const auto next = gaps.lower_bound(offset);
    if (next != gaps.begin()) {
        const auto before = std::prev(next);
        if (before->first + before->second == offset) {
            offset = before->first;
            bytes += before->second;
            gaps.erase(before);
        }
    }
    gaps.emplace(offset, bytes);
    if (bytes != shared->block.bytes())
        return;
    try {
        m_commands.finish();
    } catch (const std::exception&) {
        // A lost device uses no memory any more, and the next call reports the loss.
    }
    m_blocks.erase(shared);
}

} // namespace inglenook::vulkan
