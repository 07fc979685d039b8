#pragma once

#include "inference/messages.h"
#include "inference/text/tokenizer.h"
#include "inference/text/utf8_stream.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inglenook {

/// Holds back the end of a growing text as long as a stop text may begin there.
class StopTexts {
public:
    /// Empty texts are left out.
    explicit StopTexts(std::vector<std::string> texts);

    struct Shown {
        std::string text;
        bool stopped = false; // a stop text was found; `text` ends before it
    };
    [[nodiscard]] Shown push(std::string_view text);
    /// What is still held back, now that nothing follows.
    [[nodiscard]] std::string finish();

private:
    std::vector<std::string> m_texts;
    std::string m_held;
};

struct StopLimits {
    int maxTokens = 0; // 0: none
    std::vector<std::string> stopTexts = {};
    bool continuesText = false; // the reply goes on in the middle of a text
};

/// Turns the tokens of one reply into its text and decides where it ends.
class StopRules {
public:
    /// The tokenizer outlives this.
    StopRules(const Tokenizer& tokenizer, StopLimits limits);

    struct Verdict {
        std::string text; // whole characters that can be shown now
        std::optional<StopReason> ended;
    };
    /// `contextFull`: no token can follow this one. Not to be called after it ended.
    [[nodiscard]] Verdict accept(Token token, bool contextFull);
    /// The text that was held back, when the reply ends from outside.
    [[nodiscard]] std::string finish();

    [[nodiscard]] int replyTokens() const { return m_tokens; } // without the one that ended it

private:
    [[nodiscard]] std::string bytesOf(Token token);

    const Tokenizer& m_tokenizer;
    int m_maxTokens;
    bool m_dropSpace; // the vocabulary puts a space before each text
    StopTexts m_stopTexts;
    Utf8Stream m_characters;
    int m_tokens = 0;
};

} // namespace inglenook
