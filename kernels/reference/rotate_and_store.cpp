#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <algorithm>
#include <cmath>

namespace inglenook {

namespace {

using Head = std::vector<double>;

void normalise(Head& head, const Weight& weight, float eps)
{
    if (!weight)
        return;
    double squares = 0;
    for (const double v : head)
        squares += v * v;
    const double factor = 1 / std::sqrt(squares / static_cast<double>(head.size()) + eps);
    for (size_t i = 0; i < head.size(); ++i)
        head[i] *= factor * reference::row(weight, 0)[i];
}

/// Turns each pair (a, b) by its angle: (a cos - b sin, a sin + b cos).
void rotate(Head& head, const Rope& rope, int r)
{
    if (rope.dims == 0)
        return;
    const std::span<const float> rotation = reference::row(rope.rotation, r);
    const size_t pairs = rotation.size() / 2;
    for (size_t i = 0; i < pairs; ++i) {
        const bool neighbours = rope.pairs == RopePairs::Neighbours;
        double& a = head[neighbours ? 2 * i : i];
        double& b = head[neighbours ? 2 * i + 1 : i + pairs];
        const double cosine = rotation[2 * i];
        const double sine = rotation[2 * i + 1];
        const double turned = a * cosine - b * sine;
        b = a * sine + b * cosine;
        a = turned;
    }
}

/// The normalised and rotated head that starts at column `first` of row `r`.
Head turnedHead(const Tensor& qkv, int r, int first, int headSize, const Weight& weight, float eps,
                const Rope& rope)
{
    const std::span<const float> from = reference::row(qkv.columns(first, headSize), r);
    Head head(from.begin(), from.end());
    normalise(head, weight, eps);
    rotate(head, rope, r);
    return head;
}

std::vector<float> rounded(const Head& head, bool turns)
{
    std::vector<float> all(head.size());
    std::ranges::transform(head, all.begin(), [](double v) { return static_cast<float>(v); });
    if (turns)
        turnHead(all);
    return all;
}

} // namespace

void ReferenceBackend::rotateAndStore(Tensor qkv, const KvPages& kv, const QkNorm& norm,
                                      const Rope& rope, const AttentionShape& shape,
                                      const StepInputs& in)
{
    checkRotateAndStore(qkv, kv, norm, rope, shape, in);
    perform([=] {
        for (int r = 0; r < qkv.rows; ++r) {
            const int position = reference::intRow(in.positions, r)[0];
            const int slot = reference::intRow(in.slots, r)[0];
            if (position < 0)
                continue;
            const bool turns = kv.type == KvType::Q4;
            for (int h = 0; h < shape.heads; ++h) {
                const int first = h * shape.headSize;
                const Head q = turnedHead(qkv, r, first, shape.headSize, norm.q, norm.eps, rope);
                const std::span to = reference::row(qkv.columns(first, shape.headSize), r);
                std::ranges::copy(rounded(q, turns), to.begin());
            }
            for (int h = 0; h < shape.kvHeads; ++h) {
                const int first = shape.queryCols() + h * shape.headSize;
                const Head k = turnedHead(qkv, r, first, shape.headSize, norm.k, norm.eps, rope);
                reference::store(kv, shape, reference::placeOf(kv, slot, position, h, false),
                                 rounded(k, turns));

                const Tensor v = qkv.columns(first + shape.kvCols(), shape.headSize);
                const std::span<const float> values = reference::row(v, r);
                reference::store(kv, shape, reference::placeOf(kv, slot, position, h, true),
                                 rounded({values.begin(), values.end()}, turns));
            }
        }
    });
}

} // namespace inglenook
