#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

#include <cmath>

namespace inglenook {

void ReferenceBackend::rmsNorm(Tensor y, Tensor x, const Weight& weight, float eps)
{
    checkRmsNorm(y, x, weight);
    perform([=] {
        const std::span<const float> w = reference::row(weight, 0);
        for (int r = 0; r < x.rows; ++r) {
            const std::span<const float> from = reference::row(x, r);
            const std::span<float> to = reference::row(y, r);
            double squares = 0;
            for (const double v : from)
                squares += v * v;
            const double factor = 1 / std::sqrt(squares / x.cols + eps);
            for (size_t c = 0; c < to.size(); ++c)
                to[c] = static_cast<float>(from[c] * factor * w[c]);
        }
    });
}

} // namespace inglenook
