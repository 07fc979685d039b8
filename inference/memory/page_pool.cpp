#include "inference/memory/page_pool.h"

#include <algorithm>
#include <cassert>

namespace inglenook {

namespace {

/// So few tokens are computed sooner than copied.
constexpr int kFewTokens = 4;

} // namespace

PagePool::PagePool(int pages, PageName root)
    : m_root(root)
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

/// The page behind this parent that begins with most of the tokens, and how many.
std::pair<int, int> PagePool::findBegun(PageName parent, std::span<const int32_t> tokens) const
{
    std::pair<int, int> best{-1, 0};
    const auto [begin, end] = m_byParent.equal_range(parent);
    for (auto it = begin; it != end; ++it) {
        const std::vector<int32_t>& held = m_pages[static_cast<size_t>(it->second)].tokens;
        const auto differs =
            std::mismatch(held.begin(), held.end(), tokens.begin(), tokens.end()).first;
        const auto same = static_cast<int>(differs - held.begin());
        if (same > best.second)
            best = {it->second, same};
    }
    return best;
}

PagePool::Prefix PagePool::findFullPages(std::span<const int32_t> tokens)
{
    Prefix prefix;
    PageName parent = m_root;
    while (tokens.size() >= kPageTokens) {
        const int page = findFull(parent, tokens.first(kPageTokens));
        if (page < 0)
            break;
        hold(page);
        prefix.pages.push_back(page);
        prefix.tokens += kPageTokens;
        parent = m_pages[static_cast<size_t>(page)].name;
        tokens = tokens.subspan(kPageTokens);
    }
    return prefix;
}

PagePool::Prefix PagePool::findPrefix(std::span<const int32_t> tokens)
{
    Prefix prefix = findFullPages(tokens);
    const PageName parent =
        prefix.pages.empty() ? m_root : m_pages[static_cast<size_t>(prefix.pages.back())].name;
    const auto [begun, same] =
        findBegun(parent, tokens.subspan(static_cast<size_t>(prefix.tokens)));
    if (begun < 0)
        return prefix;
    Page& page = m_pages[static_cast<size_t>(begun)];
    if (page.users == 0 && !page.named && static_cast<size_t>(same) == page.tokens.size()) {
        m_idle.erase(page.idle);
        forget(begun);
        page.users = 1;
        prefix.pages.push_back(begun);
        prefix.tokens += same;
    } else if (same >= kFewTokens) {
        hold(begun);
        prefix.copyFrom = begun;
        prefix.copyTokens = same;
    }
    return prefix;
}

void PagePool::endCopy(int page)
{
    Page& p = m_pages[static_cast<size_t>(page)];
    if (--p.users == 0)
        p.idle = m_idle.insert(m_idle.end(), page);
}

void PagePool::hold(int page)
{
    Page& p = m_pages[static_cast<size_t>(page)];
    if (p.users++ == 0)
        m_idle.erase(p.idle);
}

void PagePool::forget(int page)
{
    Page& p = m_pages[static_cast<size_t>(page)];
    if (p.newlyNamed)
        m_newlyNamed.erase(p.news);
    if (p.named)
        m_byName.erase(p.name);
    const auto [begin, end] = m_byParent.equal_range(p.parent);
    m_byParent.erase(
        std::find_if(begin, end, [&](const auto& entry) { return entry.second == page; }));
    p = {};
}

std::optional<int> PagePool::take()
{
    int page = -1;
    if (!m_free.empty()) {
        page = m_free.back();
        m_free.pop_back();
    } else if (!m_idle.empty()) {
        page = m_idle.front();
        m_idle.pop_front();
        forget(page);
    } else {
        return std::nullopt;
    }
    m_pages[static_cast<size_t>(page)].users = 1;
    return page;
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
    if (!m_byName.emplace(name, pages[static_cast<size_t>(index)]).second)
        return;
    page.named = true;
    page.name = name;
    page.parent = parent;
    page.tokens.assign(own.begin(), own.end());
    m_byParent.emplace(parent, pages[static_cast<size_t>(index)]);
    page.newlyNamed = true;
    page.news = m_newlyNamed.insert(m_newlyNamed.end(), pages[static_cast<size_t>(index)]);
}

std::optional<PagePool::HeldPage> PagePool::nextNamed()
{
    if (m_newlyNamed.empty())
        return std::nullopt;
    const int index = m_newlyNamed.front();
    m_newlyNamed.pop_front();
    Page& page = m_pages[static_cast<size_t>(index)];
    page.newlyNamed = false;
    return HeldPage{.page = index, .name = page.name, .parent = page.parent, .tokens = page.tokens};
}

std::vector<PagePool::HeldPage> PagePool::begunPages() const
{
    std::vector<HeldPage> begun;
    for (const int index : m_idle) {
        const Page& page = m_pages[static_cast<size_t>(index)];
        if (!page.named)
            begun.push_back({.page = index, .parent = page.parent, .tokens = page.tokens});
    }
    return begun;
}

void PagePool::release(std::span<const int> pages, std::span<const int32_t> tokens)
{
    assert(tokens.size() <= pages.size() * kPageTokens);
    // the deepest first, so that a parent is never forgotten before its children
    for (size_t i = pages.size(); i-- > 0;) {
        const int index = pages[i];
        Page& page = m_pages[static_cast<size_t>(index)];
        assert(page.users > 0);
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
            m_free.push_back(index);
    }
}

void PagePool::forgetAll()
{
    for (const int page : m_idle) {
        forget(page);
        m_free.push_back(page);
    }
    m_idle.clear();
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
