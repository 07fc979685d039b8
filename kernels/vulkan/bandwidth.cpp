#include "kernels/vulkan/context.h"
#include "kernels/vulkan/vulkan_backend.h"

#include "shaders/bandwidth.h"

#include <algorithm>
#include <chrono>

namespace inglenook {

using namespace vulkan;

namespace {

constexpr size_t kMostBytes = size_t{1} << 30;
constexpr size_t kSoftwareBytes = size_t{64} << 20; // the CPU takes its time
constexpr int kPasses = 4;
constexpr int kInvocations = 256;
constexpr int kGroups = 2048; // enough to fill any device

} // namespace

double VulkanBackend::measureReadBandwidth()
{
    const DeviceFacts& facts = m_context->device.facts();
    const size_t wanted = facts.software ? kSoftwareBytes : kMostBytes;
    const size_t bytes =
        std::min({wanted, facts.memoryFree / 4, facts.maxAllocation}) / 4096 * 4096;
    const int subgroups = m_context->subgroupsFor(kInvocations);
    const int64_t invocations = int64_t{kGroups} * subgroups * facts.subgroupSize;
    const std::shared_ptr<Buffer> data = allocate(bytes);
    const std::shared_ptr<Buffer> sums = allocate(static_cast<size_t>(invocations) * 4);
    struct {
        VkDeviceAddress data, sums;
        uint32_t count;
    } const push{deviceBuffer(*data).range().address(), deviceBuffer(*sums).range().address(),
                 static_cast<uint32_t>(bytes / 16)};

    double best = 0.;
    m_context->commands.finish();
    for (int pass = 0; pass < kPasses; ++pass) {
        const auto start = std::chrono::steady_clock::now();
        m_context->begin();
        m_context->dispatch({shaders::bandwidth, subgroups, {}}, push, {kGroups},
                            static_cast<int64_t>(bytes / 4));
        m_context->commands.finish();
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        best = std::max(best, static_cast<double>(bytes) / took.count());
    }
    return best;
}

} // namespace inglenook
