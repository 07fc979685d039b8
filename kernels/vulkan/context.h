#pragma once

#include "kernels/tensor.h"
#include "kernels/vulkan/commands.h"
#include "kernels/vulkan/memory.h"
#include "kernels/vulkan/pipeline.h"
#include "kernels/vulkan/staging.h"

#include <memory>
#include <type_traits>

namespace inglenook::vulkan {

/// All that belongs to one opened device. Buffers, weights and recordings share it, so they may
/// outlive the backend that made them.
class Context {
public:
    Context(int index, const BackendOptions& options);
    ~Context(); // waits until the device is done
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    /// Starts an operator or a memory call: it sees the results of those before.
    void begin();

    /// Appends a kernel. `Push` holds what the shader's push constant block declares, in its order.
    template <class Push>
    void dispatch(const Kernel& kernel, const Push& push, Groups groups, int64_t work)
    {
        static_assert(std::is_trivially_copyable_v<Push> && sizeof(Push) <= kPushBytes);
        commands.dispatch(pipelines.get(kernel), pipelines.layout(), &push, sizeof push, groups,
                          work);
    }

    /// Subgroups of a workgroup with about `invocations`; one where the CPU computes, which pays
    /// for barriers.
    [[nodiscard]] int subgroupsFor(int invocations) const;

    const MatrixUnits matrixUnits;
    Device device;
    const bool byteDots; // four products of bytes in one instruction, where they are quants
    CommandStream commands;
    Memory memory;
    Staging staging;
    Pipelines pipelines;
    Memory::Range scratch; // of one operator at a time
};

inline constexpr size_t kScratchBytes = size_t{16} << 20;

/// A range that frees itself, and keeps the device open until then.
class SharedRange {
public:
    SharedRange(std::shared_ptr<Context> context, size_t bytes)
        : m_context(std::move(context))
        , m_range(m_context->memory.allocate(bytes))
    {
    }
    ~SharedRange() { m_context->memory.release(m_range); }
    SharedRange(const SharedRange&) = delete;
    SharedRange& operator=(const SharedRange&) = delete;

    [[nodiscard]] const Memory::Range& range() const { return m_range; }

private:
    std::shared_ptr<Context> m_context;
    Memory::Range m_range;
};

/// Host memory that the device reads and writes; it keeps the device open.
class HostBlock {
public:
    HostBlock(std::shared_ptr<Context> context, size_t bytes)
        : m_context(std::move(context))
        , m_block(m_context->device, bytes, MemoryUse::Readback)
    {
    }

    ~HostBlock() { m_context->device.calls().vkDeviceWaitIdle(m_context->device.handle()); }
    HostBlock(const HostBlock&) = delete;
    HostBlock& operator=(const HostBlock&) = delete;

    [[nodiscard]] size_t bytes() const { return m_block.bytes(); }
    [[nodiscard]] VkBuffer buffer() const { return m_block.buffer(); }
    [[nodiscard]] std::byte* mapped() const { return m_block.mapped(); }

private:
    std::shared_ptr<Context> m_context;
    Block m_block;
};

class DeviceBuffer final : public Buffer {
public:
    DeviceBuffer(std::shared_ptr<Context> context, size_t bytes)
        : Buffer(bytes)
        , m_memory(std::move(context), bytes)
    {
    }

    [[nodiscard]] const Memory::Range& range() const { return m_memory.range(); }

private:
    SharedRange m_memory;
};

/// The buffer as ours. Throws std::invalid_argument if another backend made it.
[[nodiscard]] const DeviceBuffer& deviceBuffer(const Buffer& buffer);

[[nodiscard]] inline VkDeviceAddress address(const Tensor& t)
{
    return deviceBuffer(*t.buffer).range().address() + t.offset;
}

/// `count` rows of a tensor of 4-byte elements.
[[nodiscard]] Tensor rowsFrom(Tensor t, int first, int count);

/// Workgroups for `count` things, `each` per workgroup.
[[nodiscard]] inline int64_t groupsFor(int64_t count, int64_t each)
{
    return (count + each - 1) / each;
}

} // namespace inglenook::vulkan
