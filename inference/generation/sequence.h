#pragma once

#include "inference/messages.h"

#include <cstdint>
#include <string>
#include <vector>

namespace inglenook {

/// One reply in progress: a list of tokens that grows, and how much of it the cache holds.
struct Sequence {
    uint64_t id = 0;
    std::vector<int32_t> tokens; // the prompt, then what was generated
    int promptTokens = 0;
    SamplingSettings sampling;
    std::string conversation; // that needs its pages; "": none

    int slot = -1; // row of the page table; -1: it waits for one
    std::vector<int> pages; // hold the first `computed` tokens
    int windowFrom = 0; // index of the first of them whose window page is held
    int computed = 0; // leading tokens whose keys and values are in the cache
    int reused = 0; // of the prompt, found in the cache when it first ran
    bool restoring = false; // waits for what the disk has of its prompt

    std::vector<int32_t> proposed; // guessed tokens, which the next step verifies
    SpeculationStats speculation;

    [[nodiscard]] int length() const { return static_cast<int>(tokens.size()); }
    /// Only its last token is not computed: the next step gives its next token.
    [[nodiscard]] bool decodes() const { return computed + 1 == length(); }
};

} // namespace inglenook
