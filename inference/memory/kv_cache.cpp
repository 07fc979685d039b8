#include "inference/memory/kv_cache.h"

#include <algorithm>
#include <cassert>

namespace inglenook {

KvCache::KvCache(Backend& backend, const ModelSpec& spec, int pages, int slots, int pagesPerSlot)
    : m_pages(pages)
    , m_slots(slots)
    , m_written(static_cast<size_t>(slots),
                std::vector<int32_t>(static_cast<size_t>(pagesPerSlot), 0))
    , m_tableBuffer(
          backend.allocate(static_cast<size_t>(slots) * static_cast<size_t>(pagesPerSlot) * 4))
    , m_table(wholeTensor(*m_tableBuffer, slots, pagesPerSlot, DType::I32))
{
    for (const LayerSpec& layer : spec.layers) {
        const size_t bytes = kvPageBytes(layer.attention.kvHeads, layer.attention.headSize);
        m_layers.push_back({.buffer = backend.allocate(bytes * static_cast<size_t>(pages)),
                            .pageCount = pages,
                            .pageTable = m_table});
    }
}

uint64_t KvCache::bytesPerPage(const ModelSpec& spec)
{
    uint64_t sum = 0;
    for (const LayerSpec& layer : spec.layers)
        sum += kvPageBytes(layer.attention.kvHeads, layer.attention.headSize);
    return sum;
}

void KvCache::setPages(Backend& backend, int slot, std::span<const int> pages)
{
    std::vector<int32_t>& written = m_written[static_cast<size_t>(slot)];
    assert(pages.size() <= written.size());
    if (std::equal(pages.begin(), pages.end(), written.begin()))
        return;
    std::copy(pages.begin(), pages.end(), written.begin());
    Tensor row = m_table;
    row.offset += static_cast<size_t>(slot) * written.size() * sizeof(int32_t);
    row.rows = 1;
    backend.write(row, std::as_bytes(std::span(written)));
}

} // namespace inglenook
