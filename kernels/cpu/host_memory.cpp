#include "kernels/cpu/host_memory.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace inglenook::cpu {
namespace {

constexpr std::align_val_t kAlignment{256};
constexpr size_t kHugePage = size_t{2} << 20;

[[noreturn]] void failed(size_t bytes)
{
    throw std::runtime_error("Not enough memory: " + std::to_string(bytes >> 20) +
                             " MB more are needed. Close other programs or choose a smaller model "
                             "or context.");
}

} // namespace

HostMemory::HostMemory(size_t bytes)
    : m_bytes(bytes)
{
#ifdef __linux__
    if (bytes >= kHugePage) {
        // Mapped pages are zero without being touched: a large cache costs what is used of it.
        const size_t whole = (bytes + kHugePage - 1) / kHugePage * kHugePage;
        void* start = mmap(nullptr, whole + kHugePage, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED)
            failed(bytes);
        auto* first = static_cast<std::byte*>(start);
        const size_t before =
            (kHugePage - reinterpret_cast<uintptr_t>(first) % kHugePage) % kHugePage;
        if (before > 0)
            munmap(first, before);
        munmap(first + before + whole, kHugePage - before);
        m_data = first + before;
        m_mapped = true;
        madvise(m_data, whole, MADV_HUGEPAGE);
        return;
    }
#endif
    try {
        m_data = static_cast<std::byte*>(::operator new(bytes > 0 ? bytes : 1, kAlignment));
    } catch (const std::bad_alloc&) {
        failed(bytes);
    }
    std::memset(m_data, 0, bytes);
}

HostMemory::~HostMemory()
{
#ifdef __linux__
    if (m_mapped) {
        munmap(m_data, (m_bytes + kHugePage - 1) / kHugePage * kHugePage);
        return;
    }
#endif
    ::operator delete(m_data, kAlignment);
}

void HostMemory::claim(size_t bytes)
{
    if (!m_mapped)
        return; // zeroed at once
    constexpr size_t kPage = size_t{4} << 10; // the smallest there is
    for (size_t i = 0; i < std::min(bytes, m_bytes); i += kPage) {
        volatile std::byte& byte = m_data[i];
        byte = byte; // a read alone would get a page of zeros shared by all
    }
}

HostMemory::HostMemory(HostMemory&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr))
    , m_bytes(std::exchange(other.m_bytes, 0))
    , m_mapped(std::exchange(other.m_mapped, false))
{
}

HostMemory& HostMemory::operator=(HostMemory&& other) noexcept
{
    std::swap(m_data, other.m_data);
    std::swap(m_bytes, other.m_bytes);
    std::swap(m_mapped, other.m_mapped);
    return *this;
}

} // namespace inglenook::cpu
