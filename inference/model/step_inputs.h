#pragma once

#include "inference/model/rope_table.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace inglenook {

/// One token that a step computes.
struct StepRow {
    int32_t token = 0;
    int position = 0; // in its sequence
    int slot = 0; // of its sequence
    bool output = false; // its logits are wanted
};

/// The device memory that tells a step what to compute, at fixed addresses, and the host side that
/// fills it. All of it is one buffer, so that a step costs one copy.
class StepTensors {
public:
    /// For steps of up to `rows` rows, `outputs` of them with logits. The tables outlive this.
    /// Token `firstToken` is row 0 of the device's embedding.
    StepTensors(Backend& backend, std::span<const RopeTable> ropes, int rows, int outputs,
                int firstToken = 0);

    [[nodiscard]] int rows() const { return m_rows; }
    [[nodiscard]] Tensor firstToken() const { return m_tokens.firstRows(1); }

    /// Bytes that the constructor will take.
    [[nodiscard]] static size_t bytes(std::span<const RopeSpec> ropes, int rows, int outputs);

    /// Writes a step and returns what operators read: `paddedRows` rows, of which those beyond the
    /// given are empty (position -1), and `paddedOutputs` outputs, of which those beyond the wanted
    /// repeat row 0.
    StepInputs write(Backend& backend, std::span<const StepRow> rows, int paddedRows,
                     int paddedOutputs, int contextBound);
    /// The rotations of the first `rows` rows.
    [[nodiscard]] Tensor rotation(int rope, int rows) const;

private:
    [[nodiscard]] std::span<int32_t> integers(const Tensor& tensor);
    [[nodiscard]] std::span<float> floats(const Tensor& tensor);

    std::span<const RopeTable> m_ropes;
    int m_rows;
    int m_firstToken;
    std::vector<std::byte> m_host; // an image of the buffer
    std::shared_ptr<Buffer> m_buffer;
    Tensor m_tokens;
    Tensor m_positions;
    Tensor m_slots;
    Tensor m_outputRows;
    std::vector<Tensor> m_rotations;
};

} // namespace inglenook
