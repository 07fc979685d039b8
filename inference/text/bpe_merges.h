#pragma once

#include "inference/text/vocabulary.h"

namespace inglenook {

/// The rules of byte-pair encoding: which neighbours become one token, and which of them first.
/// Const after construction; any thread.
class BpeMerges {
public:
    /// Throws std::runtime_error with a sentence if a rule speaks of pieces that do not exist.
    BpeMerges(const Metadata& metadata, const Vocabulary& vocabulary);

    /// Merges the tokens of one word until no rule fits, always by the earliest rule, leftmost
    /// first. Takes n log n time for n tokens.
    void apply(std::vector<Token>& tokens) const;

private:
    struct Rule {
        int rank;
        Token result;
    };

    [[nodiscard]] const Rule* find(Token left, Token right) const;

    std::unordered_map<uint64_t, Rule> m_rules; // by left << 32 | right
};

} // namespace inglenook
