#pragma once

#include "inference/memory/store/page_index.h"

#include <map>
#include <span>
#include <string>

namespace inglenook {

/// Which conversation needs which pages, stored or not.
class PageOwners {
public:
    struct Conversation {
        std::vector<PageName> pages; // in order of names, each once
        RecordPlace record; // that says so on the disk; sequence 0: there is none
    };

    [[nodiscard]] Conversation* find(std::string_view conversation);
    /// Says all that a conversation keeps.
    Conversation& set(std::string_view conversation, std::vector<PageName> pages);
    void erase(std::string_view conversation);

    /// How many conversations keep this page.
    [[nodiscard]] int count(PageName page) const;
    [[nodiscard]] const std::map<std::string, Conversation, std::less<>>& all() const
    {
        return m_conversations;
    }
    [[nodiscard]] std::vector<std::string> recordedIn(uint64_t segment) const;

private:
    void release(const Conversation& conversation);

    std::map<std::string, Conversation, std::less<>> m_conversations;
    std::unordered_map<PageName, int, PageNameHash> m_counts;
};

} // namespace inglenook
