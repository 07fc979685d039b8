#pragma once

#include "inference/memory/page_name.h"
#include "inference/memory/page_place.h"
#include "inference/memory/window_pages.h"
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
///
/// Where a model has sliding layers that keep their window only, a sequence holds the window pages
/// of its last pages: those from its index `windowFrom` on. A cached prefix ends where the window
/// in front of its end is there.
class PagePool {
public:
    PagePool(int pages, PageName root, const WindowPages::Size& window = {});

    struct Prefix {
        std::vector<int> pages; // held for the caller, in order; the last may be partly filled
        int windowFrom = 0; // index of the first whose window page is held
        int tokens = 0; // how many leading tokens they hold
        // Where another page begins with more of the tokens: it is held until endCopy(), and
        // whoever copies it to a page of its own may go on behind them.
        int copyFrom = -1;
        int copyTokens = 0;
    };
    /// A page and what it stands for.
    struct HeldPage {
        PagePlace place;
        PageName name;
        PageName parent;
        std::vector<int32_t> tokens;
    };

    /// Finds the longest cached prefix of the tokens and holds its pages. A page that ends where
    /// the tokens go on is handed over for good: the caller writes on in it.
    [[nodiscard]] Prefix findPrefix(std::span<const int32_t> tokens);
    /// The page that was to be copied has been, or will not be.
    void endCopy(int page);

    /// An empty page for one sequence, with its window page; nothing if every page is in use.
    [[nodiscard]] std::optional<int> take();
    /// How many pages are not in use.
    [[nodiscard]] int available() const { return static_cast<int>(m_free.size() + m_idle.size()); }
    /// Whether a sequence can have so many pages more, when it lets its window go on meanwhile.
    [[nodiscard]] bool hasRoomFor(int pages) const;

    [[nodiscard]] const WindowPages::Size& window() const { return m_window.size(); }
    [[nodiscard]] PagePlace placeOf(int page) const
    {
        return {.page = page, .windowPage = m_window.of(page)};
    }
    /// The window pages of a sequence's pages, -1 for those that have none; empty where there are
    /// no window pages.
    [[nodiscard]] std::vector<int> windowPagesOf(std::span<const int> pages) const;
    /// The next row of a sequence is at `position`: gives back the window pages that neither it nor
    /// later ones see. Returns what is windowFrom now.
    [[nodiscard]] int passWindow(std::span<const int> pages, int windowFrom, int position);

    /// Names the page at `index` of a sequence, which is full now; `pages` and `tokens` are the
    /// sequence's. Its parents are named already. Nothing happens if another page bears the name.
    void complete(std::span<const int> pages, std::span<const int32_t> tokens, int index);

    /// Gives a sequence's pages back. `tokens` are those whose keys and values are stored; what is
    /// left of a started page is kept for a sequence that goes on from there.
    void release(std::span<const int> pages, std::span<const int32_t> tokens, int windowFrom = 0);

    // Pages that come from elsewhere

    /// Finds and holds the pages behind which reading the tokens from elsewhere has to begin: all
    /// leading full pages, or as many as stand before window pages that are missing.
    [[nodiscard]] Prefix findToRestore(std::span<const int32_t> tokens);
    /// Adds a page to it for the next of the tokens, of which the prefix will hold all. Returns
    /// where to write it, which is nowhere if it is there already; nothing if every page is in use.
    [[nodiscard]] std::optional<PagePlace> takeToRestore(Prefix& prefix,
                                                         std::span<const int32_t> tokens);
    /// Whether a sequence can go on behind it: the window in front of its end is there.
    [[nodiscard]] bool seesWindow(const Prefix& prefix) const
    {
        return prefix.windowFrom <= m_window.firstSeen(prefix.tokens);
    }

    /// The longest named of the pages that were not given by this before: each is given once as
    /// long as it bears its name and has all its layers, parents before their children.
    [[nodiscard]] std::optional<HeldPage> nextNamed();
    /// The same of the page that take() would leave without its window page, if it is one of them.
    [[nodiscard]] std::optional<HeldPage> nextLost();
    [[nodiscard]] bool hasNewlyNamed() const { return !m_newlyNamed.empty(); }

    /// The partly filled pages that nobody uses and that have all their layers, the longest unused
    /// first. They have no name.
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
        std::list<int>::iterator idle; // place in m_idle, if there
        bool newlyNamed = false;
        std::list<int>::iterator news; // place in m_newlyNamed, if there
    };

    [[nodiscard]] int findFull(PageName parent, std::span<const int32_t> tokens) const;
    [[nodiscard]] std::vector<int> findChain(std::span<const int32_t> tokens) const;
    [[nodiscard]] int usablePages(std::span<const int> chain) const;
    [[nodiscard]] Prefix holdPages(std::span<const int> pages);
    [[nodiscard]] std::pair<int, int> findBegun(PageName parent,
                                                std::span<const int32_t> tokens) const;
    [[nodiscard]] PageName nameOfLast(std::span<const int> pages) const;
    [[nodiscard]] HeldPage give(int page);
    void takeNameFrom(int page);
    void holdWindow(Prefix& prefix);
    [[nodiscard]] bool hasAllLayers(int page) const;
    void hold(int page);
    void takeWindowPage(int page);
    void setFree(int page);
    void loseName(int page);
    void forget(int page);
    void park(int page, PageName parent, std::span<const int32_t> tokens);

    PageName m_root;
    WindowPages m_window;
    std::vector<Page> m_pages;
    std::vector<int> m_free; // hold nothing
    std::list<int> m_idle; // hold something, used by nobody; the longest unused first
    std::map<PageName, int> m_byName;
    std::multimap<PageName, int> m_byParent; // those that hold something
    std::list<int> m_newlyNamed; // not given by nextNamed() yet
};

} // namespace inglenook
