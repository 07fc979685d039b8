#pragma once

#include <list>
#include <optional>
#include <vector>

namespace inglenook {

/// Layers that see a window of the last tokens only ("sliding" ones) need not keep a whole context:
/// they have pages of their own, fewer than the others. This knows which page of the pool has one
/// of them, its *window page*, where the sliding layers keep the same tokens.
///
/// Only pages that a sequence will still look at are held. The others keep theirs until the space
/// is needed: first those that a window has moved past, then those of sequences that ended, for
/// these are where a conversation goes on.
class WindowPages {
public:
    struct Size {
        int pages = 0; // of the sliding layers; 0: there are none, or they have a page for each
        int tokens = 0; // that a row sees, itself included
        int perSequence = 0; // that one sequence needs at once, in its widest step
    };
    /// Why nobody holds a page any more.
    enum class Left { Passed, Ended };

    /// For a pool of `pages` pages.
    WindowPages(const Size& size, int pages);

    /// Else every page has all its layers, and there is nothing to hold or to take.
    [[nodiscard]] bool exist() const { return m_size.pages > 0; }
    [[nodiscard]] const Size& size() const { return m_size; }
    /// Index of the first page of a sequence that a row at this position and those behind it see.
    [[nodiscard]] int firstSeen(int position) const;

    /// The window page of a page; -1: none.
    [[nodiscard]] int of(int page) const;
    /// How many take() can give.
    [[nodiscard]] int available() const;
    /// The page that the next take() would leave without; -1: none, as some are free.
    [[nodiscard]] int nextLost() const;
    /// Gives a page that has none a window page, held once. Returns which page has none any more
    /// for it; -1: no other. available() > 0.
    int take(int page);
    /// The page has one.
    void hold(int page);
    void letGo(int page, Left why);
    /// What the window page holds is not wanted any more, unless somebody holds it.
    void drop(int page);

private:
    struct Place {
        int number = -1;
        int users = 0;
        Left left = Left::Ended;
        std::list<int>::iterator idle; // place in m_idle, while nobody holds one that it has
    };
    [[nodiscard]] std::list<int>& idleOf(Left left);

    Size m_size;
    std::vector<Place> m_places; // of each page
    std::vector<int> m_free; // numbers
    std::list<int> m_passed; // pages, the longest unused first
    std::list<int> m_ended;
};

} // namespace inglenook
