#pragma once

#include "inference/model/model_spec.h"

#include <span>
#include <vector>

namespace inglenook {

/// The rotations of one rotary embedding, computed in double precision on the host so that every
/// scaling rule and every backend works from the same numbers. Const after construction.
class RopeTable {
public:
    explicit RopeTable(const RopeSpec& spec);

    [[nodiscard]] int dims() const { return static_cast<int>(m_frequencies.size()) * 2; }
    /// Writes `dims` values: of pair i the cosine at 2i and the sine at 2i + 1.
    void fill(int position, std::span<float> row) const;

private:
    std::vector<double> m_frequencies; // radians per position, of each pair
    double m_magnitude = 1.;
};

} // namespace inglenook
