#pragma once

#include "kernels/vulkan/commands.h"

#include <list>
#include <map>

namespace inglenook::vulkan {

enum class MemoryUse { Device, Upload, Readback };

/// One allocation of the driver with one buffer over all of it.
class Block {
public:
    /// Throws std::runtime_error with a sentence if it does not fit.
    Block(Device& device, size_t bytes, MemoryUse use);
    ~Block();
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;

    [[nodiscard]] size_t bytes() const { return m_bytes; }
    [[nodiscard]] VkBuffer buffer() const { return m_buffer; }
    [[nodiscard]] VkDeviceAddress address() const { return m_address; } // 0 if not on the device
    [[nodiscard]] std::byte* mapped() const { return m_mapped; } // null if on the device

private:
    void create(MemoryUse use);
    void destroy();

    Device& m_device;
    size_t m_bytes;
    size_t m_allocated = 0; // bytes of the heap
    uint32_t m_heap = 0;
    VkBuffer m_buffer = VK_NULL_HANDLE;
    VkDeviceMemory m_memory = VK_NULL_HANDLE;
    VkDeviceAddress m_address = 0;
    std::byte* m_mapped = nullptr;
};

/// Device memory in ranges aligned to 256 bytes. Small ranges share blocks, since drivers allow
/// only some thousand allocations.
class Memory {
public:
    struct Range {
        Block* block = nullptr;
        size_t offset = 0;
        size_t bytes = 0; // rounded up to the alignment

        [[nodiscard]] VkDeviceAddress address() const { return block->address() + offset; }
    };

    static constexpr size_t kAlignment = 256;

    Memory(Device& device, CommandStream& commands);

    [[nodiscard]] Range allocate(size_t bytes);
    /// What is under way may still use the range: later commands run after it.
    void release(const Range& range) noexcept;

private:
    struct SharedBlock {
        SharedBlock(Device& device, size_t bytes);
        Block block;
        std::map<size_t, size_t> gaps; // offset to bytes, never adjacent
    };

    Device& m_device;
    CommandStream& m_commands;
    std::list<SharedBlock> m_blocks;
};

} // namespace inglenook::vulkan
