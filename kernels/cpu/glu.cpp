// One row a task; a single wide row is not worth waking the pool.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"

namespace inglenook {

using namespace cpu;

void CpuBackend::glu(Tensor y, Tensor gateUp, Activation activation)
{
    checkGlu(y, gateUp);
    const auto body =
        activation == Activation::Silu ? m_instructions.gluSilu : m_instructions.gluGelu;
    eachRow(y.rows, int64_t{4} * y.rows * y.cols, [&](int r) {
        const float* gate = floatRow(gateUp, r);
        body(floatRow(y, r), gate, gate + y.cols, y.cols);
    });
}

} // namespace inglenook
