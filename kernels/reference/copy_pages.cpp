#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <cstring>

namespace inglenook {

namespace {

/// Calls use(head, offset) for every head of every token of some pages in the shared order; there
/// it starts `offset` bytes from the first page.
template <class Use>
void eachHead(std::span<const int> pages, const AttentionShape& shape, const Use& use)
{
    const size_t bytes = static_cast<size_t>(shape.headSize) * sizeof(uint16_t);
    size_t offset = 0;
    for (const int page : pages)
        for (const bool value : {false, true})
            for (int head = 0; head < shape.kvHeads; ++head)
                for (int token = 0; token < kPageTokens; ++token, offset += bytes)
                    use(reference::CachedHead{page, token, head, value}, offset);
}

} // namespace

void ReferenceBackend::readPages(std::span<std::byte> to, const KvPages& kv,
                                 std::span<const int> pages, const AttentionShape& shape)
{
    checkCopyPages(kv, pages, shape, to.size());
    eachHead(pages, shape, [&](const reference::CachedHead& place, size_t offset) {
        const std::span<const uint16_t> head = reference::cached(kv, shape, place);
        std::memcpy(&to[offset], head.data(), head.size_bytes());
    });
}

void ReferenceBackend::writePages(const KvPages& kv, std::span<const int> pages,
                                  const AttentionShape& shape, std::span<const std::byte> from)
{
    checkCopyPages(kv, pages, shape, from.size());
    eachHead(pages, shape, [&](const reference::CachedHead& place, size_t offset) {
        const std::span<uint16_t> head = reference::cached(kv, shape, place);
        std::memcpy(head.data(), &from[offset], head.size_bytes());
    });
}

} // namespace inglenook
