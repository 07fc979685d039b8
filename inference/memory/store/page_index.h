#pragma once

#include "inference/memory/page_name.h"
#include "kernels/backend.h"

#include <array>
#include <functional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace inglenook {

/// Where a record lies.
struct RecordPlace {
    uint64_t segment = 0;
    uint64_t offset = 0;
    uint64_t payloadBytes = 0;
    uint64_t sequence = 0;
};

struct StoredPage {
    RecordPlace place;
    PageName parent;
    std::array<int32_t, kPageTokens> tokens{};
};

struct PageNameHash {
    size_t operator()(PageName name) const { return name.low ^ name.high; } // it is a hash already
};

/// Which pages are stored, and who hangs below whom.
class PageIndex {
public:
    [[nodiscard]] const StoredPage* find(PageName name) const;
    [[nodiscard]] size_t size() const { return m_pages.size(); }
    [[nodiscard]] uint64_t payloadBytes() const { return m_payloadBytes; }

    /// Adds the page, in place of one of that name.
    void insert(PageName name, const StoredPage& page);
    void erase(PageName name);

    /// These pages as far as they are stored, and all below them that fulfil a condition together
    /// with what is between.
    [[nodiscard]] std::vector<PageName>
    withChildren(const std::vector<PageName>& roots,
                 const std::function<bool(PageName)>& alsoChild) const;
    /// The page and its parents, as far as they are stored without a gap.
    [[nodiscard]] std::vector<PageName> withParents(PageName name) const;
    /// The page behind this parent that begins with most of the tokens, and how many: 0 if none.
    [[nodiscard]] std::pair<PageName, int> mostLike(PageName parent,
                                                    std::span<const int32_t> tokens) const;
    /// The pages behind this parent that hold a beginning of the tokens and nothing else.
    [[nodiscard]] std::vector<PageName> begunBy(PageName parent,
                                                std::span<const int32_t> tokens) const;
    [[nodiscard]] std::vector<PageName> inSegment(uint64_t segment) const;
    /// All, in the order in which they lie on the disk.
    [[nodiscard]] std::vector<PageName> inOrder() const;

    [[nodiscard]] const auto& all() const { return m_pages; }

private:
    std::unordered_map<PageName, StoredPage, PageNameHash> m_pages;
    std::unordered_multimap<PageName, PageName, PageNameHash> m_children; // by parent
    uint64_t m_payloadBytes = 0;
};

} // namespace inglenook
