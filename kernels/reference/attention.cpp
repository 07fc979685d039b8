#include "kernels/checks.h"
#include "kernels/quant_formats.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <algorithm>
#include <cmath>

namespace inglenook {

namespace {

double score(std::span<const float> q, std::span<const uint16_t> k, const AttentionShape& shape)
{
    double sum = 0;
    for (size_t i = 0; i < q.size(); ++i)
        sum += static_cast<double>(q[i]) * halfToFloat(k[i]);
    sum *= shape.scale;
    return shape.softcap > 0 ? shape.softcap * std::tanh(sum / shape.softcap) : sum;
}

void softmax(std::vector<double>& scores)
{
    const double greatest = *std::ranges::max_element(scores);
    double total = 0;
    for (double& s : scores) {
        s = std::exp(s - greatest);
        total += s;
    }
    for (double& s : scores)
        s /= total;
}

} // namespace

void ReferenceBackend::attention(Tensor y, Tensor qkv, const KvPages& kv,
                                 const AttentionShape& shape, const StepInputs& in)
{
    checkAttention(y, qkv, kv, shape, in);
    perform([=] {
        for (int r = 0; r < y.rows; ++r) {
            std::ranges::fill(reference::row(y, r), 0.f);
            const int last = reference::intRow(in.positions, r)[0];
            const int slot = reference::intRow(in.slots, r)[0];
            if (last < 0)
                continue;
            const int first = shape.window > 0 ? std::max(0, last - shape.window + 1) : 0;
            for (int h = 0; h < shape.heads; ++h) {
                const int kvHead = h / (shape.heads / shape.kvHeads);
                const int column = h * shape.headSize;
                const auto q = reference::row(qkv.columns(column, shape.headSize), r);
                std::vector<double> shares;
                for (int p = first; p <= last; ++p)
                    shares.push_back(score(q, reference::keyAt(kv, shape, slot, p, kvHead), shape));
                softmax(shares);

                const std::span<float> to = reference::row(y.columns(column, shape.headSize), r);
                for (size_t i = 0; i < to.size(); ++i) {
                    double sum = 0;
                    for (int p = first; p <= last; ++p)
                        sum += shares[static_cast<size_t>(p - first)] *
                            halfToFloat(reference::valueAt(kv, shape, slot, p, kvHead)[i]);
                    to[i] = static_cast<float>(sum);
                }
            }
        }
    });
}

} // namespace inglenook
