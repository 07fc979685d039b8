#include "inference/memory/store/give_up_order.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace inglenook {

namespace {

/// When each segment was last of use, where a use of a child is one of its parents too.
std::map<uint64_t, int64_t> useTimes(const StoreContents& contents)
{
    std::set<std::pair<uint64_t, uint64_t>> parentOf; // (parents in, children in)
    for (const auto& [name, page] : contents.pages().all())
        if (const StoredPage* parent = contents.pages().find(page.parent))
            if (parent->place.segment != page.place.segment)
                parentOf.emplace(parent->place.segment, page.place.segment);

    std::map<uint64_t, int64_t> times;
    for (const auto& [number, held] : contents.segments())
        times[number] = held.segment.useTime();
    for (bool changed = true; changed;) {
        changed = false;
        for (const auto& [parents, children] : parentOf) {
            if (times[parents] < times[children]) {
                times[parents] = times[children];
                changed = true;
            }
        }
    }
    return times;
}

} // namespace

std::optional<uint64_t> segmentToGiveUp(const StoreContents& contents,
                                        std::optional<PageName> wanted)
{
    std::set<uint64_t> needed;
    if (wanted)
        for (const PageName name : contents.pages().withParents(*wanted))
            needed.insert(contents.pages().find(name)->place.segment);

    std::optional<uint64_t> next;
    std::pair<int64_t, uint64_t> best;
    for (const auto& [number, time] : useTimes(contents)) {
        // of equals the newer one: it holds the children
        const std::pair rank(time, ~number);
        if (!needed.contains(number) && (!next || rank < best)) {
            next = number;
            best = rank;
        }
    }
    return next;
}

} // namespace inglenook
