#include "inference/memory/memory_plan.h"

#include "kernels/backend.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace inglenook {

namespace {

/// Below this an automatic context is of little use.
constexpr int kSmallestContext = 512;

/// What others on the device may want while we run.
uint64_t reserve(uint64_t freeBytes)
{
    return std::min<uint64_t>(freeBytes / 20, uint64_t{512} << 20);
}

int pagesOf(int tokens)
{
    return (tokens + kPageTokens - 1) / kPageTokens;
}

} // namespace

std::string sizeText(uint64_t bytes)
{
    const char* unit = bytes < 1000ULL * 1000 * 1000 ? "MB" : "GB";
    const double value = static_cast<double>(bytes) / (*unit == 'M' ? 1e6 : 1e9);
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %s", value, unit);
    return text;
}

MemoryPlan planMemory(const MemoryNeeds& needs, const MemoryWish& wish, uint64_t freeBytes,
                      const std::string& device)
{
    const uint64_t usable = freeBytes - reserve(freeBytes);
    const uint64_t fixed = needs.weightBytes + needs.scratchBytes;
    const int wished = wish.contextTokens > 0 ? wish.contextTokens : kAutomaticContext;
    int context = std::min(wished, needs.modelContext);
    const int least = wish.contextTokens > 0 ? context : std::min(context, kSmallestContext);
    const int fitting = fixed >= usable || needs.bytesPerPage == 0
        ? 0
        : static_cast<int>(std::min<uint64_t>((usable - fixed) / needs.bytesPerPage, 1U << 24));

    if (fitting < pagesOf(least)) {
        const uint64_t cache = static_cast<uint64_t>(pagesOf(least)) * needs.bytesPerPage;
        std::string sentence = "The model does not fit: it needs " + sizeText(fixed + cache) +
            " (weights " + sizeText(needs.weightBytes) + ", cache for " + std::to_string(least) +
            " tokens " + sizeText(cache) + ", work space " + sizeText(needs.scratchBytes) +
            "), but " + device + " has " + sizeText(usable) + " free. ";
        if (fitting >= pagesOf(std::min(context, kSmallestContext)))
            sentence +=
                "Choose a context of at most " + std::to_string(fitting * kPageTokens) + " tokens.";
        else
            sentence += "Choose a smaller model or one with stronger quantisation, or close other "
                        "programs.";
        throw std::runtime_error(sentence);
    }
    context = std::min(context, fitting * kPageTokens);
    MemoryPlan plan{.contextTokens = context};
    plan.pages = std::min(fitting, pagesOf(context) * std::max(1, wish.sequences));
    plan.cacheBytes = static_cast<uint64_t>(plan.pages) * needs.bytesPerPage;
    plan.totalBytes = fixed + plan.cacheBytes;
    return plan;
}

} // namespace inglenook
