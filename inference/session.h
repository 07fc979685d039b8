#pragma once

#include "inference/messages.h"
#include "inference/text/tokenizer.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace inglenook {

struct LoadedModel;
class Generator;
class StoreThread;

/// A loaded model for programs that ask one thing at a time (the command line): the engine's own
/// parts without its queue of requests. Blocks until done; throws std::runtime_error with a
/// sentence for the user. One thread.
class Session {
public:
    /// Loads the model; `progress` hears the fraction, 0 .. 1.
    explicit Session(const LoadRequest& request, const std::function<void(float)>& progress = {});
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] const ModelLoaded& facts() const;
    [[nodiscard]] const Tokenizer& tokenizer() const;
    [[nodiscard]] int vocabulary() const;
    /// What one decode step reads of the weights, as stored on the device.
    [[nodiscard]] uint64_t weightBytesPerToken() const;

    /// How fast the device reads its memory, bytes per second; 0 where that is not measured.
    [[nodiscard]] double measureReadBandwidth();

    /// The prompt of a conversation: the file's chat template, encoded, with BOS where the
    /// vocabulary wants it.
    [[nodiscard]] std::vector<Token> promptOf(const std::vector<ChatMessage>& messages) const;
    /// A text as a prompt: encoded, with BOS where the vocabulary wants it.
    [[nodiscard]] std::vector<Token> promptOf(std::string_view text, bool special) const;

    /// Calls `row` for every position, in order, with the logits of what follows it (valid during
    /// the call).
    void logits(std::span<const Token> tokens,
                const std::function<void(int position, std::span<const float> logits)>& row);

    struct Continuation {
        std::vector<Token> tokens; // without the one that ended it
        StopReason reason = StopReason::EndOfText;
        ReplyStats stats = {};
    };
    /// Continues a complete list of tokens by at most `count`. `token` hears each as soon as it is
    /// chosen and returns whether to go on.
    [[nodiscard]] Continuation generate(std::span<const Token> tokens,
                                        const SamplingSettings& sampling, int count,
                                        const std::function<bool(Token)>& token = {});
    /// As generate(), but a token that ends a reply is a token like any other (benchmarks).
    [[nodiscard]] Continuation generateOn(std::span<const Token> tokens,
                                          const SamplingSettings& sampling, int count,
                                          const std::function<bool(Token)>& token = {});

    /// Forgets what the cache holds, so that the next prompt is read in full, or from disk.
    void forgetCache();

    /// What came back from disk so far.
    struct Restored {
        int tokens = 0;
        uint64_t bytes = 0;
    };
    [[nodiscard]] Restored restored() const;

private:
    enum class EndTokens { End, Continue };
    Continuation run(std::span<const Token> tokens, const SamplingSettings& sampling, int count,
                     const std::function<bool(Token)>& token, EndTokens endTokens);
    void checkTokens(std::span<const Token> tokens, int room) const;

    std::unique_ptr<StoreThread> m_store; // of cache pages; null: none are kept
    std::unique_ptr<LoadedModel> m_model;
    std::unique_ptr<Generator> m_generator;
};

} // namespace inglenook
