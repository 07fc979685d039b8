#pragma once

#include "kernels/tensor.h"

#include <span>
#include <vector>

namespace inglenook::cpu {

/// The picks of a step by expert, so that the weights of each are read once. Keeps its memory from
/// step to step.
class ExpertGroups {
public:
    struct Group {
        int expert = 0;
        int first = 0; // of its picks in the order of experts
        int count = 0; // at least one
    };

    /// Pick i is ids[i / ids.cols][i % ids.cols], below `experts`. In a group they keep their
    /// order.
    void sort(const Tensor& ids, int experts);

    /// Of the experts that anybody picked, in their order.
    [[nodiscard]] std::span<const Group> groups() const { return m_groups; }
    [[nodiscard]] std::span<const int> picks(const Group& group) const
    {
        return std::span(m_order).subspan(static_cast<size_t>(group.first),
                                          static_cast<size_t>(group.count));
    }
    [[nodiscard]] int largest() const { return m_largest; } // picks of a group

private:
    std::vector<Group> m_groups;
    std::vector<int> m_order;
    std::vector<int> m_next; // place of each expert's next pick
    int m_largest = 0;
};

} // namespace inglenook::cpu
