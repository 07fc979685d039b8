#include "kernels/cpu/expert_groups.h"

#include "kernels/cpu/cpu_backend.h"

#include <algorithm>

namespace inglenook::cpu {

void ExpertGroups::sort(const Tensor& ids, int experts)
{
    const auto expertOf = [&](int pick) {
        const float* row = floatRow(ids, pick / ids.cols);
        return static_cast<size_t>(reinterpret_cast<const int32_t*>(row)[pick % ids.cols]);
    };
    const int picks = ids.rows * ids.cols;
    m_next.assign(static_cast<size_t>(experts), 0);
    for (int pick = 0; pick < picks; ++pick)
        ++m_next[expertOf(pick)];
    m_groups.clear();
    m_largest = 0;
    int first = 0;
    for (int expert = 0; expert < experts; ++expert) {
        int& next = m_next[static_cast<size_t>(expert)];
        const int count = next;
        next = first;
        if (count == 0)
            continue;
        m_groups.push_back({.expert = expert, .first = first, .count = count});
        m_largest = std::max(m_largest, count);
        first += count;
    }
    m_order.resize(static_cast<size_t>(picks));
    for (int pick = 0; pick < picks; ++pick)
        m_order[static_cast<size_t>(m_next[expertOf(pick)]++)] = pick;
}

} // namespace inglenook::cpu
