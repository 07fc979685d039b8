#include "inference/memory/store/page_owners.h"

#include <algorithm>

namespace inglenook {

PageOwners::Conversation* PageOwners::find(std::string_view conversation)
{
    const auto found = m_conversations.find(conversation);
    return found == m_conversations.end() ? nullptr : &found->second;
}

PageOwners::Conversation& PageOwners::set(std::string_view conversation,
                                          std::vector<PageName> pages)
{
    std::ranges::sort(pages);
    pages.erase(std::ranges::unique(pages).begin(), pages.end());
    Conversation& kept = m_conversations.try_emplace(std::string(conversation)).first->second;
    release(kept);
    kept.pages = std::move(pages);
    for (const PageName page : kept.pages)
        ++m_counts[page];
    return kept;
}

void PageOwners::erase(std::string_view conversation)
{
    const auto found = m_conversations.find(conversation);
    if (found == m_conversations.end())
        return;
    release(found->second);
    m_conversations.erase(found);
}

void PageOwners::release(const Conversation& conversation)
{
    for (const PageName page : conversation.pages) {
        const auto count = m_counts.find(page);
        if (--count->second == 0)
            m_counts.erase(count);
    }
}

int PageOwners::count(PageName page) const
{
    const auto found = m_counts.find(page);
    return found == m_counts.end() ? 0 : found->second;
}

std::vector<std::string> PageOwners::recordedIn(uint64_t segment) const
{
    std::vector<std::string> conversations;
    for (const auto& [name, conversation] : m_conversations)
        if (conversation.record.sequence > 0 && conversation.record.segment == segment)
            conversations.push_back(name);
    return conversations;
}

} // namespace inglenook
