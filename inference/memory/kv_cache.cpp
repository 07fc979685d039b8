#include "inference/memory/kv_cache.h"

#include <algorithm>
#include <cassert>
#include <random>

namespace inglenook {

WindowPages::Size windowSizeOf(const ModelSpec& spec, int stepRows)
{
    WindowPages::Size size;
    for (const LayerSpec& layer : spec.layers)
        size.tokens = std::max(size.tokens, layer.attention.window);
    // from the first token that the first row sees to the last row, which may stand anywhere in
    // their pages; and a page at either end for guesses, which go further or are taken back
    if (size.tokens > 0)
        size.perSequence = (size.tokens + stepRows - 3) / kPageTokens + 2 + 2;
    return size;
}

KvCache::Table::Table(Backend& backend, const CacheSize& size)
    : buffer(backend.allocate(static_cast<size_t>(size.sequences) *
                              static_cast<size_t>(size.pagesPerSlot) * sizeof(int32_t)))
    , onDevice(wholeTensor(*buffer, size.sequences, size.pagesPerSlot, DType::I32))
    , written(static_cast<size_t>(size.sequences),
              std::vector<int32_t>(static_cast<size_t>(size.pagesPerSlot), 0))
{
}

KvCache::KvCache(Backend& backend, const ModelSpec& spec, const CacheSize& size, KvType type)
    : m_size(size)
    , m_table(backend, size)
{
    if (size.windowPages > 0)
        m_windowTable.emplace(backend, size);
    for (const LayerSpec& layer : spec.layers) {
        const size_t bytes = kvPageBytes(layer.attention.kvHeads, layer.attention.headSize, type);
        const bool keepsWindow = m_windowTable && layer.attention.window > 0;
        const int pages = keepsWindow ? size.windowPages : size.pages;
        m_keepsWindow.push_back(keepsWindow);
        KvPages& own = m_layers.emplace_back();
        if (bytes == 0)
            continue; // another device attends
        own = {.buffer = backend.allocate(bytes * static_cast<size_t>(pages)),
               .pageCount = pages,
               .pageTable = keepsWindow ? m_windowTable->onDevice : m_table.onDevice,
               .type = type};
    }
}

uint64_t KvCache::bytesPerPage(const ModelSpec& spec, KvType type)
{
    uint64_t sum = 0;
    for (const LayerSpec& layer : spec.layers)
        sum += kvPageBytes(layer.attention.kvHeads, layer.attention.headSize, type);
    return sum;
}

uint64_t KvCache::bytesPerWindowPage(const ModelSpec& spec, KvType type)
{
    uint64_t sum = 0;
    for (const LayerSpec& layer : spec.layers)
        if (layer.attention.window > 0)
            sum += kvPageBytes(layer.attention.kvHeads, layer.attention.headSize, type);
    return sum;
}

uint64_t KvCache::leastBytes(const ModelSpec& spec, int tokens, KvType type)
{
    const int pages = (tokens + kPageTokens - 1) / kPageTokens;
    const int windowPages = std::min(pages, windowSizeOf(spec, kPageTokens).perSequence);
    const uint64_t window = bytesPerWindowPage(spec, type);
    return static_cast<uint64_t>(pages) * (bytesPerPage(spec, type) - window) +
        static_cast<uint64_t>(windowPages) * window;
}

bool KvCache::claimNext()
{
    // thousands of tokens of most models; an unused rest of a huge cache is left to others
    constexpr size_t kClaimed = size_t{512} << 20;
    if (m_claimed < m_layers.size())
        if (const auto& buffer = m_layers[m_claimed++].buffer)
            buffer->claim(kClaimed / m_layers.size());
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
        const size_t words = layer.buffer ? layer.buffer->bytes() / sizeof(uint32_t) : 0;
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

    std::vector<int> pages;
    std::vector<int> windowPages;
    for (int i = 0; i < m_size.pagesPerSlot; ++i) {
        pages.push_back(i % m_size.pages);
        if (m_windowTable)
            windowPages.push_back(i % m_size.windowPages);
    }
    setPages(backend, 0, pages, windowPages);
}

void KvCache::Table::set(Backend& backend, int slot, std::span<const int> pages)
{
    std::vector<int32_t>& row = written[static_cast<size_t>(slot)];
    assert(pages.size() <= row.size());
    if (std::equal(pages.begin(), pages.end(), row.begin()))
        return;
    std::copy(pages.begin(), pages.end(), row.begin());
    Tensor on = onDevice;
    on.offset += static_cast<size_t>(slot) * row.size() * sizeof(int32_t);
    on.rows = 1;
    backend.write(on, std::as_bytes(std::span(row)));
}

void KvCache::setPages(Backend& backend, int slot, std::span<const int> pages,
                       std::span<const int> windowPages)
{
    m_table.set(backend, slot, pages);
    if (!m_windowTable)
        return;
    assert(windowPages.size() == pages.size());
    std::vector<int> valid(windowPages.begin(), windowPages.end());
    std::ranges::replace(valid, -1, 0); // any page will do
    m_windowTable->set(backend, slot, valid);
}

} // namespace inglenook
