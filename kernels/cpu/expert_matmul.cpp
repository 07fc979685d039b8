// Picks of one expert are the rows of a matmul with its panels, so its weights are read and
// unpacked once for all of them, and the bits are matmul's. Each row is rounded once, however many
// picks read it. With one pick per expert, as when decoding, nothing is copied.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/matmul.h"
#include "kernels/cpu/packed_weight.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace inglenook {

using namespace cpu;

/// What the tasks of one operator share.
struct cpu::ExpertWork {
    Tensor y, x, ids;
    const PackedWeight* weight = nullptr;
    const float* bias = nullptr; // of all experts, or absent
    std::span<const PackedWeight::Part> parts; // one per expert
    int blocks = 0; // of a rounded row; 0: x is taken as it is
    const RoundedBlock* rounded = nullptr; // rows of x, each of its own
    const std::byte* gathered = nullptr; // inputs of the picks in the order of experts
    int panelsAtOnce = 0; // of a task
    float* products = nullptr; // of each thread, for as many panels of the largest group
    size_t threadProducts = 0; // floats

    [[nodiscard]] int inputOf(int pick) const
    {
        return x.rows == ids.rows ? pick / ids.cols : pick;
    }
    [[nodiscard]] const RoundedBlock* roundedRow(int row) const
    {
        return rounded + static_cast<size_t>(row) * static_cast<size_t>(blocks);
    }
    [[nodiscard]] size_t inputBytes() const
    {
        return blocks > 0 ? static_cast<size_t>(blocks) * sizeof(RoundedBlock)
                          : static_cast<size_t>(x.cols) * sizeof(float);
    }
};

namespace {

std::span<const PackedWeight::Part> expertParts(const PackedWeight& weight, int out)
{
    const std::span<const PackedWeight::Part> parts = weight.parts();
    const bool equal = std::ranges::all_of(parts, [&](const PackedWeight::Part& part) {
        return part.out == out && part.type == parts.front().type;
    });
    if (parts.empty() || !equal)
        throw std::invalid_argument("expertMatmul: the weight was not loaded of equal parts");
    return parts;
}

template <class T> T* grown(HostMemory& memory, size_t bytes)
{
    if (memory.bytes() < bytes)
        memory = HostMemory(bytes);
    return reinterpret_cast<T*>(memory.data());
}

/// The rounded rows of a group as a matmul reads them: tiles, in each the blocks of its rows side
/// by side.
void interleave(RoundedBlock* to, const ExpertWork& work, std::span<const int> picks,
                int largestTile)
{
    while (!picks.empty()) {
        int tile = largestTile;
        while (tile > static_cast<int>(picks.size()))
            tile /= 2;
        for (int r = 0; r < tile; ++r) {
            const RoundedBlock* from = work.roundedRow(work.inputOf(picks[static_cast<size_t>(r)]));
            for (int b = 0; b < work.blocks; ++b)
                to[b * tile + r] = from[b];
        }
        to += static_cast<size_t>(tile) * static_cast<size_t>(work.blocks);
        picks = picks.subspan(static_cast<size_t>(tile));
    }
}

/// Panels that a task takes: a few tasks per thread, whole groups of four as the bodies take them.
int panelsPerTask(int panels, size_t groups, int threads)
{
    constexpr int tasksPerThread = 8, together = 4;
    const auto wanted =
        static_cast<int>(static_cast<size_t>(panels) * groups) / (threads * tasksPerThread);
    return std::min(panels, std::max(1, (wanted + together - 1) / together) * together);
}

} // namespace

/// Rounds x, if that is to be done.
void CpuBackend::prepareInputs(ExpertWork& work)
{
    if (!isRounded(work.parts.front().type))
        return;
    const Tensor& x = work.x;
    const int blocks = work.blocks = roundedBlocks(x.cols);
    auto* to = grown<RoundedBlock>(m_rounded,
                                   static_cast<size_t>(x.rows) * static_cast<size_t>(blocks) *
                                       sizeof(RoundedBlock));
    eachRow(x.rows, int64_t{x.rows} * x.cols, [&](int r) {
        m_instructions.roundRows(to + static_cast<size_t>(r) * static_cast<size_t>(blocks), blocks,
                                 floatRow(x, r), static_cast<size_t>(x.stride), x.cols, 1);
    });
    work.rounded = to;
}

/// Puts the inputs of every group of several picks together.
void CpuBackend::gatherInputs(const ExpertWork& work)
{
    const std::span<const ExpertGroups::Group> groups = m_groups.groups();
    m_pool.run(static_cast<int>(groups.size()), [&](int index, int) {
        const ExpertGroups::Group& group = groups[static_cast<size_t>(index)];
        if (group.count == 1)
            return;
        std::byte* to = m_gathered.data() + static_cast<size_t>(group.first) * work.inputBytes();
        if (work.blocks > 0)
            return interleave(reinterpret_cast<RoundedBlock*>(to), work, m_groups.picks(group),
                              m_instructions.largestTile);
        for (const int pick : m_groups.picks(group)) {
            std::memcpy(to, floatRow(work.x, work.inputOf(pick)), work.inputBytes());
            to += work.inputBytes();
        }
    });
}

/// Some panels of an expert times the inputs of its group.
void CpuBackend::multiplyGroup(const ExpertWork& work, const ExpertGroups::Group& group,
                               int firstPanel, int thread)
{
    const std::span<const int> picks = m_groups.picks(group);
    const PackedWeight::Part& part = work.parts[static_cast<size_t>(group.expert)];
    const int panels = std::min(work.panelsAtOnce, part.panels - firstPanel);
    const int firstOut = kPanelRows * firstPanel;
    const int outputs = std::min(kPanelRows * panels, part.out - firstOut);
    PanelProduct product{
        .panels = reinterpret_cast<const uint8_t*>(work.weight->panel(part, firstPanel)),
        .panelBytes = part.panelBytes,
        .panelCount = panels,
        .outputs = outputs,
        .in = work.x.cols,
        .blocks = work.blocks,
        .rows = group.count,
        .bias = work.bias ? work.bias + group.expert * part.out + firstOut : nullptr};
    const Product multiply = productOf(m_instructions, part.type);
    if (group.count == 1) {
        const int input = work.inputOf(picks[0]);
        product.x = floatRow(work.x, input);
        product.rounded = work.roundedRow(input);
        product.y = floatRow(work.y, picks[0]) + firstOut;
        return multiply(product);
    }
    const std::byte* inputs = work.gathered + static_cast<size_t>(group.first) * work.inputBytes();
    product.x = reinterpret_cast<const float*>(inputs);
    product.xStride = static_cast<size_t>(work.x.cols);
    product.rounded = reinterpret_cast<const RoundedBlock*>(inputs);
    product.y = work.products + static_cast<size_t>(thread) * work.threadProducts;
    product.yStride = static_cast<size_t>(outputs);
    multiply(product);
    for (size_t r = 0; r < picks.size(); ++r)
        std::memcpy(floatRow(work.y, picks[r]) + firstOut, product.y + r * product.yStride,
                    product.yStride * sizeof(float));
}

void CpuBackend::expertMatmul(Tensor y, Tensor x, const Weight& experts, Tensor ids,
                              const Weight& bias)
{
    checkExpertMatmul(y, x, experts, ids, bias);
    if (y.rows == 0)
        return;
    ExpertWork work{.y = y,
                    .x = x,
                    .ids = ids,
                    .weight = &packed(experts),
                    .bias = bias ? packed(bias).singleRow() : nullptr};
    work.parts = expertParts(*work.weight, y.cols);
    m_groups.sort(ids, static_cast<int>(work.parts.size()));
    prepareInputs(work);
    if (m_groups.largest() > 1) {
        work.gathered =
            grown<std::byte>(m_gathered, static_cast<size_t>(y.rows) * work.inputBytes());
        gatherInputs(work);
    }

    const std::span<const ExpertGroups::Group> groups = m_groups.groups();
    const int panels = work.parts.front().panels;
    work.panelsAtOnce = panelsPerTask(panels, groups.size(), m_pool.threads());
    work.threadProducts = static_cast<size_t>(m_groups.largest()) *
        static_cast<size_t>(kPanelRows * work.panelsAtOnce);
    work.products = grown<float>(
        m_products, static_cast<size_t>(m_pool.threads()) * work.threadProducts * sizeof(float));
    const int tasksPerGroup = (panels + work.panelsAtOnce - 1) / work.panelsAtOnce;
    m_pool.run(static_cast<int>(groups.size()) * tasksPerGroup, [&](int index, int thread) {
        multiplyGroup(work, groups[static_cast<size_t>(index / tasksPerGroup)],
                      index % tasksPerGroup * work.panelsAtOnce, thread);
    });
}

} // namespace inglenook
