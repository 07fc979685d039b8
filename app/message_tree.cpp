#include "app/message_tree.h"

#include <algorithm>

namespace inglenook {

MessageTree::MessageTree(std::vector<MessageRecord> messages, int64_t chosen)
    : m_chosen(chosen)
{
    for (MessageRecord& message : messages)
        m_messages.emplace(message.id, std::move(message));
    for (const auto& [id, message] : m_messages)
        m_children[message.parent].push_back(id); // in the order of ids, as the map is
}

void MessageTree::add(MessageRecord message)
{
    const int64_t id = message.id;
    insert(std::move(message));
    choose(id);
}

void MessageTree::insert(MessageRecord message)
{
    const int64_t id = message.id;
    std::vector<int64_t>& siblings = m_children[message.parent];
    const auto place = std::lower_bound(siblings.begin(), siblings.end(), id);
    if (place == siblings.end() || *place != id)
        siblings.insert(place, id);
    m_messages.insert_or_assign(id, std::move(message));
}

void MessageTree::restore(std::vector<MessageRecord> removed)
{
    if (removed.empty())
        return;
    const int64_t top = removed.front().id;
    for (MessageRecord& message : removed)
        insert(std::move(message));
    choose(top);
}

MessageRecord* MessageTree::find(int64_t id)
{
    const auto found = m_messages.find(id);
    return found == m_messages.end() ? nullptr : &found->second;
}

const MessageRecord* MessageTree::find(int64_t id) const
{
    const auto found = m_messages.find(id);
    return found == m_messages.end() ? nullptr : &found->second;
}

std::vector<MessageRecord> MessageTree::remove(int64_t id)
{
    std::vector<MessageRecord> removed;
    const MessageRecord* top = find(id);
    if (!top)
        return removed;
    std::vector<int64_t>& siblings = m_children[top->parent];
    siblings.erase(std::remove(siblings.begin(), siblings.end(), id), siblings.end());
    std::vector<int64_t> open{id};
    while (!open.empty()) {
        const int64_t next = open.back();
        open.pop_back();
        if (const auto below = m_children.find(next); below != m_children.end()) {
            open.insert(open.end(), below->second.begin(), below->second.end());
            m_children.erase(below);
        }
        const auto found = m_messages.find(next);
        removed.push_back(std::move(found->second));
        m_messages.erase(found);
    }
    return removed;
}

std::vector<int64_t> MessageTree::thread() const
{
    std::vector<int64_t> ids;
    for (int64_t id = chosenBelow(0); id != 0; id = chosenBelow(id))
        ids.push_back(id);
    return ids;
}

std::vector<int64_t> MessageTree::pathTo(int64_t id) const
{
    std::vector<int64_t> ids;
    for (const MessageRecord* message = find(id); message; message = find(message->parent))
        ids.push_back(message->id);
    std::reverse(ids.begin(), ids.end());
    return ids;
}

const std::vector<int64_t>& MessageTree::versions(int64_t id) const
{
    static const std::vector<int64_t> kNone;
    const MessageRecord* message = find(id);
    return message ? m_children.at(message->parent) : kNone;
}

void MessageTree::choose(int64_t id)
{
    if (const MessageRecord* message = find(id))
        setChosenBelow(message->parent, id);
}

int64_t MessageTree::chosenBelow(int64_t parent) const
{
    const auto children = m_children.find(parent);
    if (children == m_children.end() || children->second.empty())
        return 0;
    const MessageRecord* above = find(parent);
    const int64_t chosen = above ? above->chosen : m_chosen;
    const std::vector<int64_t>& ids = children->second;
    const bool present = std::binary_search(ids.begin(), ids.end(), chosen);
    return present ? chosen : ids.back();
}

void MessageTree::setChosenBelow(int64_t parent, int64_t child)
{
    if (MessageRecord* above = find(parent))
        above->chosen = child;
    else
        m_chosen = child;
}

} // namespace inglenook
