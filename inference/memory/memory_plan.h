#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace inglenook {

/// What a page of cache takes, in bytes.
struct PageBytes {
    uint64_t full = 0; // in the layers that keep all tokens
    uint64_t window = 0; // in those that keep a window of them
};

/// Another way to keep a page, which takes less.
struct SmallerCache {
    std::string type; // as users name it: "q8_0"
    PageBytes page;
};

/// What a model, or a device's part of it, asks of one device's memory, in bytes.
struct MemoryNeeds {
    std::string device; // its name, for a sentence
    uint64_t freeBytes = 0; // there, measured now
    uint64_t weightBytes = 0;
    PageBytes page;
    uint64_t scratchBytes = 0;
    std::vector<SmallerCache> smallerCaches = {}; // to propose, the largest first
};

struct MemoryWish {
    int contextTokens = 0; // 0: what fits, at most kAutomaticContext
    int sequences = 4;
    int modelContext = 0; // tokens the model was made for
    int windowPages = 0; // that one sequence needs where layers keep a window; 0: none do
};

/// The longest context that is chosen without being asked for.
inline constexpr int kAutomaticContext = 8192;

struct MemoryPlan {
    int contextTokens = 0; // of one sequence
    int pages = 0; // of cache on every device, at least enough for one sequence of that length
    int windowPages =
        0; // of the layers that keep a window; 0: there are none, or they have `pages`
    uint64_t cacheBytes = 0; // on all devices together
    uint64_t totalBytes = 0;
};

/// Decides what fits on all of the devices before anything is loaded: full contexts for all
/// sequences, else fewer cache pages, else (if no context was asked for) a smaller context. Of
/// layers that keep a window, one sequence has one, and what there is beyond its context two for
/// each context more: of a sequence that runs, and of one that ended and may go on. Throws
/// std::runtime_error with a sentence naming the device, what is needed, what is there and what to
/// do.
[[nodiscard]] MemoryPlan planMemory(std::span<const MemoryNeeds> devices, const MemoryWish& wish);

/// "6.2 MB", "4.7 GB".
[[nodiscard]] std::string sizeText(uint64_t bytes);

} // namespace inglenook
