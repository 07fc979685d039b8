#pragma once

#include <memory>
#include <string_view>
#include <vector>

namespace inglenook {

/// What a vocabulary's name for its way of cutting text ("tokenizer.ggml.pre") stands for.
struct PreTokenizerRules {
    /// Regular expressions, one after the other: each cuts what the ones before have left in one
    /// piece; what it matches becomes a piece of its own, and so does what lies between matches.
    std::vector<const char*> patterns;
    bool wholeWordsFirst = false; // a piece that is a token is not merged together
    bool addsBos = false; // unless the file says otherwise
};

/// Throws std::runtime_error with a sentence for a name that is not known.
[[nodiscard]] const PreTokenizerRules& preTokenizerRules(std::string_view name);

/// Cuts text into the pieces that are merged separately. Const after construction; any thread.
class PreTokenizer {
public:
    explicit PreTokenizer(const PreTokenizerRules& rules);
    ~PreTokenizer();
    PreTokenizer(const PreTokenizer&) = delete;
    PreTokenizer& operator=(const PreTokenizer&) = delete;

    /// `text` is valid UTF-8; the pieces look into it and together are the whole of it.
    [[nodiscard]] std::vector<std::string_view> split(std::string_view text) const;

private:
    class Pattern;
    std::vector<std::unique_ptr<const Pattern>> m_patterns;
};

} // namespace inglenook
