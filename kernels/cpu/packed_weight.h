#pragma once

#include "kernels/cpu/host_memory.h"
#include "kernels/cpu/thread_pool.h"

#include <span>
#include <vector>

namespace inglenook::cpu {

/// A matrix in panels (panels.h), part after part; each part begins a new panel. A matrix of one
/// row is kept as its floats instead.
class PackedWeight final : public WeightData {
public:
    struct Part {
        DType type = DType::F32;
        int firstRow = 0;
        int out = 0;
        int panels = 0;
        size_t panelBytes = 0;
        size_t offset = 0; // in the memory
    };

    PackedWeight(std::span<const WeightPart> parts, int in, ThreadPool& pool);

    [[nodiscard]] std::span<const Part> parts() const { return m_parts; }
    [[nodiscard]] const std::byte* panel(const Part& part, int index) const
    {
        return m_memory.data() + part.offset + static_cast<size_t>(index) * part.panelBytes;
    }
    /// The only row of a matrix of one row.
    [[nodiscard]] const float* singleRow() const { return m_row.data(); }
    /// Writes the values of one row.
    void copyRow(int row, std::span<float> values) const;
    /// What one pass over the matrix reads.
    [[nodiscard]] size_t bytes() const { return m_memory.bytes() + m_row.size() * sizeof(float); }

private:
    std::vector<Part> m_parts; // empty: one row
    HostMemory m_memory;
    std::vector<float> m_row;
};

/// Of this backend's weights; throws std::invalid_argument for another's.
[[nodiscard]] const PackedWeight& packed(const Weight& weight);

} // namespace inglenook::cpu
