// Rounds the rows once, then the threads take runs of panels: each reads its weights in one stream,
// and no two share a sum. How the sums go is in matmul_body.h.

#include "kernels/cpu/matmul.h"

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/packed_weight.h"
#include "kernels/cpu/panels.h"

#include <algorithm>
#include <cmath>

namespace inglenook {

using namespace cpu;
namespace {

/// A matrix of one row: not worth a panel.
void singleOutput(const Tensor& y, const Tensor& x, const float* w, const float* bias)
{
    for (int r = 0; r < x.rows; ++r) {
        const float* from = floatRow(x, r);
        float sum = 0.f;
        for (int k = 0; k < x.cols; ++k)
            sum = std::fma(w[k], from[k], sum);
        *floatRow(y, r) = bias ? sum + bias[0] : sum;
    }
}

} // namespace

Product cpu::productOf(const Instructions& instructions, DType type)
{
    switch (type) {
    case DType::F32:
        return instructions.productF32;
    case DType::F16:
        return instructions.productF16;
    case DType::BF16:
        return instructions.productBF16;
    case DType::Q8_0:
        return instructions.productQ8_0;
    case DType::Q4_0:
        return instructions.productQ4_0;
    case DType::Q5_1:
        return instructions.productQ5_1;
    case DType::Q2_K:
        return instructions.productQ2_K;
    case DType::Q3_K:
        return instructions.productQ3_K;
    case DType::Q4_K:
        return instructions.productQ4_K;
    case DType::Q5_K:
        return instructions.productQ5_K;
    case DType::Q6_K:
        return instructions.productQ6_K;
    case DType::IQ4_XS:
        return instructions.productIQ4_XS;
    case DType::MXFP4:
        return instructions.productMXFP4;
    case DType::Q4_1: // keptAs() others
    case DType::Q5_0:
    case DType::IQ4_NL:
    case DType::I32:
        break;
    }
    return nullptr;
}

bool cpu::isRounded(DType type)
{
    return type != DType::F32 && type != DType::F16 && type != DType::BF16;
}

const RoundedBlock* CpuBackend::roundedRows(const Tensor& x, int blocks)
{
    const size_t bytes =
        static_cast<size_t>(x.rows) * static_cast<size_t>(blocks) * sizeof(RoundedBlock);
    if (m_rounded.bytes() < bytes)
        m_rounded = HostMemory(bytes);
    auto* to = reinterpret_cast<RoundedBlock*>(m_rounded.data());
    const int tile = m_instructions.largestTile;
    const auto roundTile = [&](int first) {
        const size_t offset = static_cast<size_t>(first) * static_cast<size_t>(blocks);
        m_instructions.roundRows(to + offset, blocks, floatRow(x, first),
                                 static_cast<size_t>(x.stride), x.cols,
                                 std::min(tile, x.rows - first));
    };
    if (x.rows <= tile)
        roundTile(0);
    else
        m_pool.run((x.rows + tile - 1) / tile, [&](int index, int) { roundTile(tile * index); });
    return to;
}

void CpuBackend::matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias)
{
    checkMatmul(y, x, w, bias);
    if (x.rows == 0)
        return;
    const PackedWeight& weight = packed(w);
    const float* biases = bias ? packed(bias).singleRow() : nullptr;
    if (weight.parts().empty())
        return singleOutput(y, x, weight.singleRow(), biases);

    const int blocks = roundedBlocks(x.cols);
    const bool rounds = std::ranges::any_of(
        weight.parts(), [](const PackedWeight::Part& part) { return isRounded(part.type); });
    const RoundedBlock* rounded = rounds ? roundedRows(x, blocks) : nullptr;

    m_pool.run(static_cast<int>(weight.runs().size()), [&](int index, int) {
        const PackedWeight::Run& run = weight.runs()[static_cast<size_t>(index)];
        const PackedWeight::Part& part = weight.parts()[static_cast<size_t>(run.part)];
        const int inPart = kPanelRows * run.firstPanel, row = part.firstRow + inPart;
        productOf(m_instructions, part.type)(
            {.panels = reinterpret_cast<const uint8_t*>(weight.panel(part, run.firstPanel)),
             .panelBytes = part.panelBytes,
             .panelCount = run.panels,
             .outputs = std::min(kPanelRows * run.panels, part.out - inPart),
             .in = x.cols,
             .blocks = blocks,
             .rows = x.rows,
             .x = floatRow(x, 0),
             .xStride = static_cast<size_t>(x.stride),
             .rounded = rounded,
             .y = floatRow(y, 0) + row,
             .yStride = static_cast<size_t>(y.stride),
             .bias = biases ? biases + row : nullptr});
    });
}

} // namespace inglenook
