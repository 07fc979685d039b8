// A page lies in memory as all backends share it.

#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <cstring>

namespace inglenook {

void ReferenceBackend::readPages(std::span<std::byte> to, const KvPages& kv,
                                 std::span<const int> pages, const AttentionShape& shape)
{
    checkCopyPages(kv, pages, shape, to.size());
    const size_t bytes = kv.pageBytes(shape);
    const std::byte* cache = static_cast<reference::HostBuffer&>(*kv.buffer).data();
    for (size_t i = 0; i < pages.size(); ++i)
        std::memcpy(&to[i * bytes], cache + static_cast<size_t>(pages[i]) * bytes, bytes);
}

void ReferenceBackend::writePages(const KvPages& kv, std::span<const int> pages,
                                  const AttentionShape& shape, std::span<const std::byte> from)
{
    checkCopyPages(kv, pages, shape, from.size());
    const size_t bytes = kv.pageBytes(shape);
    std::byte* cache = static_cast<reference::HostBuffer&>(*kv.buffer).data();
    for (size_t i = 0; i < pages.size(); ++i)
        std::memcpy(cache + static_cast<size_t>(pages[i]) * bytes, &from[i * bytes], bytes);
}

} // namespace inglenook
