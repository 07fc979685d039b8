#include "kernels/cpu/packed_weight.h"

#include "kernels/backend.h"
#include "kernels/cpu/packing.h"
#include "kernels/cpu/panels.h"
#include "kernels/cpu/repack.h"
#include "kernels/cpu/unpack.h"
#include "kernels/quant_formats.h"

#include <algorithm>
#include <stdexcept>

namespace inglenook::cpu {

PackedWeight::PackedWeight(std::span<const WeightPart> parts, int in, const ThreadPool& pool)
{
    if (parts.size() == 1 && parts[0].out == 1) {
        m_row.resize(static_cast<size_t>(in));
        dequantiseRow(parts[0].type, parts[0].rows, m_row);
        return;
    }

    size_t bytes = 0;
    int firstRow = 0;
    for (const WeightPart& part : parts) {
        // Each part starts on a cache line.
        bytes = (bytes + 63) / 64 * 64;
        const DType kept = keptAs(part.type);
        m_parts.push_back({.type = kept,
                           .firstRow = firstRow,
                           .out = part.out,
                           .panels = (part.out + kPanelRows - 1) / kPanelRows,
                           .panelBytes = panelBytes(kept, in),
                           .offset = bytes});
        bytes += static_cast<size_t>(m_parts.back().panels) * m_parts.back().panelBytes;
        firstRow += part.out;
    }
    m_memory = HostMemory(bytes);
    m_pieces = static_cast<int>((bytes + kLoadPieceBytes - 1) / kLoadPieceBytes);
    cutIntoRuns(bytes, pool);
}

void PackedWeight::pack(std::span<const WeightPart> parts, int in, int piece, ThreadPool& pool)
{
    pool.run(static_cast<int>(m_runs.size()), [&](int index, int) {
        const Run& run = m_runs[static_cast<size_t>(index)];
        const Part& to = m_parts[static_cast<size_t>(run.part)];
        const WeightPart& from = parts[static_cast<size_t>(run.part)];
        const size_t row = rowBytes(from.type, in);
        const auto border = [&](int of) {
            return run.firstPanel +
                static_cast<int>(static_cast<int64_t>(run.panels) * of / m_pieces);
        };
        for (int p = border(piece); p < border(piece + 1); ++p) {
            const int first = kPanelRows * p;
            const int count = std::min(kPanelRows, to.out - first);
            packPanel(from.type,
                      m_memory.data() + to.offset + static_cast<size_t>(p) * to.panelBytes,
                      from.rows.subspan(static_cast<size_t>(first) * row,
                                        static_cast<size_t>(count) * row),
                      in);
        }
    });
}

void PackedWeight::cutIntoRuns(size_t bytes, const ThreadPool& pool)
{
    // Long runs first and ever shorter ones behind (guided self-scheduling, Polychronopoulos & Kuck
    // 1987): a run is one stream of memory, and what the threads wait for at the end is a short
    // one. Each memory node has its share of a job, so each has such a row of runs. Whole groups of
    // four panels, which the bodies take together.
    constexpr size_t runsPerThread = 2, leastBytes = 32 * 1024;
    constexpr int group = 4;
    const auto nodes = static_cast<size_t>(pool.nodes());
    const auto threads = static_cast<size_t>(pool.threads());
    const size_t share = bytes / nodes + 1;
    size_t cut = 0; // bytes so far
    for (size_t p = 0; p < m_parts.size(); ++p) {
        const Part& part = m_parts[p];
        for (int first = 0; first < part.panels;) {
            const size_t left = share - cut % share; // of this node
            const size_t wanted = std::max(leastBytes, left * nodes / (threads * runsPerThread));
            const int panels = std::max(1, static_cast<int>(wanted / part.panelBytes));
            const int each = std::min((panels + group - 1) / group * group, part.panels - first);
            m_runs.push_back({.part = static_cast<int>(p), .firstPanel = first, .panels = each});
            first += each;
            cut += static_cast<size_t>(each) * part.panelBytes;
        }
    }
}

void PackedWeight::copyRow(int row, std::span<float> values) const
{
    if (m_parts.empty()) {
        std::ranges::copy(m_row, values.begin());
        return;
    }
    const auto behind = std::ranges::upper_bound(m_parts, row, {}, &Part::firstRow);
    const Part& part = *std::prev(behind);
    const int inside = row - part.firstRow;
    unpackLane(part.type, panel(part, inside / kPanelRows), inside % kPanelRows, values);
}

const PackedWeight& packed(const Weight& weight)
{
    const auto* data = dynamic_cast<const PackedWeight*>(weight.data.get());
    if (!data)
        throw std::invalid_argument("cpu: a weight that another backend loaded");
    return *data;
}

} // namespace inglenook::cpu
