#include "kernels/vulkan/context.h"

#include <algorithm>
#include <stdexcept>

namespace inglenook::vulkan {

namespace {

bool uses(const DeviceFacts& facts, ByteDots wanted)
{
    return facts.byteDots &&
        (wanted == ByteDots::WhereThere || (wanted == ByteDots::WhereFast && facts.fastByteDots));
}

} // namespace

Context::Context(int index, const BackendOptions& options)
    : matrixUnits(options.matrixUnits)
    , device(index, options.validation)
    , byteDots(uses(device.facts(), options.byteDots))
    , commands(device)
    , memory(device, commands)
    , staging(device, commands)
    , pipelines(device, options.cacheFolder)
    , scratch(memory.allocate(kScratchBytes))
{
    device.throwComplaint();
}

Context::~Context()
{
    device.calls().vkDeviceWaitIdle(device.handle());
}

void Context::begin()
{
    device.throwComplaint();
    commands.barrier();
}

int Context::subgroupsFor(int invocations) const
{
    return device.facts().software ? 1 : std::max(1, invocations / device.facts().subgroupSize);
}

Tensor rowsFrom(Tensor t, int first, int count)
{
    t.offset += static_cast<size_t>(first) * static_cast<size_t>(t.stride) * 4;
    t.rows = count;
    return t;
}

const DeviceBuffer& deviceBuffer(const Buffer& buffer)
{
    const auto* ours = dynamic_cast<const DeviceBuffer*>(&buffer);
    if (!ours)
        throw std::invalid_argument("A buffer of another backend was given to a Vulkan device.");
    return *ours;
}

} // namespace inglenook::vulkan
