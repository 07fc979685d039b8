#include "kernels/cpu/packed_weight.h"

#include "kernels/cpu/panels.h"
#include "kernels/cpu/repack.h"
#include "kernels/quant_formats.h"

#include <algorithm>
#include <stdexcept>

namespace inglenook::cpu {

PackedWeight::PackedWeight(std::span<const WeightPart> parts, int in, ThreadPool& pool)
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
        m_parts.push_back({.type = part.type,
                           .firstRow = firstRow,
                           .out = part.out,
                           .panels = (part.out + kPanelRows - 1) / kPanelRows,
                           .panelBytes = panelBytes(part.type, in),
                           .offset = bytes});
        bytes += static_cast<size_t>(m_parts.back().panels) * m_parts.back().panelBytes;
        firstRow += part.out;
    }
    m_memory = HostMemory(bytes);

    for (size_t p = 0; p < parts.size(); ++p) {
        const Part& to = m_parts[p];
        const WeightPart& from = parts[p];
        const size_t row = rowBytes(from.type, in);
        pool.run(to.panels, [&](int index, int) {
            const int first = kPanelRows * index;
            const int count = std::min(kPanelRows, to.out - first);
            packPanel(to.type,
                      m_memory.data() + to.offset + static_cast<size_t>(index) * to.panelBytes,
                      from.rows.subspan(static_cast<size_t>(first) * row,
                                        static_cast<size_t>(count) * row),
                      in);
        });
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
