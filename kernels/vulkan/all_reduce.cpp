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
    // An outgrown block stays: commands that name it may not have run yet.
    if (m_exchanges.empty() || m_exchanges.back()->bytes() < bytes)
        m_exchanges.push_back(std::make_shared<HostBlock>(m_context, bytes));
    const std::shared_ptr<HostBlock>& exchange = m_exchanges.back();

    const Memory::Range& range = deviceBuffer(*x.buffer).range();
    m_context->begin();
    m_context->commands.copy(range.block->buffer(), exchange->buffer(),
                             {.srcOffset = range.offset + x.offset, .size = bytes});
    m_context->commands.hostBarrier();
    m_context->commands.atHost([block = exchange, count, &self] {
        self.allReduce({reinterpret_cast<float*>(block->mapped()), count});
    });
    m_context->commands.copy(exchange->buffer(), range.block->buffer(),
                             {.dstOffset = range.offset + x.offset, .size = bytes});
}

} // namespace inglenook
