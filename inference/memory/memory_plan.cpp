#include "inference/memory/memory_plan.h"

#include "kernels/backend.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace inglenook {

namespace {

/// Below this an automatic context is of little use.
constexpr int kSmallestContext = 512;

/// More than any device holds.
constexpr int kMostPages = 1 << 24;

/// What others on the device may want while we run.
uint64_t reserve(uint64_t freeBytes)
{
    return std::min<uint64_t>(freeBytes / 20, uint64_t{512} << 20);
}

int pagesOf(int tokens)
{
    return (tokens + kPageTokens - 1) / kPageTokens;
}

uint64_t usableBytes(const MemoryNeeds& needs)
{
    return needs.freeBytes - reserve(needs.freeBytes);
}

/// Cache pages of this size beside the weights.
int fittingPages(const MemoryNeeds& needs, uint64_t bytesPerPage)
{
    const uint64_t fixed = needs.weightBytes + needs.scratchBytes;
    const uint64_t usable = usableBytes(needs);
    if (fixed > usable)
        return 0;
    if (bytesPerPage == 0) // its part has no cache
        return kMostPages;
    return static_cast<int>(std::min<uint64_t>((usable - fixed) / bytesPerPage, kMostPages));
}

[[noreturn]] void refuse(const MemoryNeeds& needs, int fitting, int context, int smallest)
{
    const uint64_t cache = static_cast<uint64_t>(pagesOf(context)) * needs.bytesPerPage;
    std::string sentence = "The model does not fit: it needs " +
        sizeText(needs.weightBytes + needs.scratchBytes + cache) + " (weights " +
        sizeText(needs.weightBytes) + ", cache for " + std::to_string(context) + " tokens " +
        sizeText(cache) + ", work space " + sizeText(needs.scratchBytes) + "), but " +
        needs.device + " has " + sizeText(usableBytes(needs)) + " free. ";
    const auto smaller = std::ranges::find_if(needs.smallerCaches, [&](const SmallerCache& other) {
        return fittingPages(needs, other.bytesPerPage) >= pagesOf(context);
    });
    const std::string proposal = smaller == needs.smallerCaches.end() ? std::string()
                                                                      : "Keep the cache as " +
            smaller->type + ", for which there is room (--kv " + smaller->type + ")";
    if (fitting >= pagesOf(smallest))
        sentence += (proposal.empty() ? "Choose" : proposal + ", or choose") +
            " a context of at most " + std::to_string(fitting * kPageTokens) + " tokens.";
    else if (!proposal.empty())
        sentence += proposal + ".";
    else
        sentence += "Choose a smaller model or one with stronger quantisation, or close other "
                    "programs.";
    throw std::runtime_error(sentence);
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

MemoryPlan planMemory(std::span<const MemoryNeeds> devices, const MemoryWish& wish)
{
    const int wished = wish.contextTokens > 0 ? wish.contextTokens : kAutomaticContext;
    int context = std::min(wished, wish.modelContext);
    const int least = wish.contextTokens > 0 ? context : std::min(context, kSmallestContext);
    int fitting = kMostPages;
    for (const MemoryNeeds& needs : devices) {
        const int pages = fittingPages(needs, needs.bytesPerPage);
        if (pages < pagesOf(least))
            refuse(needs, pages, least, std::min(context, kSmallestContext));
        fitting = std::min(fitting, pages);
    }
    context = static_cast<int>(std::min<int64_t>(context, int64_t{fitting} * kPageTokens));
    MemoryPlan plan{.contextTokens = context};
    plan.pages = std::min(fitting, pagesOf(context) * std::max(1, wish.sequences));
    for (const MemoryNeeds& needs : devices) {
        plan.cacheBytes += static_cast<uint64_t>(plan.pages) * needs.bytesPerPage;
        plan.totalBytes += needs.weightBytes + needs.scratchBytes;
    }
    plan.totalBytes += plan.cacheBytes;
    return plan;
}

} // namespace inglenook
