// One row a task.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"

namespace inglenook {

using namespace cpu;

void CpuBackend::add(Tensor x, Tensor y)
{
    checkAdd(x, y);
    eachRow(x.rows, int64_t{x.rows} * x.cols,
            [&](int r) { m_instructions.add(floatRow(x, r), floatRow(y, r), x.cols); });
}

} // namespace inglenook
