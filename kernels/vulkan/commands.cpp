#include "kernels/vulkan/commands.h"

#include "kernels/vulkan/check.h"

#include <stdexcept>
#include <utility>

namespace inglenook::vulkan {

namespace {

// A tenth of a second on a slow device of each kind: integrated graphics reach some 50 G
// multiplications per second in matmul, llvmpipe on two cores 0.5 G.
constexpr int64_t kWorkLimit = 4'000'000'000;
constexpr int64_t kSoftwareWorkLimit = 50'000'000;

constexpr size_t kMaxUnderWay = 64; // submissions

constexpr VkPipelineStageFlags kStages =
    VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
constexpr VkAccessFlags kWrites = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
constexpr VkAccessFlags kReads = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT;

} // namespace

CommandStream::CommandStream(const Device& device)
    : m_device(device)
    , m_workLimit(device.facts().software ? kSoftwareWorkLimit : kWorkLimit)
{
    const VkCommandPoolCreateInfo pool{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                       .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                       .queueFamilyIndex = device.facts().queueFamily};
    check(device.calls().vkCreateCommandPool(device.handle(), &pool, nullptr, &m_pool),
          "preparing its commands");
    const VkSemaphoreTypeCreateInfo type{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                         .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
    const VkSemaphoreCreateInfo semaphore{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
                                          .pNext = &type};
    const VkResult result =
        device.calls().vkCreateSemaphore(device.handle(), &semaphore, nullptr, &m_timeline);
    if (result < 0)
        device.calls().vkDestroyCommandPool(device.handle(), m_pool, nullptr);
    check(result, "preparing its commands");
}

CommandStream::~CommandStream()
{
    m_device.calls().vkDestroySemaphore(m_device.handle(), m_timeline, nullptr);
    m_device.calls().vkDestroyCommandPool(m_device.handle(), m_pool, nullptr);
}

VkCommandBuffer CommandStream::unusedBuffer()
{
    if (m_submitted.size() >= kMaxUnderWay)
        wait(m_submitted.front().ticket);
    if (!m_recording && !m_submitted.empty()) {
        uint64_t done = 0;
        check(m_device.calls().vkGetSemaphoreCounterValue(m_device.handle(), m_timeline, &done),
              "computing");
        if (m_submitted.front().ticket <= done) {
            const VkCommandBuffer buffer = m_submitted.front().buffer;
            m_submitted.pop_front();
            return buffer;
        }
    }
    const VkCommandBufferAllocateInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                           .commandPool = m_pool,
                                           .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                           .commandBufferCount = 1};
    VkCommandBuffer buffer = VK_NULL_HANDLE;
    check(m_device.calls().vkAllocateCommandBuffers(m_device.handle(), &info, &buffer),
          "preparing its commands");
    return buffer;
}

VkCommandBuffer CommandStream::open()
{
    if (m_open)
        return m_open;
    const VkCommandBuffer buffer = unusedBuffer();
    const VkCommandBufferBeginInfo info{
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = m_recording
            ? VkCommandBufferUsageFlags{0}
            : VkCommandBufferUsageFlags{VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT}};
    const VkResult result = m_device.calls().vkBeginCommandBuffer(buffer, &info);
    if (result < 0)
        release({buffer});
    check(result, "preparing its commands");
    m_open = buffer;
    m_work = 0;
    return m_open;
}

/// Ends the open buffer: submits it, or keeps it for the recording.
void CommandStream::close()
{
    const VkCommandBuffer buffer = std::exchange(m_open, VK_NULL_HANDLE);
    if (!buffer)
        return;
    const VkResult result = m_device.calls().vkEndCommandBuffer(buffer);
    if (result < 0)
        release({buffer});
    check(result, "preparing its commands");
    if (m_recording) {
        m_recorded.back().buffers.push_back(buffer);
        return;
    }
    submitBuffers({buffer});
    m_submitted.push_back({buffer, m_lastTicket});
}

void CommandStream::barrier()
{
    const VkMemoryBarrier memory{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                 .srcAccessMask = kWrites,
                                 .dstAccessMask = kReads | kWrites};
    m_device.calls().vkCmdPipelineBarrier(open(), kStages, kStages, 0, 1, &memory, 0, nullptr, 0,
                                          nullptr);
}

void CommandStream::hostBarrier()
{
    const VkMemoryBarrier memory{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                 .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
                                 .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    m_device.calls().vkCmdPipelineBarrier(open(), VK_PIPELINE_STAGE_TRANSFER_BIT,
                                          VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &memory, 0, nullptr, 0,
                                          nullptr);
}

void CommandStream::dispatch(VkPipeline pipeline, VkPipelineLayout layout, const void* push,
                             size_t pushBytes, Groups groups, int64_t work)
{
    const int64_t limit = m_device.facts().maxGroups;
    if (groups.x > limit || groups.y > limit || groups.z > limit)
        throw std::runtime_error(m_device.facts().name +
                                 " cannot run a step this large. Choose a "
                                 "smaller model or another device.");
    const VkCommandBuffer buffer = open();
    const VolkDeviceTable& calls = m_device.calls();
    calls.vkCmdBindPipeline(buffer, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
    calls.vkCmdPushConstants(buffer, layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                             static_cast<uint32_t>(pushBytes), push);
    calls.vkCmdDispatch(buffer, static_cast<uint32_t>(groups.x), static_cast<uint32_t>(groups.y),
                        static_cast<uint32_t>(groups.z));
    m_work += work;
    if (m_work >= m_workLimit)
        close();
}

void CommandStream::fill(VkBuffer buffer, VkDeviceSize offset, VkDeviceSize bytes)
{
    m_device.calls().vkCmdFillBuffer(open(), buffer, offset, bytes, 0);
}

void CommandStream::copy(VkBuffer from, VkBuffer to, const VkBufferCopy& region)
{
    m_device.calls().vkCmdCopyBuffer(open(), from, to, 1, &region);
}

uint64_t CommandStream::submitBuffers(const std::vector<VkCommandBuffer>& buffers)
{
    const uint64_t ticket = m_lastTicket + 1;
    const VkTimelineSemaphoreSubmitInfo timeline{
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .signalSemaphoreValueCount = 1,
        .pSignalSemaphoreValues = &ticket};
    const VkSubmitInfo info{.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                            .pNext = &timeline,
                            .commandBufferCount = static_cast<uint32_t>(buffers.size()),
                            .pCommandBuffers = buffers.data(),
                            .signalSemaphoreCount = 1,
                            .pSignalSemaphores = &m_timeline};
    check(m_device.calls().vkQueueSubmit(m_device.queue(), 1, &info, VK_NULL_HANDLE), "computing");
    m_lastTicket = ticket;
    return ticket;
}

uint64_t CommandStream::submit()
{
    if (m_recording)
        throw std::logic_error("A recorded step calls no memory function.");
    close();
    return m_lastTicket;
}

void CommandStream::wait(uint64_t ticket)
{
    const VkSemaphoreWaitInfo info{.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                   .semaphoreCount = 1,
                                   .pSemaphores = &m_timeline,
                                   .pValues = &ticket};
    check(m_device.calls().vkWaitSemaphores(m_device.handle(), &info, UINT64_MAX), "computing");
}

void CommandStream::beginRecording()
{
    submit();
    m_recording = true;
    m_recorded.assign(1, {});
}

std::vector<RecordedPart> CommandStream::endRecording()
{
    close();
    m_recording = false;
    return std::exchange(m_recorded, {});
}

void CommandStream::cancelRecording() noexcept
{
    if (m_open)
        release({std::exchange(m_open, VK_NULL_HANDLE)});
    for (const RecordedPart& part : std::exchange(m_recorded, {}))
        release(part.buffers);
    m_recording = false;
}

void CommandStream::atHost(std::function<void()> work)
{
    if (!m_recording) {
        finish();
        return work();
    }
    close();
    m_recorded.back().host = std::move(work);
    m_recorded.emplace_back();
}

uint64_t CommandStream::submitRecorded(const std::vector<RecordedPart>& parts)
{
    uint64_t ticket = m_lastTicket;
    for (const RecordedPart& part : parts) {
        ticket = submitAfterOpen(part.buffers);
        if (part.host) {
            wait(ticket);
            part.host();
        }
    }
    return ticket;
}

uint64_t CommandStream::submitAfterOpen(const std::vector<VkCommandBuffer>& buffers)
{
    // What waits to be submitted goes first, in the same call: submitting is most of a replay's
    // host time.
    const VkCommandBuffer before = std::exchange(m_open, VK_NULL_HANDLE);
    if (!before)
        return buffers.empty() ? m_lastTicket : submitBuffers(buffers);
    check(m_device.calls().vkEndCommandBuffer(before), "preparing its commands");
    std::vector<VkCommandBuffer> all{before};
    all.insert(all.end(), buffers.begin(), buffers.end());
    const uint64_t ticket = submitBuffers(all);
    m_submitted.push_back({before, ticket});
    return ticket;
}

void CommandStream::release(const std::vector<VkCommandBuffer>& buffers) noexcept
{
    if (!buffers.empty())
        m_device.calls().vkFreeCommandBuffers(
            m_device.handle(), m_pool, static_cast<uint32_t>(buffers.size()), buffers.data());
}

} // namespace inglenook::vulkan
