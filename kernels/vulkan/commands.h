#pragma once

#include "kernels/vulkan/device.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <vector>

namespace inglenook::vulkan {

/// Workgroups of a dispatch.
struct Groups {
    int64_t x = 1;
    int64_t y = 1;
    int64_t z = 1;
};

/// Recorded commands up to a point where the host has something to do, or to the end.
struct RecordedPart {
    std::vector<VkCommandBuffer> buffers;
    std::function<void()> host; // empty at the end
};

/// Commands on their way to the queue, in call order. They gather in a command buffer that is
/// submitted when somebody waits, or when it holds about as much work as a slow device does in a
/// tenth of a second.
class CommandStream {
public:
    explicit CommandStream(const Device& device);
    ~CommandStream(); // the device is done
    CommandStream(const CommandStream&) = delete;
    CommandStream& operator=(const CommandStream&) = delete;

    /// Makes what follows wait for what came before.
    void barrier();
    /// `push` has pushBytes bytes (at most kPushBytes), `work` is about the number of
    /// multiplications.
    void dispatch(VkPipeline pipeline, VkPipelineLayout layout, const void* push, size_t pushBytes,
                  Groups groups, int64_t work);
    void fill(VkBuffer buffer, VkDeviceSize offset, VkDeviceSize bytes);
    void copy(VkBuffer from, VkBuffer to, const VkBufferCopy& region);
    /// Makes earlier copies visible to the host, once waited for.
    void hostBarrier();

    /// Calls `work` when all before is done, and before all that follows; at each replay if this is
    /// recorded.
    void atHost(std::function<void()> work);

    /// Submits all commands so far; the ticket is for wait().
    uint64_t submit();
    void wait(uint64_t ticket);
    void finish() { wait(submit()); }

    // Recording: command buffers that are kept. All commands between the two calls go there.
    void beginRecording();
    [[nodiscard]] std::vector<RecordedPart> endRecording();
    void cancelRecording() noexcept;
    [[nodiscard]] bool recording() const { return m_recording; }
    /// Submits recorded parts after all commands so far, with the host's work between them. None of
    /// them may be under way.
    uint64_t submitRecorded(const std::vector<RecordedPart>& parts);
    void release(const std::vector<VkCommandBuffer>& buffers) noexcept;

    /// Work that one submission holds at most, give or take one dispatch.
    [[nodiscard]] int64_t workLimit() const { return m_workLimit; }

private:
    struct Submitted {
        VkCommandBuffer buffer;
        uint64_t ticket;
    };

    VkCommandBuffer open();
    void close();
    VkCommandBuffer unusedBuffer();
    uint64_t submitBuffers(const std::vector<VkCommandBuffer>& buffers);
    uint64_t submitAfterOpen(const std::vector<VkCommandBuffer>& buffers);

    const Device& m_device;
    int64_t m_workLimit;
    VkCommandPool m_pool = VK_NULL_HANDLE;
    VkSemaphore m_timeline = VK_NULL_HANDLE;
    uint64_t m_lastTicket = 0;
    VkCommandBuffer m_open = VK_NULL_HANDLE;
    int64_t m_work = 0; // in the open buffer
    std::deque<Submitted> m_submitted; // oldest first
    bool m_recording = false;
    std::vector<RecordedPart> m_recorded; // the last one is growing
};

} // namespace inglenook::vulkan
