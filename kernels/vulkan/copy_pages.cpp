// A page lies on the device as all backends share it: its bytes are copied.

#include "kernels/checks.h"
#include "kernels/vulkan/context.h"
#include "kernels/vulkan/vulkan_backend.h"

namespace inglenook {

using namespace vulkan;

namespace {

Staging::Rows rowsOf(const KvPages& kv, std::span<const int> pages, const AttentionShape& shape)
{
    const size_t bytes = kv.pageBytes(shape);
    return {.bytes = bytes, .stride = bytes, .order = pages};
}

} // namespace

void VulkanBackend::readPages(std::span<std::byte> to, const KvPages& kv,
                              std::span<const int> pages, const AttentionShape& shape)
{
    checkCopyPages(kv, pages, shape, to.size());
    m_context->begin();
    m_context->staging.downloadRows(to, deviceBuffer(*kv.buffer).range(), rowsOf(kv, pages, shape));
    m_context->device.throwComplaint();
}

void VulkanBackend::writePages(const KvPages& kv, std::span<const int> pages,
                               const AttentionShape& shape, std::span<const std::byte> from)
{
    checkCopyPages(kv, pages, shape, from.size());
    m_context->begin();
    m_context->staging.uploadRows(from, deviceBuffer(*kv.buffer).range(), rowsOf(kv, pages, shape));
}

} // namespace inglenook
