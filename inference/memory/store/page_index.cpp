#include "inference/memory/store/page_index.h"

#include <algorithm>
#include <unordered_set>

namespace inglenook {

const StoredPage* PageIndex::find(PageName name) const
{
    const auto found = m_pages.find(name);
    return found == m_pages.end() ? nullptr : &found->second;
}

void PageIndex::insert(PageName name, const StoredPage& page)
{
    erase(name);
    m_pages.emplace(name, page);
    m_children.emplace(page.parent, name);
    m_payloadBytes += page.place.payloadBytes;
}

void PageIndex::erase(PageName name)
{
    const auto found = m_pages.find(name);
    if (found == m_pages.end())
        return;
    const auto [begin, end] = m_children.equal_range(found->second.parent);
    m_children.erase(
        std::find_if(begin, end, [&](const auto& entry) { return entry.second == name; }));
    m_payloadBytes -= found->second.place.payloadBytes;
    m_pages.erase(found);
}

std::vector<PageName> PageIndex::withChildren(const std::vector<PageName>& roots,
                                              const std::function<bool(PageName)>& alsoChild) const
{
    std::vector<PageName> family;
    std::unordered_set<PageName, PageNameHash> seen; // damage may have made a circle
    const auto add = [&](PageName name) {
        if (find(name) && seen.insert(name).second)
            family.push_back(name);
    };
    std::ranges::for_each(roots, add);
    for (size_t i = 0; i < family.size(); ++i) {
        const auto [begin, end] = m_children.equal_range(family[i]);
        for (auto it = begin; it != end; ++it)
            if (alsoChild(it->second))
                add(it->second);
    }
    return family;
}

std::vector<PageName> PageIndex::withParents(PageName name) const
{
    std::vector<PageName> line;
    std::unordered_set<PageName, PageNameHash> seen;
    for (const StoredPage* page = find(name); page && seen.insert(name).second; page = find(name)) {
        line.push_back(name);
        name = page->parent;
    }
    return line;
}

std::pair<PageName, int> PageIndex::mostLike(PageName parent, std::span<const int32_t> tokens) const
{
    std::pair<PageName, int> best{{}, 0};
    const auto [begin, end] = m_children.equal_range(parent);
    for (auto it = begin; it != end; ++it) {
        const auto& held = find(it->second)->tokens;
        const auto differs =
            std::mismatch(held.begin(), held.end(), tokens.begin(), tokens.end()).first;
        if (const auto same = static_cast<int>(differs - held.begin()); same > best.second)
            best = {it->second, same};
    }
    return best;
}

std::vector<PageName> PageIndex::begunBy(PageName parent, std::span<const int32_t> tokens) const
{
    std::vector<PageName> begun;
    const auto [begin, end] = m_children.equal_range(parent);
    for (auto it = begin; it != end; ++it) {
        const auto held = withoutPadding(find(it->second)->tokens);
        if (held.size() < tokens.size() && std::ranges::equal(held, tokens.first(held.size())))
            begun.push_back(it->second);
    }
    return begun;
}

std::vector<PageName> PageIndex::inSegment(uint64_t segment) const
{
    std::vector<PageName> names;
    for (const auto& [name, page] : m_pages)
        if (page.place.segment == segment)
            names.push_back(name);
    return names;
}

std::vector<PageName> PageIndex::inOrder() const
{
    std::vector<std::pair<RecordPlace, PageName>> places;
    for (const auto& [name, page] : m_pages)
        places.emplace_back(page.place, name);
    std::ranges::sort(places, {}, [](const auto& entry) {
        return std::pair(entry.first.segment, entry.first.offset);
    });
    std::vector<PageName> names;
    for (const auto& [place, name] : places)
        names.push_back(name);
    return names;
}

} // namespace inglenook
