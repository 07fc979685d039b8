#pragma once

#include "app/message_tree.h"
#include "inference/messages.h"

#include <QString>

#include <map>

namespace inglenook {

/// A reply that has been asked for and has not ended.
struct RunningReply {
    ReplyId id = 0; // the message's id serves as the reply's
    bool asked = false; // whether the engine has been asked
    bool stopping = false;
    int promptDone = 0;
    int promptTotal = 0;
    int reused = 0;
    int pieces = 0; // of text so far: about as many tokens
    bool answering = false;
    qint64 startedMs = 0; // on a clock that only runs forward
    qint64 firstTextMs = 0;
};

/// A conversation in memory: the one on show, and those in which a reply still runs.
struct ChatSession {
    ConversationRecord conversation; // id 0: not begun yet
    MessageTree tree;
    QString queuedText;
    RunningReply reply; // id 0: none
    std::map<qint64, int> leftOut; // by reply: how many messages the model did not read; not kept

    [[nodiscard]] bool busy() const { return reply.id != 0; }
};

} // namespace inglenook
