#pragma once

#include "kernels/tensor.h"

#include <cstddef>

namespace inglenook::cpu {

/// Zeroed memory of the process, aligned to at least 256 bytes; large pieces lie in huge pages
/// where the system has them. Throws std::runtime_error if there is none.
class HostMemory {
public:
    HostMemory() = default;
    explicit HostMemory(size_t bytes);
    ~HostMemory();
    HostMemory(HostMemory&& other) noexcept;
    HostMemory& operator=(HostMemory&& other) noexcept;

    [[nodiscard]] std::byte* data() const { return m_data; }
    [[nodiscard]] size_t bytes() const { return m_bytes; }

    /// Buffer::claim()
    void claim(size_t bytes);

private:
    std::byte* m_data = nullptr;
    size_t m_bytes = 0;
    bool m_mapped = false;
};

/// A piece of this backend's memory.
class HostBuffer : public Buffer {
public:
    explicit HostBuffer(size_t bytes)
        : Buffer(bytes)
        , m_memory(bytes)
    {
    }

    [[nodiscard]] std::byte* data() const { return m_memory.data(); }
    void claim(size_t bytes) override { m_memory.claim(bytes); }

private:
    HostMemory m_memory;
};

} // namespace inglenook::cpu
