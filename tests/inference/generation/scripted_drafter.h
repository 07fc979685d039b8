#pragma once

#include "inference/generation/drafter.h"

#include <algorithm>
#include <functional>
#include <map>

namespace inglenook::tests {

/// Knows what sequences will say and guesses that, spoilt at some places. With `cost` it claims to
/// take so many seconds a token.
class ScriptedDrafter final : public Drafter {
public:
    using Spoils = std::function<bool(int position)>;

    explicit ScriptedDrafter(std::map<uint64_t, std::vector<int32_t>> texts, Spoils spoils = {},
                             double cost = 0.)
        : m_texts(std::move(texts))
        , m_spoils(std::move(spoils))
        , m_cost(cost)
    {
    }

    void propose(std::span<Draft> drafts) override
    {
        ++calls;
        for (Draft& draft : drafts) {
            const std::vector<int32_t>& text = m_texts.at(draft.sequence->id);
            const auto length = static_cast<size_t>(draft.sequence->length());
            for (size_t i = length; i < text.size() && i < length + static_cast<size_t>(draft.most);
                 ++i) {
                const bool spoilt = m_spoils && m_spoils(static_cast<int>(i));
                draft.tokens.push_back(spoilt ? text[i] ^ 1 : text[i]);
            }
        }
    }
    [[nodiscard]] bool free() const override { return m_cost == 0.; }
    [[nodiscard]] double seconds(std::span<const Draft> drafts) const override
    {
        int longest = 0;
        for (const Draft& draft : drafts)
            longest = std::max(longest, draft.most);
        return m_cost * longest;
    }
    void forget(uint64_t) override { }

    int calls = 0;

private:
    std::map<uint64_t, std::vector<int32_t>> m_texts; // prompt and reply, by sequence
    Spoils m_spoils;
    double m_cost;
};

} // namespace inglenook::tests
