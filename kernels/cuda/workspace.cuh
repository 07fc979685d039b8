#pragma once

#include "kernels/cuda/exchange.cuh"

#include <cstddef>

namespace inglenook::cuda {

// What a backend takes of its device beside what it is asked for: memory that operators use for
// themselves. A plan leaves room for it (DeviceInfo), so each has a bound.

/// Attention of short steps keeps the results of single pages; taken at once.
inline constexpr size_t kPartialBytes = size_t{64} << 20;

/// Pages on their way to the host or from it; taken at once.
inline constexpr size_t kPageCopyBytes = size_t{16} << 20;

/// Rounded rows, which grow with the widest step: two of 512 rows and up to 26000 columns, with the
/// smaller pieces that they outgrew. Wider ones live off the reserve of the plan.
inline constexpr size_t kRoundedBytes = size_t{64} << 20;

/// A counter for each 32 outputs of matmulGlu; taken when the device is opened.
inline constexpr size_t kArrivalBytes = size_t{256} << 10;

/// What the kernels of topCandidates tell each other, of as many rows as have logits.
inline constexpr size_t kCandidateBytes = size_t{1} << 20;

/// Inboxes of a group of eight devices that add up among themselves; fewer take less.
inline constexpr size_t kExchangeBytes =
    Inbox::valueBytes(kMostRanks) + Inbox::flagBytes(kMostRanks) + 1024;

// The ring that weights come by (upload_ring.cuh) is gone before the cache is made.
inline constexpr size_t kWorkspaceBytes = kPartialBytes + kPageCopyBytes + kRoundedBytes +
    kArrivalBytes + kCandidateBytes + kExchangeBytes;

} // namespace inglenook::cuda
