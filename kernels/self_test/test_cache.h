#pragma once

#include "kernels/self_test/workspace.h"

namespace inglenook::self_test {

/// A token's place: which sequence, where in it. Position -1: an empty row.
struct Place {
    int slot = 0;
    int position = 0;
};

/// The cache of one layer for a few sequences. Their pages are shuffled, two pages belong to none,
/// and every page holds large numbers at first, as if others had used it before.
class TestCache {
public:
    /// `lengths`: tokens that each sequence has room for.
    TestCache(Workspace& on, const AttentionShape& shape, const std::vector<int>& lengths,
              KvType type = KvType::F16);

    [[nodiscard]] const KvPages& pages() const { return m_pages; }

    /// Inputs of a step whose rows are these tokens.
    [[nodiscard]] StepInputs inputs(std::span<const Place> rows);

    /// The pages of a sequence, in order.
    [[nodiscard]] std::span<const int> pagesOf(int slot) const
    {
        return m_pagesOf[static_cast<size_t>(slot)];
    }

    /// All bytes, a row per page.
    [[nodiscard]] Matrix content();

    /// Throws std::runtime_error if a page was written that belongs to no sequence.
    void checkSparePages();

private:
    Workspace& m_on;
    KvPages m_pages;
    size_t m_pageBytes;
    int m_contextBound;
    std::vector<std::vector<int>> m_pagesOf; // each slot
    std::vector<int> m_spare;
};

/// The places of `lengths` tokens each, the sequences' turns alternating.
[[nodiscard]] std::vector<Place> allPlaces(const std::vector<int>& lengths);

/// Cosines and sines for `dims` elements at each place, base 10000.
[[nodiscard]] Matrix rotations(std::span<const Place> rows, int dims);

} // namespace inglenook::self_test
