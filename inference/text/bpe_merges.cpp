#include "inference/text/bpe_merges.h"

#include <algorithm>
#include <queue>
#include <stdexcept>

namespace inglenook {

namespace {

uint64_t pairOf(Token left, Token right)
{
    return static_cast<uint64_t>(static_cast<uint32_t>(left)) << 32 | static_cast<uint32_t>(right);
}

[[noreturn]] void refuse(size_t rank, const std::string& reason)
{
    throw std::runtime_error("The model's vocabulary cannot be used: its merge " +
                             std::to_string(rank) + " " + reason + ".");
}

/// A pair that could be merged, by the place of its left token.
struct Candidate {
    int rank;
    int left;

    bool operator>(const Candidate& other) const
    {
        return rank != other.rank ? rank > other.rank : left > other.left;
    }
};

} // namespace

BpeMerges::BpeMerges(const Metadata& metadata, const Vocabulary& vocabulary)
{
    const auto* merges = metadata.texts("tokenizer.ggml.merges");
    if (!merges)
        throw std::runtime_error(
            "The model's vocabulary cannot be used: the file lists no merges.");
    m_rules.reserve(merges->size());
    for (size_t rank = 0; rank < merges->size(); ++rank) {
        const std::string_view merge = (*merges)[rank];
        const size_t space = merge.find(' ', 1);
        if (space == std::string_view::npos || space + 1 == merge.size())
            refuse(rank, "does not name two pieces");
        const std::string_view left = merge.substr(0, space);
        const std::string_view right = merge.substr(space + 1);
        const Token leftToken = vocabulary.find(left);
        const Token rightToken = vocabulary.find(right);
        const Token result = vocabulary.find(std::string(left) + std::string(right));
        if (leftToken < 0 || rightToken < 0 || result < 0)
            refuse(rank, "speaks of a piece that is not in the vocabulary");
        // What somebody types must never become a control token.
        if (vocabulary.kind(result) != PieceKind::Control)
            m_rules.emplace(pairOf(leftToken, rightToken),
                            Rule{.rank = static_cast<int>(rank), .result = result});
    }
}

const BpeMerges::Rule* BpeMerges::find(Token left, Token right) const
{
    const auto found = m_rules.find(pairOf(left, right));
    return found == m_rules.end() ? nullptr : &found->second;
}

void BpeMerges::apply(std::vector<Token>& tokens) const
{
    const int count = static_cast<int>(tokens.size());
    // A list through the tokens; those that were merged into their left neighbour are -1.
    std::vector<int> next(tokens.size());
    std::vector<int> previous(tokens.size());
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
    const auto at = [&](int place) -> Token& { return tokens[static_cast<size_t>(place)]; };
    const auto consider = [&](int left) {
        const int right = left < 0 ? count : next[static_cast<size_t>(left)];
        if (right == count)
            return;
        if (const Rule* rule = find(at(left), at(right)))
            queue.push({.rank = rule->rank, .left = left});
    };
    for (int i = 0; i < count; ++i) {
        next[static_cast<size_t>(i)] = i + 1;
        previous[static_cast<size_t>(i)] = i - 1;
    }
    for (int i = 0; i < count; ++i)
        consider(i);

    while (!queue.empty()) {
        const Candidate best = queue.top();
        queue.pop();
        const int right = at(best.left) < 0 ? count : next[static_cast<size_t>(best.left)];
        if (right == count)
            continue;
        // The neighbours may have changed since; a rank belongs to one pair only.
        const Rule* rule = find(at(best.left), at(right));
        if (!rule || rule->rank != best.rank)
            continue;
        at(best.left) = rule->result;
        at(right) = -1;
        const int after = next[static_cast<size_t>(right)];
        next[static_cast<size_t>(best.left)] = after;
        if (after < count)
            previous[static_cast<size_t>(after)] = best.left;
        consider(previous[static_cast<size_t>(best.left)]);
        consider(best.left);
    }
    std::erase(tokens, -1);
}

} // namespace inglenook
