#pragma once

#include "inference/messages.h"
#include "inference/model/open_device.h"

#include <memory>
#include <vector>

namespace inglenook {

/// The facade of the engine: requests in, events out, work done one bounded step at a time.
/// Everything happens on the thread that calls; nothing throws: what goes wrong is an event with a
/// sentence.
///
/// Requests only note what to do; the work and all events come from step().
class Engine {
public:
    Engine();
    explicit Engine(OpenDevice open);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Begins loading; running replies end as Stopped first. ModelLoaded or LoadFailed follows. A
    /// second call while loading cancels the first (which answers LoadFailed).
    void load(const LoadRequest& request);
    /// Frees the model. Running replies end as Stopped, loading as LoadFailed.
    void unload();

    /// Joins the running replies. Without a model the answer is ReplyFailed.
    void startReply(const ReplyRequest& request);
    /// Ends a reply as Stopped; unknown ids are ignored.
    void stopReply(ReplyId id);

    /// The conversation of this request is on show and will probably be continued: what the disk
    /// has of its cache is brought back while there is nothing else to do.
    void expectReply(const ReplyRequest& request);
    /// The conversation is deleted, and with it the cache pages on disk that no other one needs.
    void forgetConversation(const std::string& conversation);

    /// Whether step() has something to do.
    [[nodiscard]] bool busy() const;
    /// Does one bounded unit of work: loads a piece of an array, runs one forward step over all
    /// running replies, or moves some cache pages from disk or to it. At most about 250 ms on a
    /// slow machine.
    [[nodiscard]] std::vector<EngineEvent> step();

private:
    class Implementation;
    std::unique_ptr<Implementation> m;
};

} // namespace inglenook
