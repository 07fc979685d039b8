#include "inference/model/activations.h"

#include <algorithm>

namespace inglenook {

namespace {

struct Widths {
    int qkv = 0;
    int attention = 0;
    int gateUp = 0;
};

Widths widest(const ModelSpec& spec)
{
    Widths w;
    for (const LayerSpec& layer : spec.layers) {
        w.qkv = std::max(w.qkv, layer.attention.qkvCols());
        w.attention = std::max(w.attention, layer.attention.queryCols());
        w.gateUp = std::max(w.gateUp, 2 * layer.feedForwardCols);
    }
    return w;
}

/// A part of a model without head has no words, but no matrix is empty.
int logitCols(const ModelSpec& spec)
{
    return std::max(1, spec.vocabulary);
}

} // namespace

Activations::Activations(Backend& backend, const ModelSpec& spec, int rows, int outputs)
{
    const Widths w = widest(spec);
    int next = 0;
    const auto matrix = [&](int r, int cols) {
        std::shared_ptr<Buffer>& buffer = m_buffers[next++];
        buffer =
            backend.allocate(static_cast<size_t>(r) * static_cast<size_t>(cols) * sizeof(float));
        return wholeTensor(*buffer, r, cols);
    };
    m_whole.x = matrix(rows, spec.dim);
    m_whole.h = matrix(rows, spec.dim);
    m_whole.qkv = matrix(rows, w.qkv);
    m_whole.attention = matrix(rows, w.attention);
    m_whole.mixed = matrix(rows, spec.dim);
    m_whole.gateUp = matrix(rows, w.gateUp);
    m_whole.last = matrix(outputs, spec.dim);
    m_whole.logits = matrix(outputs, logitCols(spec));
}

size_t Activations::bytes(const ModelSpec& spec, int rows, int outputs)
{
    const Widths w = widest(spec);
    const auto cols = static_cast<size_t>(3 * spec.dim + w.qkv + w.attention + w.gateUp);
    const auto outputCols = static_cast<size_t>(spec.dim + logitCols(spec));
    return (cols * static_cast<size_t>(rows) + outputCols * static_cast<size_t>(outputs)) *
        sizeof(float);
}

Activations::Step Activations::step(int rows, int outputs) const
{
    return {.x = m_whole.x.firstRows(rows),
            .h = m_whole.h.firstRows(rows),
            .qkv = m_whole.qkv.firstRows(rows),
            .attention = m_whole.attention.firstRows(rows),
            .mixed = m_whole.mixed.firstRows(rows),
            .gateUp = m_whole.gateUp.firstRows(rows),
            .last = m_whole.last.firstRows(outputs),
            .logits = m_whole.logits.firstRows(outputs)};
}

} // namespace inglenook
