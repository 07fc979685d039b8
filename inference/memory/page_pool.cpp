#include "inference/memory/page_pool.h"

#include <algorithm>
#include <cassert>

namespace inglenook {

namespace {

/// So few tokens are computed sooner than copied.
constexpr int kFewTokens = 4;

} // namespace

PagePool::PagePool(int pages, PageName root, const WindowPages::Size& window)
    : m_root(root)
    , m_window(window, pages)
    , m_pages(static_cast<size_t>(pages))
{
    for (int p = pages - 1; p >= 0; --p)
        m_free.push_back(p);
}

int PagePool::findFull(PageName parent, std::span<const int32_t> tokens) const
{
    const auto found = m_byName.find(pageName(parent, tokens));
    if (found == m_byName.end())
        return -1;
    // the hash finds, the tokens decide; the parent was decided the same way
    const Page& page = m_pages[static_cast<size_t>(found->second)];
    return page.parent == parent && std::ranges::equal(page.tokens, tokens) ? found->second : -1;
}

bool PagePool::hasAllLayers(int page) const
{
    return !m_window.exist() || m_window.of(page) >= 0;
}

/// The page behind this parent that begins with most of the tokens, and how many.
std::pair<int, int> PagePool::findBegun(PageName parent, std::span<const int32_t> tokens) const
{
    std::pair<int, int> best{-1, 0};
    const auto [begin, end] = m_byParent.equal_range(parent);
    for (auto it = begin; it != end; ++it) {
        if (!hasAllLayers(it->second))
            continue;
        const std::vector<int32_t>& held = m_pages[static_cast<size_t>(it->second)].tokens;
        const auto differs =
            std::mismatch(held.begin(), held.end(), tokens.begin(), tokens.end()).first;
        const auto same = static_cast<int>(differs - held.begin());
        if (same > best.second)
            best = {it->second, same};
    }
    return best;
}

/// The full pages that spell the leading tokens.
std::vector<int> PagePool::findChain(std::span<const int32_t> tokens) const
{
    std::vector<int> chain;
    PageName parent = m_root;
    for (; tokens.size() >= kPageTokens; tokens = tokens.subspan(kPageTokens)) {
        const int page = findFull(parent, tokens.first(kPageTokens));
        if (page < 0)
            break;
        chain.push_back(page);
        parent = m_pages[static_cast<size_t>(page)].name;
    }
    return chain;
}

/// The longest part of a chain that a sequence can go on behind: what the next row sees is there.
int PagePool::usablePages(std::span<const int> chain) const
{
    int usable = 0;
    int since = 0; // all behind it have all their layers
    for (int i = 0; i < static_cast<int>(chain.size()); ++i) {
        if (!hasAllLayers(chain[static_cast<size_t>(i)]))
            since = i + 1;
        if (m_window.firstSeen((i + 1) * kPageTokens) >= since)
            usable = i + 1;
    }
    return usable;
}

PageName PagePool::nameOfLast(std::span<const int> pages) const
{
    return pages.empty() ? m_root : m_pages[static_cast<size_t>(pages.back())].name;
}

/// Without the window pages.
PagePool::Prefix PagePool::holdPages(std::span<const int> pages)
{
    for (const int page : pages)
        hold(page);
    return {.pages = {pages.begin(), pages.end()},
            .windowFrom = static_cast<int>(pages.size()),
            .tokens = static_cast<int>(pages.size()) * kPageTokens};
}

void PagePool::holdWindow(Prefix& prefix)
{
    prefix.windowFrom = m_window.firstSeen(prefix.tokens);
    for (size_t i = static_cast<size_t>(prefix.windowFrom); i < prefix.pages.size(); ++i)
        m_window.hold(prefix.pages[i]);
}

PagePool::Prefix PagePool::findToRestore(std::span<const int32_t> tokens)
{
    const std::vector<int> chain = findChain(tokens);
    const int usable = usablePages(chain);
    // what the next row behind the whole chain sees
    const int seen = m_window.firstSeen(static_cast<int>(chain.size()) * kPageTokens);
    const int count = usable == static_cast<int>(chain.size()) ? usable : std::max(usable, seen);
    Prefix prefix = holdPages(std::span(chain).first(static_cast<size_t>(count)));
    if (count == usable)
        holdWindow(prefix);
    return prefix;
}

PagePool::Prefix PagePool::findPrefix(std::span<const int32_t> tokens)
{
    const std::vector<int> chain = findChain(tokens);
    Prefix prefix = holdPages(std::span(chain).first(static_cast<size_t>(usablePages(chain))));
    holdWindow(prefix);
    const auto [begun, same] =
        findBegun(nameOfLast(prefix.pages), tokens.subspan(static_cast<size_t>(prefix.tokens)));
    if (begun < 0)
        return prefix;
    Page& page = m_pages[static_cast<size_t>(begun)];
    if (page.users == 0 && !page.named && static_cast<size_t>(same) == page.tokens.size()) {
        hold(begun);
        m_window.hold(begun);
        loseName(begun);
        prefix.pages.push_back(begun);
        prefix.tokens += same;
    } else if (same >= kFewTokens) {
        hold(begun);
        m_window.hold(begun);
        prefix.copyFrom = begun;
        prefix.copyTokens = same;
    }
    return prefix;
}

void PagePool::endCopy(int page)
{
    m_window.letGo(page, WindowPages::Left::Ended);
    Page& p = m_pages[static_cast<size_t>(page)];
    if (--p.users == 0)
        p.idle = m_idle.insert(m_idle.end(), page);
}

std::optional<PagePlace> PagePool::takeToRestore(Prefix& prefix, std::span<const int32_t> tokens)
{
    const auto own = tokens.subspan(prefix.pages.size() * kPageTokens);
    const int there = own.size() == kPageTokens ? findFull(nameOfLast(prefix.pages), own) : -1;
    PagePlace place; // nowhere
    if (there < 0) {
        const auto page = take();
        if (!page)
            return std::nullopt;
        prefix.pages.push_back(*page);
        return placeOf(*page);
    }
    if (hasAllLayers(there)) {
        m_window.hold(there);
    } else if (m_window.available() > 0) {
        takeWindowPage(there);
        place.windowPage = m_window.of(there);
    } else {
        return std::nullopt;
    }
    hold(there);
    prefix.pages.push_back(there);
    return place;
}

void PagePool::hold(int page)
{
    Page& p = m_pages[static_cast<size_t>(page)];
    if (p.users++ == 0)
        m_idle.erase(p.idle);
}

/// Nobody finds the page any more.
void PagePool::loseName(int page)
{
    Page& p = m_pages[static_cast<size_t>(page)];
    if (p.newlyNamed)
        m_newlyNamed.erase(p.news);
    if (p.named)
        m_byName.erase(p.name);
    const auto [begin, end] = m_byParent.equal_range(p.parent);
    m_byParent.erase(
        std::find_if(begin, end, [&](const auto& entry) { return entry.second == page; }));
    p = {.users = p.users, .name = {}, .parent = {}, .tokens = {}, .idle = {}, .news = {}};
}

/// Empties a page that nobody uses.
void PagePool::forget(int page)
{
    m_idle.erase(m_pages[static_cast<size_t>(page)].idle);
    loseName(page);
    setFree(page);
}

/// The page holds nothing that anybody could find.
void PagePool::setFree(int page)
{
    m_window.drop(page);
    m_free.push_back(page);
}

/// Another page may have none any more: if it has no name, what is left of it is of no use.
void PagePool::takeWindowPage(int page)
{
    const int lost = m_window.take(page);
    if (lost < 0)
        return;
    const Page& loser = m_pages[static_cast<size_t>(lost)];
    if (loser.users == 0 && !loser.named)
        forget(lost);
}

std::optional<int> PagePool::take()
{
    if (available() == 0 || (m_window.exist() && m_window.available() == 0))
        return std::nullopt;
    if (m_free.empty())
        forget(m_idle.front());
    const int page = m_free.back();
    m_free.pop_back();
    m_pages[static_cast<size_t>(page)].users = 1;
    if (m_window.exist())
        takeWindowPage(page);
    return page;
}

bool PagePool::hasRoomFor(int pages) const
{
    return available() >= pages &&
        (!m_window.exist() || m_window.available() >= std::min(pages, m_window.size().perSequence));
}

std::vector<int> PagePool::windowPagesOf(std::span<const int> pages) const
{
    std::vector<int> numbers;
    for (const int page : m_window.exist() ? pages : std::span<const int>())
        numbers.push_back(m_window.of(page));
    return numbers;
}

int PagePool::passWindow(std::span<const int> pages, int windowFrom, int position)
{
    for (const int first = m_window.firstSeen(position); windowFrom < first; ++windowFrom) {
        const int page = pages[static_cast<size_t>(windowFrom)];
        m_window.letGo(page, WindowPages::Left::Passed);
        if (!m_pages[static_cast<size_t>(page)].named)
            m_window.drop(page);
    }
    return windowFrom;
}

void PagePool::complete(std::span<const int> pages, std::span<const int32_t> tokens, int index)
{
    Page& page = m_pages[static_cast<size_t>(pages[static_cast<size_t>(index)])];
    if (page.named)
        return;
    // a duplicate of another page has no name, and its children hang below the other's
    PageName parent = m_root;
    for (int i = 0; i < index; ++i) {
        const Page& before = m_pages[static_cast<size_t>(pages[static_cast<size_t>(i)])];
        parent = before.named
            ? before.name
            : pageName(parent, tokens.subspan(static_cast<size_t>(i) * kPageTokens, kPageTokens));
    }
    const auto own = tokens.subspan(static_cast<size_t>(index) * kPageTokens, kPageTokens);
    const PageName name = pageName(parent, own);
    const auto other = m_byName.find(name);
    if (other != m_byName.end()) {
        if (hasAllLayers(other->second))
            return;
        takeNameFrom(other->second);
    }
    m_byName.emplace(name, pages[static_cast<size_t>(index)]);
    page.named = true;
    page.name = name;
    page.parent = parent;
    page.tokens.assign(own.begin(), own.end());
    m_byParent.emplace(parent, pages[static_cast<size_t>(index)]);
    page.newlyNamed = true;
    page.news = m_newlyNamed.insert(m_newlyNamed.end(), pages[static_cast<size_t>(index)]);
}

/// A page without window page is of less use than one that has just been computed.
void PagePool::takeNameFrom(int page)
{
    if (m_pages[static_cast<size_t>(page)].users == 0)
        forget(page);
    else
        loseName(page);
}

PagePool::HeldPage PagePool::give(int index)
{
    Page& page = m_pages[static_cast<size_t>(index)];
    m_newlyNamed.erase(page.news);
    page.newlyNamed = false;
    return {
        .place = placeOf(index), .name = page.name, .parent = page.parent, .tokens = page.tokens};
}

std::optional<PagePool::HeldPage> PagePool::nextNamed()
{
    while (!m_newlyNamed.empty()) {
        const int page = m_newlyNamed.front();
        HeldPage given = give(page);
        if (hasAllLayers(page))
            return given;
    }
    return std::nullopt;
}

std::optional<PagePool::HeldPage> PagePool::nextLost()
{
    const int page = m_window.exist() ? m_window.nextLost() : -1;
    if (page < 0 || !m_pages[static_cast<size_t>(page)].newlyNamed)
        return std::nullopt;
    return give(page);
}

std::vector<PagePool::HeldPage> PagePool::begunPages() const
{
    std::vector<HeldPage> begun;
    for (const int index : m_idle) {
        const Page& page = m_pages[static_cast<size_t>(index)];
        if (!page.named && hasAllLayers(index))
            begun.push_back({.place = placeOf(index),
                             .name = {},
                             .parent = page.parent,
                             .tokens = page.tokens});
    }
    return begun;
}

void PagePool::release(std::span<const int> pages, std::span<const int32_t> tokens, int windowFrom)
{
    assert(tokens.size() <= pages.size() * kPageTokens);
    // the deepest first, so that a parent is never forgotten before its children
    for (size_t i = pages.size(); i-- > 0;) {
        const int index = pages[i];
        Page& page = m_pages[static_cast<size_t>(index)];
        assert(page.users > 0);
        if (i >= static_cast<size_t>(windowFrom))
            m_window.letGo(index, WindowPages::Left::Ended);
        if (--page.users > 0)
            continue;
        if (page.named) {
            page.idle = m_idle.insert(m_idle.end(), index);
            continue;
        }
        const size_t first = i * kPageTokens;
        const bool started = tokens.size() > first && tokens.size() < first + kPageTokens;
        const bool attached = i == 0 || m_pages[static_cast<size_t>(pages[i - 1])].named;
        if (started && attached)
            park(index, i == 0 ? m_root : m_pages[static_cast<size_t>(pages[i - 1])].name,
                 tokens.subspan(first));
        else
            setFree(index);
    }
}

void PagePool::forgetAll()
{
    while (!m_idle.empty())
        forget(m_idle.front());
}

void PagePool::park(int page, PageName parent, std::span<const int32_t> tokens)
{
    Page& p = m_pages[static_cast<size_t>(page)];
    p.parent = parent;
    p.tokens.assign(tokens.begin(), tokens.end());
    p.idle = m_idle.insert(m_idle.end(), page);
    m_byParent.emplace(parent, page);
}

} // namespace inglenook
