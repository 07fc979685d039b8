#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

namespace inglenook {

void ReferenceBackend::weightedSum(Tensor y, Tensor x, Tensor weights)
{
    checkWeightedSum(y, x, weights);
    perform([=] {
        for (int r = 0; r < y.rows; ++r) {
            const std::span<const float> factors = reference::row(weights, r);
            const std::span<float> to = reference::row(y, r);
            for (size_t c = 0; c < to.size(); ++c) {
                double sum = 0;
                for (int j = 0; j < weights.cols; ++j)
                    sum += static_cast<double>(factors[static_cast<size_t>(j)]) *
                        reference::row(x, r * weights.cols + j)[c];
                to[c] = static_cast<float>(sum);
            }
        }
    });
}

} // namespace inglenook
