// A few comparisons per expert and pick, in the calling thread.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"

#include <cmath>

namespace inglenook {

using namespace cpu;
namespace {

/// Whether `expert` comes behind the last pick in the order of logits, equal ones in the order of
/// experts. What is no number comes first.
struct Order {
    const float* logits;

    [[nodiscard]] bool before(int a, int b) const
    {
        const bool aIsNumber = !std::isnan(logits[a]), bIsNumber = !std::isnan(logits[b]);
        if (aIsNumber != bIsNumber)
            return bIsNumber;
        if (aIsNumber && logits[a] != logits[b])
            return logits[a] > logits[b];
        return a < b;
    }
};

void routeRow(int32_t* ids, float* weights, int picks, const float* logits, int experts)
{
    const Order order{logits};
    float sum = 0.f;
    for (int j = 0; j < picks; ++j) {
        int best = -1;
        for (int e = 0; e < experts; ++e)
            if ((j == 0 || order.before(ids[j - 1], e)) && (best < 0 || order.before(e, best)))
                best = e;
        ids[j] = best;
        weights[j] = std::exp(logits[best] - logits[ids[0]]);
        sum += weights[j];
    }
    for (int j = 0; j < picks; ++j)
        weights[j] /= sum;
}

} // namespace

void CpuBackend::routeExperts(Tensor ids, Tensor weights, Tensor logits)
{
    checkRouteExperts(ids, weights, logits);
    eachRow(logits.rows, int64_t{logits.rows} * logits.cols * ids.cols, [&](int r) {
        routeRow(reinterpret_cast<int32_t*>(floatRow(ids, r)), floatRow(weights, r), ids.cols,
                 floatRow(logits, r), logits.cols);
    });
}

} // namespace inglenook
