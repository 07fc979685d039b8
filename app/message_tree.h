#pragma once

#include "storage/records.h"

#include <map>
#include <vector>

namespace inglenook {

/// The messages of one conversation and the branch that is on show. Ids grow with time, so the
/// children of a message are in the order in which they were written.
class MessageTree {
public:
    MessageTree() = default;
    /// `chosen` is the first message on show, 0 for the latest.
    MessageTree(std::vector<MessageRecord> messages, int64_t chosen);

    /// Adds a message below its parent and puts it on show.
    void add(MessageRecord message);
    /// Null if there is none of that id. Parent and id must stay as they are.
    [[nodiscard]] MessageRecord* find(int64_t id);
    [[nodiscard]] const MessageRecord* find(int64_t id) const;
    /// Takes out a message and all below it, and returns them, the message first.
    std::vector<MessageRecord> remove(int64_t id);
    /// Puts back what remove() returned, and on show.
    void restore(std::vector<MessageRecord> removed);

    /// The branch on show, first message first.
    [[nodiscard]] std::vector<int64_t> thread() const;
    /// The messages from the beginning to this one, whatever is on show.
    [[nodiscard]] std::vector<int64_t> pathTo(int64_t id) const;
    /// The messages that answer the same one, this one among them.
    [[nodiscard]] const std::vector<int64_t>& versions(int64_t id) const;
    /// Puts a message on show in place of its other versions; what is below comes with it.
    void choose(int64_t id);
    [[nodiscard]] int64_t chosenRoot() const { return m_chosen; }

private:
    void insert(MessageRecord message);
    [[nodiscard]] int64_t chosenBelow(int64_t parent) const;
    void setChosenBelow(int64_t parent, int64_t child);

    std::map<int64_t, MessageRecord> m_messages;
    std::map<int64_t, std::vector<int64_t>> m_children; // by parent; 0: the beginnings
    int64_t m_chosen = 0;
};

} // namespace inglenook
