#pragma once

#include "inference/messages.h"

#include <functional>
#include <memory>
#include <vector>

namespace inglenook {

/// What the engine worker needs of an engine: inference/engine.h, in this process or in another.
/// One thread.
class EnginePort {
public:
    virtual ~EnginePort() = default;

    virtual void load(const LoadRequest& request) = 0;
    virtual void unload() = 0;
    virtual void startReply(const ReplyRequest& request) = 0;
    virtual void stopReply(ReplyId id) = 0;
    virtual void expectReply(const ReplyRequest& request) = 0;
    virtual void forgetConversation(const std::string& conversation) = 0;
    [[nodiscard]] virtual bool busy() const = 0;
    /// One bounded unit of work. May throw: then the engine is no longer usable.
    [[nodiscard]] virtual std::vector<EngineEvent> step() = 0;
};

using EngineFactory = std::function<std::unique_ptr<EnginePort>()>;

} // namespace inglenook
