#include "kernels/collective.h"

#include "kernels/host_collective.h"

namespace inglenook {

std::unique_ptr<Collective> makeCollective(std::span<Backend* const> group)
{
    if (auto direct = group.front()->collectiveOf(group))
        return direct;
    return std::make_unique<HostCollective>(static_cast<int>(group.size()));
}

} // namespace inglenook
