#include "kernels/checks.h"
#include "kernels/reference/memory.h"
#include "kernels/reference/reference_backend.h"

namespace inglenook {

void ReferenceBackend::expertMatmul(Tensor y, Tensor x, const Weight& experts, Tensor ids,
                                    const Weight& bias)
{
    checkExpertMatmul(y, x, experts, ids, bias);
    perform([=] {
        for (int i = 0; i < y.rows; ++i) {
            const int token = i / ids.cols;
            const int32_t expert = reference::intRow(ids, token)[static_cast<size_t>(i % ids.cols)];
            const std::span<const float> from = reference::row(x, x.rows == ids.rows ? token : i);
            const std::span<float> to = reference::row(y, i);
            for (int o = 0; o < y.cols; ++o) {
                const std::span<const float> weights = reference::row(experts, expert * y.cols + o);
                double sum =
                    bias ? reference::row(bias, 0)[static_cast<size_t>(expert * y.cols + o)] : 0.f;
                for (size_t k = 0; k < from.size(); ++k)
                    sum += static_cast<double>(weights[k]) * from[k];
                to[static_cast<size_t>(o)] = static_cast<float>(sum);
            }
        }
    });
}

} // namespace inglenook
