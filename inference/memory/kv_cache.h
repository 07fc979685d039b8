#pragma once

#include "inference/memory/window_pages.h"
#include "inference/model/model_spec.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace inglenook {

/// What the layers that see a window only need of their own, in steps of up to `stepRows` rows:
/// tokens and pages of one sequence; nothing where a model has no such layers.
[[nodiscard]] WindowPages::Size windowSizeOf(const ModelSpec& spec, int stepRows);

/// How much cache there is.
struct CacheSize {
    int pages = 0; // in each layer
    int windowPages = 0; // in each layer that sees a window only; 0: as many as in the others
    int sequences = 0; // at once, each in a slot
    int pagesPerSlot = 0; // of the longest sequence
};

/// The cache pages of all layers on one device, and the tables that say which page of a sequence is
/// where. A page number means the same tokens in every layer; layers that keep a window of their
/// own have other numbers and another table. What their table says of pages in front of the window
/// is never looked at.
class KvCache {
public:
    KvCache(Backend& backend, const ModelSpec& spec, const CacheSize& size,
            KvType type = KvType::F16);

    /// Bytes of one page in all layers together.
    [[nodiscard]] static uint64_t bytesPerPage(const ModelSpec& spec, KvType type = KvType::F16);
    /// The part of it in layers that see a window only.
    [[nodiscard]] static uint64_t bytesPerWindowPage(const ModelSpec& spec,
                                                     KvType type = KvType::F16);

    /// Bytes for one sequence of so many tokens, at least.
    [[nodiscard]] static uint64_t leastBytes(const ModelSpec& spec, int tokens,
                                             KvType type = KvType::F16);

    [[nodiscard]] std::span<const KvPages> layers() const { return m_layers; }
    /// Whether a layer's pages have the other numbers.
    [[nodiscard]] bool keepsWindow(size_t layer) const { return m_keepsWindow[layer]; }
    [[nodiscard]] int contextTokens() const { return m_size.pagesPerSlot * kPageTokens; }
    [[nodiscard]] int slots() const { return m_size.sequences; }

    /// Writes which pages hold the tokens of the sequence in `slot`, in order, where it differs
    /// from before; `windowPages` where layers keep a window: as many, -1 for those it has passed.
    void setPages(Backend& backend, int slot, std::span<const int> pages,
                  std::span<const int> windowPages = {});

    /// Has the system hand out the memory of another layer's first pages, so that the first long
    /// conversation does not wait for it; of a very large cache, not all. Returns whether it was
    /// the last layer. Takes milliseconds.
    bool claimNext();

    /// Writes small arbitrary numbers everywhere, as if every page had been computed, and gives
    /// slot 0 a whole context of them: reading takes as long as of real ones, which lets a long
    /// context be measured without computing it.
    void fillWithNoise(Backend& backend);

private:
    /// Which page of each sequence is where.
    struct Table {
        Table(Backend& backend, const CacheSize& size);
        void set(Backend& backend, int slot, std::span<const int> pages);

        std::shared_ptr<Buffer> buffer;
        Tensor onDevice; // I32 (slots, pages per slot)
        std::vector<std::vector<int32_t>> written; // of each slot, what its row holds
    };

    CacheSize m_size;
    Table m_table;
    std::optional<Table> m_windowTable;
    std::vector<KvPages> m_layers;
    std::vector<bool> m_keepsWindow; // of each layer
    size_t m_claimed = 0; // layers
};

} // namespace inglenook
