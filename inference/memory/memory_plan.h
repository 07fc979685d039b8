#pragma once

#include <cstdint>
#include <string>

namespace inglenook {

/// What a model asks of a device's memory, in bytes.
struct MemoryNeeds {
    uint64_t weightBytes = 0;
    uint64_t bytesPerPage = 0; // of cache, all layers
    uint64_t scratchBytes = 0;
    int modelContext = 0; // tokens the model was made for
};

struct MemoryWish {
    int contextTokens = 0; // 0: what fits, at most kAutomaticContext
    int sequences = 4;
};

/// The longest context that is chosen without being asked for.
inline constexpr int kAutomaticContext = 8192;

struct MemoryPlan {
    int contextTokens = 0; // of one sequence
    int pages = 0; // of cache, at least enough for one sequence of that length
    uint64_t cacheBytes = 0;
    uint64_t totalBytes = 0;
};

/// Decides what fits into `freeBytes` before anything is loaded: full contexts for all sequences,
/// else fewer cache pages, else (if no context was asked for) a smaller context. Throws
/// std::runtime_error with a sentence naming what is needed, what is there and what to do. `device`
/// is its name for that sentence.
[[nodiscard]] MemoryPlan planMemory(const MemoryNeeds& needs, const MemoryWish& wish,
                                    uint64_t freeBytes, const std::string& device);

/// "6.2 MB", "4.7 GB".
[[nodiscard]] std::string sizeText(uint64_t bytes);

} // namespace inglenook
