#pragma once

#include "inference/model/machine_figures.h"

#include <functional>
#include <vector>

namespace inglenook {

/// Measures what a plan over several devices needs and nobody has measured yet, one thing at a
/// time: each device and each pair of unlike ones. What fails is left out; the plan does without.
class FigureGathering {
public:
    FigureGathering(const std::vector<DeviceInfo>& devices, const MachineFigures& known);

    [[nodiscard]] bool finished() const { return m_next == m_missing.size(); }
    /// Takes about half a second.
    void measureNext(MachineFigures& machine);

private:
    std::vector<std::function<void(MachineFigures&)>> m_missing;
    size_t m_next = 0;
};

} // namespace inglenook
