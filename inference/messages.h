#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace inglenook {

// The whole vocabulary between the application and the engine: plain values, no Qt, no pointers, so
// that it can be carried by a queue between threads or a pipe between processes. Text is UTF-8.

// What the engine is asked

/// Load a model, in place of the one that is loaded.
struct LoadRequest {
    std::string path; // of a GGUF file
    std::string device =
        "auto"; // "auto", "cpu", "vulkan:0", "cuda", "reference"; several: "cuda:0,cpu"
    // over several: "auto", "tensor", "layer", "experts", shares like "0.6,0.4"
    std::string split = "auto";
    int threads = 0; // cpu: 0 means one per physical core
    int contextTokens =
        0; // longest conversation; 0: what the model and the memory allow, at most 8192
    // how positions beyond the trained context are told apart: "auto" as the file says, "none",
    // "linear:2", "yarn:4", "ntk:2" (alpha), or "ntk": alpha follows the context
    std::string rope = "auto";
    int sequences = 4; // replies that may run at once
    // a smaller GGUF file that guesses what the model will say: "auto" looks for one beside the
    // model, "none" guesses nothing; no answer depends on it
    std::string draft = "auto";
    std::string kvType = "auto"; // of the cache: "f16", "q8_0", "q4"; auto: f16
    std::string cacheFolder; // for compiled shaders and measured figures; "": nothing is kept
    std::string pageFolder; // for cache pages, so that nothing is read twice; "": none are kept
    uint64_t pageQuota = uint64_t{8} << 30; // bytes that they may take there; 0: it is emptied
};

struct SamplingSettings {
    float temperature = 0.7f; // 0: always the most likely token
    int topK = 40; // 0: off
    float topP = 0.95f; // 1: off
    float minP = 0.05f; // 0: off
    float repeatPenalty =
        1.f; // divides positive and multiplies negative logits of recent tokens; 1: off
    float presencePenalty = 0.f; // subtracted once from the logits of recent tokens
    float frequencyPenalty = 0.f; // subtracted per occurrence
    int penaltyWindow = 64; // how many recent tokens the penalties look at
    uint64_t seed = 0; // the same seed, settings and prompt give the same reply
};

struct ChatMessage {
    std::string role; // "system", "user", "assistant"
    std::string text;
};

/// What happens where a conversation is longer than the context. Whole turns are left out (a
/// message of the user and what follows it); the system prompt and the last turn stay.
enum class ContextPolicy {
    Stop, // nothing is left out: a prompt too long is refused, a reply ends with ContextFull
    Roll, // the oldest turns are left out, and a reply goes on until it ends by itself
    Middle, // as Roll, but the first turn stays
};

using ReplyId = uint64_t;

/// Answer a conversation, or continue a text. Exactly one ReplyFinished or ReplyFailed follows.
struct ReplyRequest {
    ReplyId id = 0; // chosen by the asker, unique among running replies
    std::vector<ChatMessage>
        messages; // the last one from the user (or an unfinished one of the assistant)
    std::string prompt; // where there are no messages: continued as it is, without a template
    SamplingSettings sampling;
    int maxTokens = 0; // 0: until the model ends or the context is full
    std::vector<std::string> stopTexts; // the reply ends before the first of these
    std::string conversation; // whose cache pages these are, see forgetConversation(); "": nobody's
    ContextPolicy policy = ContextPolicy::Stop;
};

// What the engine answers

struct LoadProgress {
    float fraction = 0.f; // 0 .. 1
};

struct ModelLoaded {
    std::string path;
    std::string name; // from the file's metadata, else the file's name
    std::string architecture; // "llama"
    std::string quantisation; // "Q4_K_M"
    std::string device; // "cpu", "vulkan:0 llvmpipe", "cuda:0 A + cuda:1 B"
    std::string note; // what the user should know of the choice of devices or draft, or ""
    std::string draftPath; // of the model that guesses; "": none
    std::string draftName;
    int64_t parameters = 0;
    uint64_t weightBytes = 0;
    uint64_t cacheBytes = 0;
    int contextTokens = 0;
};

/// The model could not be loaded; nothing is loaded now. `sentence` says what, which file, what to
/// do.
struct LoadFailed {
    std::string path;
    std::string sentence;
};

/// How much of a prompt has been read; `reused` of `total` tokens came from the cache.
struct PromptProgress {
    ReplyId id = 0;
    int done = 0;
    int total = 0;
    int reused = 0;
};

/// So many messages of the conversation are left out of what the model reads from here on.
struct ContextTrimmed {
    ReplyId id = 0;
    int messages = 0;
};

/// The next piece of a reply: whole UTF-8 characters, never empty.
struct ReplyText {
    ReplyId id = 0;
    std::string text;
};

enum class StopReason { EndOfText, StopText, MaxTokens, ContextFull, Stopped };

/// What guessing ahead did for a reply.
struct SpeculationStats {
    int proposed = 0; // tokens that were verified
    int accepted = 0; // of them, tokens of the reply
    double draftSeconds = 0.;
    double verifySeconds = 0.; // of the steps that verified
    double plainSeconds = 0.; // what their tokens would have taken one by one, as estimated

    SpeculationStats& operator+=(const SpeculationStats& more)
    {
        proposed += more.proposed;
        accepted += more.accepted;
        draftSeconds += more.draftSeconds;
        verifySeconds += more.verifySeconds;
        plainSeconds += more.plainSeconds;
        return *this;
    }
    /// How many times faster those tokens came; 1 if there were none.
    [[nodiscard]] double gain() const
    {
        const double seconds = draftSeconds + verifySeconds;
        return seconds > 0. ? plainSeconds / seconds : 1.;
    }
};

struct ReplyStats {
    int promptTokens = 0;
    int reusedTokens = 0;
    int replyTokens = 0;
    int droppedMessages = 0; // of the conversation, left out for want of room
    double promptSeconds = 0.; // from startReply to the first token
    double replySeconds = 0.; // from the first token to the last
    SpeculationStats speculation;
    std::string device;
};

struct ReplyFinished {
    ReplyId id = 0;
    StopReason reason = StopReason::EndOfText;
    ReplyStats stats;
    std::vector<int32_t> tokens; // of the reply, without the one that ended it
};

struct ReplyFailed {
    ReplyId id = 0;
    std::string sentence;
};

/// What there is to say of the cache on disk. Empty: all is well again.
struct CacheNote {
    std::string sentence;
    bool trouble = false; // nothing is kept any more; else nobody needs to know who does not look
};

using EngineEvent = std::variant<LoadProgress, ModelLoaded, LoadFailed, PromptProgress,
                                 ContextTrimmed, ReplyText, ReplyFinished, ReplyFailed, CacheNote>;

} // namespace inglenook
