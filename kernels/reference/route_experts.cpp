#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <cmath>
#include <vector>

namespace inglenook {

namespace {

/// The expert with the greatest logit of those not yet picked; of equal ones the first.
size_t nextPick(std::span<const float> logits, const std::vector<bool>& picked)
{
    size_t best = logits.size();
    for (size_t e = 0; e < logits.size(); ++e)
        if (!picked[e] && (best == logits.size() || !(logits[e] <= logits[best])))
            best = e;
    return best;
}

} // namespace

void ReferenceBackend::routeExperts(Tensor ids, Tensor weights, Tensor logits)
{
    checkRouteExperts(ids, weights, logits);
    perform([=] {
        for (int r = 0; r < logits.rows; ++r) {
            const std::span<const float> from = reference::row(logits, r);
            const std::span<int32_t> chosen = reference::intRow(ids, r);
            const std::span<float> to = reference::row(weights, r);
            std::vector<bool> picked(from.size());
            std::vector<double> powers;
            double sum = 0;
            for (int32_t& id : chosen) {
                const size_t expert = nextPick(from, picked);
                picked[expert] = true;
                id = static_cast<int32_t>(expert);
                const double greatest = from[static_cast<size_t>(chosen[0])];
                powers.push_back(std::exp(from[expert] - greatest));
                sum += powers.back();
            }
            for (size_t j = 0; j < to.size(); ++j)
                to[j] = static_cast<float>(powers[j] / sum);
        }
    });
}

} // namespace inglenook
