// One row a task.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"

namespace inglenook {

using namespace cpu;

void CpuBackend::weightedSum(Tensor y, Tensor x, Tensor weights)
{
    checkWeightedSum(y, x, weights);
    eachRow(y.rows, int64_t{x.rows} * x.cols, [&](int r) {
        const float* factors = floatRow(weights, r);
        float* to = floatRow(y, r);
        for (int j = 0; j < weights.cols; ++j) {
            const float* from = floatRow(x, r * weights.cols + j);
            for (int c = 0; c < y.cols; ++c)
                to[c] = factors[j] * from[c] + (j == 0 ? 0.f : to[c]);
        }
    });
}

} // namespace inglenook
