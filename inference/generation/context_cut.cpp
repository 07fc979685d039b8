#include "inference/generation/context_cut.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace inglenook {

size_t turnsLeftOut(std::span<const int> turns, int room, int further)
{
    const int64_t grid = std::max(1, room / 4);
    const int64_t excess =
        std::accumulate(turns.begin(), turns.end(), int64_t{0}) - std::max(0, room);
    const int64_t quarters = (std::max<int64_t>(0, excess) + grid - 1) / grid + further;
    size_t count = 0;
    for (int64_t tokens = 0; count + 1 < turns.size() && tokens < quarters * grid; ++count)
        tokens += turns[count];
    return count;
}

} // namespace inglenook
