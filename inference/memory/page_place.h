#pragma once

namespace inglenook {

/// Where a page's keys and values lie.
struct PagePlace {
    int page = -1; // its number, which layers that keep all have in common; -1: nowhere there
    int windowPage = -1; // in layers that keep a window of their own; -1: nowhere there
    bool operator==(const PagePlace&) const = default;
};

} // namespace inglenook
