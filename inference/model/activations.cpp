#include "inference/model/activations.h"

#include <algorithm>

namespace inglenook {

namespace {

struct Widths {
    // no matrix is empty, even where a part of a model does not use it
    int qkv = 1;
    int attention = 1;
    int gateUp = 1;
    int experts = 0; // none: there are no such matrices
    int usedExperts = 0;
};

Widths widest(const ModelSpec& spec)
{
    Widths w;
    for (const LayerSpec& layer : spec.layers) {
        w.qkv = std::max(w.qkv, layer.attention.qkvCols());
        w.attention = std::max(w.attention, layer.attention.queryCols());
        if (layer.feedForwardCols == 0)
            continue; // another device's
        w.gateUp = std::max(w.gateUp, 2 * layer.feedForwardCols * std::max(1, layer.experts.used));
        w.experts = std::max(w.experts, layer.experts.count);
        w.usedExperts = std::max(w.usedExperts, layer.experts.used);
    }
    return w;
}

/// A part of a model without head has no words.
int logitCols(const ModelSpec& spec)
{
    return std::max(1, spec.vocabulary);
}

} // namespace

Activations::Activations(Backend& backend, const ModelSpec& spec, int rows, int outputs)
{
    const Widths w = widest(spec);
    const auto matrix = [&](int r, int cols, DType type = DType::F32) {
        m_buffers.push_back(
            backend.allocate(static_cast<size_t>(r) * static_cast<size_t>(cols) * sizeof(float)));
        return wholeTensor(*m_buffers.back(), r, cols, type);
    };
    m_whole.x = matrix(rows, spec.dim);
    m_whole.h = matrix(rows, spec.dim);
    m_whole.qkv = matrix(rows, w.qkv);
    m_whole.attention = matrix(rows, w.attention);
    m_whole.mixed = matrix(rows, spec.dim);
    m_whole.gateUp = matrix(rows, w.gateUp);
    if (w.experts > 0) {
        m_whole.routerLogits = matrix(rows, w.experts);
        m_whole.experts = matrix(rows, w.usedExperts, DType::I32);
        m_whole.expertWeights = matrix(rows, w.usedExperts);
        m_whole.expertResults = matrix(rows, w.usedExperts * spec.dim);
    }
    m_whole.last = matrix(outputs, spec.dim);
    m_whole.logits = matrix(outputs, logitCols(spec));
    m_whole.candidates = matrix(outputs, kCandidateCols, DType::I32);
}

size_t Activations::bytes(const ModelSpec& spec, int rows, int outputs)
{
    const Widths w = widest(spec);
    const auto cols = static_cast<size_t>(3 * spec.dim + w.qkv + w.attention + w.gateUp +
                                          w.experts + (2 + spec.dim) * w.usedExperts);
    const auto outputCols = static_cast<size_t>(spec.dim + logitCols(spec) + kCandidateCols);
    return (cols * static_cast<size_t>(rows) + outputCols * static_cast<size_t>(outputs)) *
        sizeof(float);
}

Activations::Step Activations::step(int rows, int outputs) const
{
    const auto rowsOf = [=](const Tensor& t) { return t ? t.firstRows(rows) : Tensor(); };
    return {.x = m_whole.x.firstRows(rows),
            .h = m_whole.h.firstRows(rows),
            .qkv = m_whole.qkv.firstRows(rows),
            .attention = m_whole.attention.firstRows(rows),
            .mixed = m_whole.mixed.firstRows(rows),
            .gateUp = m_whole.gateUp.firstRows(rows),
            .routerLogits = rowsOf(m_whole.routerLogits),
            .experts = rowsOf(m_whole.experts),
            .expertWeights = rowsOf(m_whole.expertWeights),
            .expertResults = rowsOf(m_whole.expertResults),
            .last = m_whole.last.firstRows(outputs),
            .logits = m_whole.logits.firstRows(outputs),
            .candidates = m_whole.candidates.firstRows(outputs)};
}

} // namespace inglenook
