#include "inference/memory/kv_cache.h"

#include <algorithm>
#include <cassert>
#include <random>

namespace inglenook {

KvCache::KvCache(Backend& backend, const ModelSpec& spec, int pages, int slots, int pagesPerSlot,
                 KvType type)
    : m_pages(pages)
    , m_slots(slots)
    , m_written(static_cast<size_t>(slots),
                std::vector<int32_t>(static_cast<size_t>(pagesPerSlot), 0))
    , m_tableBuffer(
          backend.allocate(static_cast<size_t>(slots) * static_cast<size_t>(pagesPerSlot) * 4))
    , m_table(wholeTensor(*m_tableBuffer, slots, pagesPerSlot, DType::I32))
{
    for (const LayerSpec& layer : spec.layers) {
        const size_t bytes = kvPageBytes(layer.attention.kvHeads, layer.attention.headSize, type);
        m_layers.push_back({.buffer = backend.allocate(bytes * static_cast<size_t>(pages)),
                            .pageCount = pages,
                            .pageTable = m_table,
                            .type = type});
    }
}

uint64_t KvCache::bytesPerPage(const ModelSpec& spec, KvType type)
{
    uint64_t sum = 0;
    for (const LayerSpec& layer : spec.layers)
        sum += kvPageBytes(layer.attention.kvHeads, layer.attention.headSize, type);
    return sum;
}

bool KvCache::claimNext()
{
    // thousands of tokens of most models; an unused rest of a huge cache is left to others
    constexpr size_t kClaimed = size_t{512} << 20;
    if (m_claimed < m_layers.size())
        m_layers[m_claimed++].buffer->claim(kClaimed / m_layers.size());
    return m_claimed == m_layers.size();
}

void KvCache::fillWithNoise(Backend& backend)
{
    // Two f16 of either sign in 0.25 .. 0.5 to a word, whatever the layout of a page; as quants and
    // scales they are as good as any
    constexpr uint32_t kQuarter = 0x34003400;
    constexpr uint32_t kFreeBits = 0x83ff83ff;
    std::mt19937 random(1);
    std::vector<uint32_t> noise(size_t{1} << 18);
    for (uint32_t& word : noise)
        word = kQuarter | (static_cast<uint32_t>(random()) & kFreeBits);

    for (const KvPages& layer : m_layers) {
        const size_t words = layer.buffer->bytes() / sizeof(uint32_t);
        for (size_t first = 0; first < words; first += noise.size()) {
            const auto count = static_cast<int>(std::min(noise.size(), words - first));
            const Tensor part{.buffer = layer.buffer.get(),
                              .offset = first * sizeof(uint32_t),
                              .rows = 1,
                              .cols = count,
                              .stride = count,
                              .type = DType::I32};
            backend.write(part,
                          std::as_bytes(std::span(noise)).first(part.cols * sizeof(uint32_t)));
        }
    }
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
