#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace inglenook {

/// Another way to keep a page, which takes less.
struct SmallerCache {
    std::string type; // as users name it: "q8_0"
    uint64_t bytesPerPage = 0;
};

/// What a model, or a device's part of it, asks of one device's memory, in bytes.
struct MemoryNeeds {
    std::string device; // its name, for a sentence
    uint64_t freeBytes = 0; // there, measured now
    uint64_t weightBytes = 0;
    uint64_t bytesPerPage = 0; // of cache, all layers
    uint64_t scratchBytes = 0;
    std::vector<SmallerCache> smallerCaches = {}; // to propose, the largest first
};

struct MemoryWish {
    int contextTokens = 0; // 0: what fits, at most kAutomaticContext
    int sequences = 4;
    int modelContext = 0; // tokens the model was made for
};

/// The longest context that is chosen without being asked for.
inline constexpr int kAutomaticContext = 8192;

struct MemoryPlan {
    int contextTokens = 0; // of one sequence
    int pages = 0; // of cache on every device, at least enough for one sequence of that length
    uint64_t cacheBytes = 0; // on all devices together
    uint64_t totalBytes = 0;
};

/// Decides what fits on all of the devices before anything is loaded: full contexts for all
/// sequences, else fewer cache pages, else (if no context was asked for) a smaller context. Throws
/// std::runtime_error with a sentence naming the device, what is needed, what is there and what to
/// do.
[[nodiscard]] MemoryPlan planMemory(std::span<const MemoryNeeds> devices, const MemoryWish& wish);

/// "6.2 MB", "4.7 GB".
[[nodiscard]] std::string sizeText(uint64_t bytes);

} // namespace inglenook
