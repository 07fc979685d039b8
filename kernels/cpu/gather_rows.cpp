// Copies in the calling thread: few rows have their logits wanted.

#include "kernels/checks.h"
#include "kernels/cpu/cpu_backend.h"

#include <cstring>

namespace inglenook {

using namespace cpu;

void CpuBackend::gatherRows(Tensor y, Tensor x, Tensor rows)
{
    checkGatherRows(y, x, rows);
    for (int r = 0; r < y.rows; ++r)
        std::memcpy(floatRow(y, r), floatRow(x, intAt(rows, r)), static_cast<size_t>(y.cols) * 4);
}

} // namespace inglenook
