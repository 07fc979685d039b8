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
        DType type = DType::F32; // of its layout: keptAs() of the file's
        int firstRow = 0;
        int out = 0;
        int panels = 0;
        size_t panelBytes = 0;
        size_t offset = 0; // in the memory
    };

    /// Panels that a thread takes at once, all of one part.
    struct Run {
        int part = 0;
        int firstPanel = 0;
        int panels = 0;
    };

    /// Takes the memory, and cuts the work for this pool. A matrix of one row is loaded already,
    /// others want every piece packed.
    PackedWeight(std::span<const WeightPart> parts, int in, const ThreadPool& pool);

    [[nodiscard]] int pieces() const { return m_pieces; }
    /// Packs one piece, a part of every run, so that each thread writes what it will read.
    void pack(std::span<const WeightPart> parts, int in, int piece, ThreadPool& pool);

    [[nodiscard]] std::span<const Part> parts() const { return m_parts; }
    /// The whole matrix in runs, ever shorter ones: the tasks of packing and of every product, so
    /// that a thread mostly reads what a thread of its memory node wrote.
    [[nodiscard]] std::span<const Run> runs() const { return m_runs; }
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
    void cutIntoRuns(size_t bytes, const ThreadPool& pool);

    std::vector<Part> m_parts; // empty: one row
    std::vector<Run> m_runs;
    int m_pieces = 0;
    HostMemory m_memory;
    std::vector<float> m_row;
};

/// Of this backend's weights; throws std::invalid_argument for another's.
[[nodiscard]] const PackedWeight& packed(const Weight& weight);

} // namespace inglenook::cpu
