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

/// How many window pages go with so many pages, where a context has contextPages; 0: one with each.
int windowPagesFor(int pages, int contextPages, int perSequence)
{
    const int64_t more = std::max(0, pages - contextPages);
    const int64_t wanted = perSequence + 2 * more * perSequence / std::max(1, contextPages);
    return wanted < pages ? static_cast<int>(wanted) : 0;
}

uint64_t cacheBytes(const PageBytes& page, int pages, int windowPages)
{
    return static_cast<uint64_t>(pages) * page.full +
        static_cast<uint64_t>(windowPages > 0 ? windowPages : pages) * page.window;
}

/// The most cache pages for which there is room beside the weights.
int fittingPages(const MemoryNeeds& needs, const PageBytes& page, int contextPages, int windowPages)
{
    const uint64_t fixed = needs.weightBytes + needs.scratchBytes;
    const uint64_t usable = usableBytes(needs);
    if (fixed > usable)
        return 0;
    int fitting = 0;
    for (int beyond = kMostPages + 1; beyond - fitting > 1;) {
        const int middle = fitting + (beyond - fitting) / 2;
        const int windows = windowPagesFor(middle, contextPages, windowPages);
        const bool fits = cacheBytes(page, middle, windows) <= usable - fixed;
        (fits ? fitting : beyond) = middle;
    }
    return fitting;
}

[[noreturn]] void refuse(const MemoryNeeds& needs, const MemoryWish& wish, int fitting, int context)
{
    const int pages = pagesOf(context);
    const int smallest = pagesOf(std::min(context, kSmallestContext));
    const uint64_t cache =
        cacheBytes(needs.page, pages, windowPagesFor(pages, pages, wish.windowPages));
    std::string sentence = "The model does not fit: it needs " +
        sizeText(needs.weightBytes + needs.scratchBytes + cache) + " (weights " +
        sizeText(needs.weightBytes) + ", cache for " + std::to_string(context) + " tokens " +
        sizeText(cache) + ", work space " + sizeText(needs.scratchBytes) + "), but " +
        needs.device + " has " + sizeText(usableBytes(needs)) + " free. ";
    const auto smaller = std::ranges::find_if(needs.smallerCaches, [&](const SmallerCache& other) {
        return fittingPages(needs, other.page, pages, wish.windowPages) >= pages;
    });
    const std::string proposal = smaller == needs.smallerCaches.end() ? std::string()
                                                                      : "Keep the cache as " +
            smaller->type + ", for which there is room (--kv " + smaller->type + ")";
    if (fitting >= smallest)
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
        const int pages = fittingPages(needs, needs.page, pagesOf(context), wish.windowPages);
        if (pages < pagesOf(least))
            refuse(needs, wish, pages, least);
        fitting = std::min(fitting, pages);
    }
    context = static_cast<int>(std::min<int64_t>(context, int64_t{fitting} * kPageTokens));
    MemoryPlan plan{.contextTokens = context};
    plan.pages = std::min(fitting, pagesOf(context) * std::max(1, wish.sequences));
    plan.windowPages = windowPagesFor(plan.pages, pagesOf(context), wish.windowPages);
    for (const MemoryNeeds& needs : devices) {
        plan.cacheBytes += cacheBytes(needs.page, plan.pages, plan.windowPages);
        plan.totalBytes += needs.weightBytes + needs.scratchBytes;
    }
    plan.totalBytes += plan.cacheBytes;
    return plan;
}

} // namespace inglenook
