#include "inference/generation/ngram_drafter.h"

#include <algorithm>

namespace inglenook {

namespace {

/// Agreement beyond this says nothing more.
constexpr int kLongestMatch = 32;

/// Places that are looked at for one guess: in a text of few words a pair stands at very many.
constexpr int kMostPlaces = 32;

uint64_t pairOf(int32_t first, int32_t second)
{
    return static_cast<uint64_t>(static_cast<uint32_t>(first)) << 32 |
        static_cast<uint32_t>(second);
}

/// How many tokens up to and including `place` equal the last ones.
int agreement(std::span<const int32_t> tokens, int place)
{
    const auto end = static_cast<int>(tokens.size()) - 1;
    const int most = std::min(place + 1, kLongestMatch);
    int count = 0;
    while (count < most &&
           tokens[static_cast<size_t>(place - count)] == tokens[static_cast<size_t>(end - count)])
        ++count;
    return count;
}

int gradeOf(int match)
{
    if (match <= 2)
        return 0;
    if (match <= 4)
        return 1;
    return match <= 8 ? 2 : 3;
}

} // namespace

void NgramDrafter::propose(std::span<Draft> drafts)
{
    for (Draft& draft : drafts) {
        Text& text = m_texts[draft.sequence->id];
        enter(text, draft.sequence->tokens);
        guess(text, draft);
    }
}

/// Enters the tokens that are new, except that nothing points at the last pair: it is looked for.
void NgramDrafter::enter(Text& text, std::span<const int32_t> tokens)
{
    const size_t known = text.tokens.size();
    const bool goesOn = known <= tokens.size() &&
        std::equal(text.tokens.begin(), text.tokens.end(), tokens.begin());
    if (!goesOn)
        text = {};
    for (size_t i = text.tokens.size(); i < tokens.size(); ++i) {
        if (i >= 2) { // the pair before this token has an end now
            const uint64_t pair = pairOf(tokens[i - 2], tokens[i - 1]);
            const auto [found, isNew] = text.last.try_emplace(pair, static_cast<int>(i) - 1);
            text.earlier.push_back(isNew ? -1 : found->second);
            found->second = static_cast<int>(i) - 1;
        } else {
            text.earlier.push_back(-1);
        }
        text.tokens.push_back(tokens[i]);
    }
}

void NgramDrafter::guess(const Text& text, Draft& draft)
{
    const std::span<const int32_t> tokens = text.tokens;
    if (tokens.size() < 3)
        return;
    const auto found = text.last.find(pairOf(tokens[tokens.size() - 2], tokens.back()));
    if (found == text.last.end())
        return;
    int best = -1;
    int longest = 0;
    int places = 0;
    for (int place = found->second; place >= 0 && places < kMostPlaces;
         place = text.earlier[static_cast<size_t>(place) + 1], ++places) {
        const int match = agreement(tokens, place);
        if (match > longest) {
            longest = match;
            best = place;
        }
        if (match == kLongestMatch)
            break;
    }
    draft.grade = gradeOf(longest);
    draft.tokens.reserve(static_cast<size_t>(draft.most));
    // a guess that reaches the end of the text goes on with itself: what repeats, repeats on
    for (int i = 0; i < draft.most; ++i) {
        const size_t from = static_cast<size_t>(best + 1 + i);
        draft.tokens.push_back(from < tokens.size() ? tokens[from]
                                                    : draft.tokens[from - tokens.size()]);
    }
}

} // namespace inglenook
