#include "kernels/vulkan/vulkan_backend.h"

#include "kernels/checks.h"
#include "kernels/vulkan/context.h"
#include "kernels/vulkan/weights.h"

#include <exception>
#include <stdexcept>

namespace inglenook {

using namespace vulkan;

namespace {

class VulkanRecording final : public Recording {
public:
    VulkanRecording(std::shared_ptr<Context> context, std::vector<RecordedPart> parts)
        : m_context(std::move(context))
        , m_parts(std::move(parts))
    {
    }

    ~VulkanRecording() override
    {
        try {
            m_context->commands.wait(m_ticket);
        } catch (const std::exception&) {
            // A lost device runs nothing any more, and the next call reports the loss.
        }
        for (const RecordedPart& part : m_parts)
            m_context->commands.release(part.buffers);
    }

    [[nodiscard]] bool belongsTo(const Context& context) const
    {
        return m_context.get() == &context;
    }

    void submit()
    {
        m_context->commands.wait(m_ticket); // a buffer may be under way only once
        m_ticket = m_context->commands.submitRecorded(m_parts);
    }

private:
    std::shared_ptr<Context> m_context;
    std::vector<RecordedPart> m_parts;
    uint64_t m_ticket = 0; // of the newest submission
};

Staging::Rows rowsOf(const Tensor& t)
{
    const size_t row = static_cast<size_t>(t.cols) * 4;
    const size_t stride = static_cast<size_t>(t.stride) * 4;
    if (row == stride) // one run, so one copy
        return {t.offset, row * static_cast<size_t>(t.rows), stride * static_cast<size_t>(t.rows)};
    return {t.offset, row, stride};
}

DeviceInfo describe(const DeviceFacts& facts, size_t index)
{
    return {.id = {DeviceKind::Vulkan, static_cast<int>(index)},
            .name = facts.name,
            .driver = facts.driver,
            .memoryTotal = facts.memoryTotal,
            .memoryFree = facts.memoryFree,
            .software = facts.software,
            .problem = facts.problem};
}

} // namespace

std::vector<DeviceInfo> listVulkanDevices()
{
    std::vector<DeviceInfo> devices;
    try {
        const Instance instance(false);
        for (const VkPhysicalDevice physical : instance.physicalDevices())
            devices.push_back(describe(inspect(instance, physical), devices.size()));
    } catch (const std::runtime_error&) {
        // No loader or no driver: there are no devices.
    }
    return devices;
}

std::unique_ptr<Backend> createVulkanBackend(int index, const BackendOptions& options)
{
    return std::make_unique<VulkanBackend>(index, options);
}

VulkanBackend::VulkanBackend(int index, const BackendOptions& options)
    : m_context(std::make_shared<Context>(index, options))
    , m_name("vulkan:" + std::to_string(index) + " " + m_context->device.facts().name)
{
}

VulkanBackend::~VulkanBackend() = default;

std::shared_ptr<Buffer> VulkanBackend::allocate(size_t bytes)
{
    m_context->device.throwComplaint();
    auto buffer = std::make_shared<DeviceBuffer>(m_context, bytes);
    m_context->begin();
    const Memory::Range& range = buffer->range();
    m_context->commands.fill(range.block->buffer(), range.offset, range.bytes);
    return buffer;
}

std::unique_ptr<WeightLoading> VulkanBackend::beginLoad(std::span<const WeightPart> parts, int in)
{
    checkLoad(parts, in);
    return std::make_unique<DeviceLoading>(m_context, parts, in);
}

void VulkanBackend::write(const Tensor& to, std::span<const std::byte> from)
{
    checkCopy(to, from.size());
    if (from.empty())
        return;
    m_context->begin();
    m_context->staging.uploadRows(from, deviceBuffer(*to.buffer).range(), rowsOf(to));
}

void VulkanBackend::read(std::span<std::byte> to, const Tensor& from)
{
    checkCopy(from, to.size());
    m_context->begin();
    if (to.empty())
        m_context->commands.finish();
    else
        m_context->staging.downloadRows(to, deviceBuffer(*from.buffer).range(), rowsOf(from));
    m_context->device.throwComplaint();
}

std::unique_ptr<Recording> VulkanBackend::record(const std::function<void()>& step)
{
    m_context->device.throwComplaint();
    CommandStream& commands = m_context->commands;
    commands.beginRecording();
    std::vector<RecordedPart> parts;
    try {
        step();
        parts = commands.endRecording();
    } catch (...) {
        commands.cancelRecording();
        throw;
    }
    auto recording = std::make_unique<VulkanRecording>(m_context, std::move(parts));
    recording->submit();
    m_context->pipelines.save(); // a new kind of step is rare; a crash later loses nothing
    m_context->device.throwComplaint();
    return recording;
}

void VulkanBackend::replay(Recording& recording)
{
    m_context->device.throwComplaint();
    auto* ours = dynamic_cast<VulkanRecording*>(&recording);
    if (!ours || !ours->belongsTo(*m_context))
        throw std::invalid_argument("A recording of another backend was given to a Vulkan device.");
    ours->submit();
}

} // namespace inglenook
