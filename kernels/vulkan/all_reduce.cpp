// The values pass through host memory: out to it with the commands before, back with those behind.
// A recording is cut there, and keeps the memory that its commands name.

#include "kernels/checks.h"
#include "kernels/vulkan/context.h"
#include "kernels/vulkan/vulkan_backend.h"

namespace inglenook {

using namespace vulkan;

void VulkanBackend::allReduce(Tensor x, GroupMember& self)
{
    checkAllReduce(x);
    if (x.rows == 0)
        return;
    const size_t count = static_cast<size_t>(x.rows) * static_cast<size_t>(x.cols);
    const size_t bytes = count * sizeof(float);
    if (!m_exchange || m_exchange->bytes() < bytes)
        m_exchange = std::make_shared<HostBlock>(m_context, bytes);

    const Memory::Range& range = deviceBuffer(*x.buffer).range();
    m_context->begin();
    m_context->commands.copy(range.block->buffer(), m_exchange->buffer(),
                             {.srcOffset = range.offset + x.offset, .size = bytes});
    m_context->commands.hostBarrier();
    m_context->commands.atHost([block = m_exchange, count, &self] {
        self.allReduce({reinterpret_cast<float*>(block->mapped()), count});
    });
    m_context->commands.copy(m_exchange->buffer(), range.block->buffer(),
                             {.dstOffset = range.offset + x.offset, .size = bytes});
}

} // namespace inglenook
