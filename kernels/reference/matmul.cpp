#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

namespace inglenook {

void ReferenceBackend::matmul(Tensor y, Tensor x, const Weight& w, const Weight& bias)
{
    checkMatmul(y, x, w, bias);
    perform([=] {
        for (int r = 0; r < x.rows; ++r) {
            const std::span<const float> from = reference::row(x, r);
            const std::span<float> to = reference::row(y, r);
            for (int o = 0; o < w.out; ++o) {
                const std::span<const float> weights = reference::row(w, o);
                const auto column = static_cast<size_t>(o);
                double sum = bias ? reference::row(bias, 0)[column] : 0.f;
                for (size_t i = 0; i < from.size(); ++i)
                    sum += static_cast<double>(weights[i]) * from[i];
                to[column] = static_cast<float>(sum);
            }
        }
    });
}

} // namespace inglenook
