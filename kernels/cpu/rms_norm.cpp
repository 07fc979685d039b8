// One row a task; the sum of squares in sixteen lanes, added in a fixed order.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/cpu/packed_weight.h"

namespace inglenook {

using namespace cpu;

void CpuBackend::rmsNorm(Tensor y, Tensor x, const Weight& weight, float eps)
{
    checkRmsNorm(y, x, weight);
    const float* factors = packed(weight).singleRow();
    eachRow(x.rows, int64_t{x.rows} * x.cols, [&](int r) {
        m_instructions.rmsNorm(floatRow(y, r), floatRow(x, r), factors, x.cols, eps);
    });
}

} // namespace inglenook
