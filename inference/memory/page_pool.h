#pragma once

#include "inference/memory/page_name.h"
#include "kernels/backend.h"

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace inglenook {

/// Knows which cache page holds which tokens; touches no device. A *full* page is immutable, bears
/// a name made of its parent's name and its 64 tokens, and may be read by any number of sequences.
/// A page that is still growing belongs to one sequence. Pages that nobody uses keep their contents
/// until the space is needed, the longest unused first.
class PagePool {
public:
    PagePool(int pages, PageName root);

    struct Prefix {
        std::vector<int> pages; // held for the caller, in order; the last may be partly filled
        int tokens = 0; // how many leading tokens they hold
        // Where another page begins with more of the tokens: it is held until endCopy(), and
        // whoever copies it to a page of its own may go on behind them.
        int copyFrom = -1;
        int copyTokens = 0;
    };
    /// Finds the longest cached prefix of the tokens and holds its pages. A page that ends where
    /// the tokens go on is handed over for good: the caller writes on in it.
    [[nodiscard]] Prefix findPrefix(std::span<const int32_t> tokens);
    /// Finds and holds the leading full pages only.
    [[nodiscard]] Prefix findFullPages(std::span<const int32_t> tokens);
    /// The page that was to be copied has been, or will not be.
    void endCopy(int page);

    /// An empty page for one sequence; nothing if every page is in use.
    [[nodiscard]] std::optional<int> take();
    /// How many pages take() can give.
    [[nodiscard]] int available() const { return static_cast<int>(m_free.size() + m_idle.size()); }

    /// Names the page at `index` of a sequence, which is full now; `pages` and `tokens` are the
    /// sequence's. Its parents are named already. Nothing happens if another page bears the name.
    void complete(std::span<const int> pages, std::span<const int32_t> tokens, int index);

    /// Gives a sequence's pages back. `tokens` are those whose keys and values are stored; what is
    /// left of a started page is kept for a sequence that goes on from there.
    void release(std::span<const int> pages, std::span<const int32_t> tokens);

    /// A page and what it stands for.
    struct HeldPage {
        int page = -1;
        PageName name;
        PageName parent;
        std::vector<int32_t> tokens;
    };
    /// The longest named of the pages that were not given by this before: each is given once as
    /// long as it bears its name, parents before their children.
    [[nodiscard]] std::optional<HeldPage> nextNamed();
    [[nodiscard]] bool hasNewlyNamed() const { return !m_newlyNamed.empty(); }

    /// The partly filled pages that nobody uses, the longest unused first. They have no name.
    [[nodiscard]] std::vector<HeldPage> begunPages() const;

    [[nodiscard]] PageName root() const { return m_root; }

    /// Empties every page that nobody uses.
    void forgetAll();

private:
    struct Page {
        int users = 0;
        bool named = false;
        PageName name;
        PageName parent;
        std::vector<int32_t> tokens; // 64 of a named page, fewer of a parked one
        std::list<int>::iterator
            idle; // place in m_idle while nobody uses a page that holds something
        bool newlyNamed = false;
        std::list<int>::iterator news; // place in m_newlyNamed, if there
    };

    [[nodiscard]] int findFull(PageName parent, std::span<const int32_t> tokens) const;
    [[nodiscard]] std::pair<int, int> findBegun(PageName parent,
                                                std::span<const int32_t> tokens) const;
    void hold(int page);
    void forget(int page);
    void park(int page, PageName parent, std::span<const int32_t> tokens);

    PageName m_root;
    std::vector<Page> m_pages;
    std::vector<int> m_free; // hold nothing
    std::list<int> m_idle; // hold something, used by nobody; the longest unused first
    std::map<PageName, int> m_byName;
    std::multimap<PageName, int> m_byParent; // those that hold something
    std::list<int> m_newlyNamed; // not given by nextNamed() yet
};

} // namespace inglenook
