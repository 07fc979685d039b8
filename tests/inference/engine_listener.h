#pragma once

#include "inference/engine.h"

#include <map>
#include <string>
#include <vector>

namespace inglenook::tests {

/// What the engine said of one reply.
struct Heard {
    std::string text;
    std::vector<PromptProgress> progress;
    std::vector<ContextTrimmed> trimmed;
    std::vector<ReplyFinished> finished;
    std::vector<ReplyFailed> failed;
};

/// An engine and what it said.
struct Listener {
    Listener() = default;
    explicit Listener(OpenDevice open)
        : engine(std::move(open))
    {
    }

    Engine engine;
    std::map<ReplyId, Heard> replies;
    std::vector<ModelLoaded> loaded;
    std::vector<LoadFailed> loadFailed;
    std::vector<float> fractions;
    std::vector<CacheNote> cacheNotes;

    void hear(const LoadProgress& e) { fractions.push_back(e.fraction); }
    void hear(const ModelLoaded& e) { loaded.push_back(e); }
    void hear(const LoadFailed& e) { loadFailed.push_back(e); }
    void hear(const PromptProgress& e) { replies[e.id].progress.push_back(e); }
    void hear(const ContextTrimmed& e) { replies[e.id].trimmed.push_back(e); }
    void hear(const ReplyText& e) { replies[e.id].text += e.text; }
    void hear(const ReplyFinished& e) { replies[e.id].finished.push_back(e); }
    void hear(const ReplyFailed& e) { replies[e.id].failed.push_back(e); }
    void hear(const CacheNote& e) { cacheNotes.push_back(e); }

    void step()
    {
        for (const EngineEvent& event : engine.step())
            std::visit([this](const auto& e) { hear(e); }, event);
    }
    void run()
    {
        for (int i = 0; engine.busy() && i < 100000; ++i)
            step();
    }
    /// Steps until the reply has text.
    void runToText(ReplyId id)
    {
        for (int i = 0; replies[id].text.empty() && i < 100000; ++i)
            step();
    }
};

inline ReplyRequest requestOf(ReplyId id, const std::string& text, int maxTokens = 24)
{
    ReplyRequest request;
    request.id = id;
    request.messages = {{.role = "user", .text = text}};
    request.sampling.seed = id;
    request.maxTokens = maxTokens;
    return request;
}

inline bool contains(const std::string& text, const char* part)
{
    return text.find(part) != std::string::npos;
}

} // namespace inglenook::tests
