#include "inference/model/step_inputs.h"

#include <algorithm>
#include <cassert>

namespace inglenook {

namespace {

// devices want the start of what they bind on such a border
constexpr size_t kAlignment = 256;

size_t aligned(size_t bytes)
{
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

size_t tensorBytes(int rows, int cols)
{
    return aligned(static_cast<size_t>(rows) * static_cast<size_t>(cols) * 4);
}

} // namespace

size_t StepTensors::bytes(std::span<const RopeSpec> ropes, int rows, int outputs)
{
    size_t sum = 3 * tensorBytes(rows, 1) + tensorBytes(outputs, 1);
    for (const RopeSpec& rope : ropes)
        sum += tensorBytes(rows, rope.dims);
    return sum;
}

StepTensors::StepTensors(Backend& backend, std::span<const RopeTable> ropes, int rows, int outputs,
                         int firstToken)
    : m_ropes(ropes)
    , m_rows(rows)
    , m_firstToken(firstToken)
{
    size_t end = 0;
    const auto place = [&](int r, int cols, DType type) {
        Tensor t{.offset = end, .rows = r, .cols = cols, .stride = cols, .type = type};
        end += tensorBytes(r, cols);
        return t;
    };
    m_tokens = place(rows, 1, DType::I32);
    m_positions = place(rows, 1, DType::I32);
    m_slots = place(rows, 1, DType::I32);
    m_outputRows = place(outputs, 1, DType::I32);
    for (const RopeTable& rope : ropes)
        m_rotations.push_back(place(rows, rope.dims(), DType::F32));

    m_host.resize(end);
    m_buffer = backend.allocate(end);
    for (Tensor* t : {&m_tokens, &m_positions, &m_slots, &m_outputRows})
        t->buffer = m_buffer.get();
    for (Tensor& t : m_rotations)
        t.buffer = m_buffer.get();
}

std::span<int32_t> StepTensors::integers(const Tensor& tensor)
{
    return {reinterpret_cast<int32_t*>(m_host.data() + tensor.offset),
            static_cast<size_t>(tensor.rows) * static_cast<size_t>(tensor.cols)};
}

std::span<float> StepTensors::floats(const Tensor& tensor)
{
    return {reinterpret_cast<float*>(m_host.data() + tensor.offset),
            static_cast<size_t>(tensor.rows) * static_cast<size_t>(tensor.cols)};
}

StepInputs StepTensors::write(Backend& backend, std::span<const StepRow> rows, int paddedRows,
                              int paddedOutputs, int contextBound)
{
    assert(static_cast<int>(rows.size()) <= paddedRows && paddedRows <= m_rows);
    const std::span<int32_t> tokens = integers(m_tokens);
    const std::span<int32_t> positions = integers(m_positions);
    const std::span<int32_t> slots = integers(m_slots);
    const std::span<int32_t> outputRows = integers(m_outputRows);
    std::fill(outputRows.begin(), outputRows.end(), 0);
    size_t outputs = 0;
    for (size_t r = 0; r < static_cast<size_t>(paddedRows); ++r) {
        const StepRow row = r < rows.size() ? rows[r] : StepRow{.position = -1};
        tokens[r] = row.token - m_firstToken;
        positions[r] = row.position;
        slots[r] = row.slot;
        if (row.output)
            outputRows[outputs++] = static_cast<int32_t>(r);
        for (size_t k = 0; k < m_ropes.size(); ++k) {
            const auto dims = static_cast<size_t>(m_ropes[k].dims());
            m_ropes[k].fill(row.position, floats(m_rotations[k]).subspan(r * dims, dims));
        }
    }
    assert(static_cast<int>(outputs) <= paddedOutputs);

    const auto elements = static_cast<int>(m_host.size() / 4);
    backend.write(wholeTensor(*m_buffer, 1, elements, DType::I32), m_host);
    return {.tokens = m_tokens.firstRows(paddedRows),
            .positions = m_positions.firstRows(paddedRows),
            .slots = m_slots.firstRows(paddedRows),
            .outputRows = m_outputRows.firstRows(paddedOutputs),
            .contextBound = contextBound};
}

Tensor StepTensors::rotation(int rope, int rows) const
{
    return m_rotations[static_cast<size_t>(rope)].firstRows(rows);
}

} // namespace inglenook
