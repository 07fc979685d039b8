#pragma once

#include "inference/model/model_spec.h"

#include <cstdint>
#include <span>
#include <vector>

namespace inglenook {

/// The cache pages of all layers on one device, and the table that says which page of a sequence is
/// where. A page number means the same tokens in every layer.
class KvCache {
public:
    /// Takes `pages` pages per layer, for up to `slots` sequences of up to `pagesPerSlot` pages at
    /// once.
    KvCache(Backend& backend, const ModelSpec& spec, int pages, int slots, int pagesPerSlot,
            KvType type = KvType::F16);

    /// Bytes of one page in all layers together.
    [[nodiscard]] static uint64_t bytesPerPage(const ModelSpec& spec, KvType type = KvType::F16);

    [[nodiscard]] std::span<const KvPages> layers() const { return m_layers; }
    [[nodiscard]] int contextTokens() const
    {
        return m_table.cols * kPageTokens;
    } // of one sequence
    [[nodiscard]] int slots() const { return m_slots; }
    [[nodiscard]] int pageCount() const { return m_pages; }

    /// Writes which pages hold the tokens of the sequence in `slot`, in order, where it differs
    /// from before.
    void setPages(Backend& backend, int slot, std::span<const int> pages);

    /// Has the system hand out the memory of another layer's first pages, so that the first long
    /// conversation does not wait for it; of a very large cache, not all. Returns whether it was
    /// the last layer. Takes milliseconds.
    bool claimNext();

    /// Writes small arbitrary numbers everywhere, as if every page had been computed: reading takes
    /// as long as of real ones, which lets a long context be measured without computing it.
    void fillWithNoise(Backend& backend);

private:
    int m_pages;
    int m_slots;
    std::vector<std::vector<int32_t>> m_written; // of each slot, what its row of the table holds
    std::shared_ptr<Buffer> m_tableBuffer;
    Tensor m_table;
    std::vector<KvPages> m_layers;
    size_t m_claimed = 0; // layers
};

} // namespace inglenook
