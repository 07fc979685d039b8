#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <algorithm>
#include <cmath>

namespace inglenook {

namespace {

double score(std::span<const float> q, std::span<const float> k, const AttentionShape& shape)
{
    double sum = 0;
    for (size_t i = 0; i < q.size(); ++i)
        sum += static_cast<double>(q[i]) * static_cast<double>(k[i]);
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
                                 const AttentionShape& shape, const StepInputs& in,
                                 const Weight& sinks)
{
    checkAttention(y, qkv, kv, shape, in, sinks);
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
                    shares.push_back(
                        score(q,
                              reference::stored(kv, shape,
                                                reference::placeOf(kv, slot, p, kvHead, false)),
                              shape));
                if (sinks) // as a last token
                    shares.push_back(reference::row(sinks, 0)[static_cast<size_t>(h)]);
                softmax(shares);

                std::vector<double> sums(q.size());
                for (int p = first; p <= last; ++p) {
                    const std::vector<float> v =
                        reference::stored(kv, shape, reference::placeOf(kv, slot, p, kvHead, true));
                    for (size_t i = 0; i < sums.size(); ++i)
                        sums[i] +=
                            shares[static_cast<size_t>(p - first)] * static_cast<double>(v[i]);
                }
                const std::span<float> to = reference::row(y.columns(column, shape.headSize), r);
                std::ranges::transform(sums, to.begin(),
                                       [](double v) { return static_cast<float>(v); });
                if (kv.type == KvType::Q4)
                    turnHead(to);
            }
        }
    });
}

} // namespace inglenook
