#pragma once

#include "inference/model/model_spec.h"

#include <memory>
#include <vector>

namespace inglenook {

/// The scratch matrices of a step, taken once and reused by every step.
class Activations {
public:
    /// For steps of up to `rows` rows, `outputs` of them with logits.
    Activations(Backend& backend, const ModelSpec& spec, int rows, int outputs);

    /// Bytes that the constructor will take.
    [[nodiscard]] static size_t bytes(const ModelSpec& spec, int rows, int outputs);

    /// The matrices of a step of this size.
    struct Step {
        Tensor x; // (rows, dim): the residual stream
        Tensor h; // (rows, dim): x normalised
        Tensor qkv; // (rows, q + 2 kv)
        Tensor attention; // (rows, q)
        Tensor mixed; // (rows, dim): what a branch adds to x
        Tensor gateUp; // (rows, 2 ffn), of experts (rows, used experts * 2 ffn)
        Tensor routerLogits; // (rows, experts); without experts there are none of these
        Tensor experts; // I32 (rows, used experts)
        Tensor expertWeights; // (rows, used experts)
        Tensor expertResults; // (rows, used experts * dim)
        Tensor last; // (outputs, dim)
        Tensor logits; // (outputs, vocabulary)
        Tensor candidates; // I32 (outputs, kCandidateCols): the likeliest of them
    };
    [[nodiscard]] Step step(int rows, int outputs) const;

private:
    Step m_whole;
    std::vector<std::shared_ptr<Buffer>> m_buffers;
};

} // namespace inglenook
