#pragma once

#include <cstdint>
#include <string>

namespace inglenook {

// What is kept of conversations: plain values, text in UTF-8, times in milliseconds since 1970. An
// id of 0 means none.

enum class Author { User = 0, Assistant = 1 };

enum class MessageState {
    Complete = 0,
    Growing = 1, // a reply that is still being written
    Stopped = 2, // ended by the user
    Failed = 3, // ended by an error; MessageRecord::problem says which
    Interrupted = 4, // the program ended while the reply was written
};

/// A conversation is a tree of messages: the children of one message are versions of what follows
/// it.
struct ConversationRecord {
    int64_t id = 0;
    std::string title;
    int64_t createdMs = 0;
    int64_t changedMs = 0;
    bool pinned = false;
    std::string model; // path of the model file that answers here, "" for whichever is loaded
    std::string draft; // typed but not sent
    int64_t chosen = 0; // the first message of the branch on show
};

/// How a reply was computed. Zero where unknown.
struct ReplyFigures {
    int promptTokens = 0;
    int reusedTokens = 0;
    int replyTokens = 0;
    double firstTokenMs = 0.;
    double tokensPerSecond = 0.;
    int proposedTokens = 0; // that were guessed ahead
    int acceptedTokens = 0; // of them, tokens of the reply
    std::string device;

    bool operator==(const ReplyFigures&) const = default;
};

struct MessageRecord {
    int64_t id = 0; // larger means later
    int64_t conversation = 0;
    int64_t parent = 0; // 0: begins the conversation
    int64_t chosen = 0; // the child on the branch on show
    Author author = Author::User;
    MessageState state = MessageState::Complete;
    std::string text;
    std::string problem;
    std::string model; // name of the model that wrote it
    int64_t createdMs = 0;
    ReplyFigures figures;
};

/// A conversation in which something was found.
struct SearchResult {
    int64_t conversation = 0;
    std::string snippet; // the words around the match, "" if only the title matched
};

} // namespace inglenook
