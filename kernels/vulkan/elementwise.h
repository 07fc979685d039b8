#pragma once

#include "kernels/vulkan/context.h"

#include <algorithm>

namespace inglenook::vulkan {

/// Runs an operator of one invocation per element of `t`: columns along x, rows along y.
template <class Push>
void dispatchElements(Context& context, std::span<const uint32_t> code,
                      std::vector<uint32_t> choices, const Push& push, const Tensor& t)
{
    if (t.rows == 0)
        return;
    constexpr int kInvocations = 128;
    const int lanes = context.device.facts().subgroupSize;
    const int subgroups = std::max(1, kInvocations / lanes);
    context.begin();
    context.dispatch({code, subgroups, std::move(choices)}, push,
                     {groupsFor(t.cols, subgroups * lanes), t.rows},
                     static_cast<int64_t>(t.rows) * t.cols);
}

} // namespace inglenook::vulkan
