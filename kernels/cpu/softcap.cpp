// One row a task.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"

namespace inglenook {

using namespace cpu;

void CpuBackend::softcap(Tensor x, float cap)
{
    checkSoftcap(x, cap);
    eachRow(x.rows, int64_t{4} * x.rows * x.cols,
            [&](int r) { m_instructions.softcap(floatRow(x, r), x.cols, cap); });
}

} // namespace inglenook
