#pragma once

#include "inference/memory/store/store_contents.h"

namespace inglenook {

/// The segment to give up next: the longest unused, counting a use of children as one of their
/// parents. Never one that holds `wanted` or its parents.
[[nodiscard]] std::optional<uint64_t> segmentToGiveUp(const StoreContents& contents,
                                                      std::optional<PageName> wanted);

} // namespace inglenook
