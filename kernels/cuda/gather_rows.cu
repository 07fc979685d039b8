// One thread per element of y.

#include "kernels/checks.h"
#include "kernels/cuda/elementwise.cuh"

namespace inglenook::cuda {

void CudaBackend::gatherRows(Tensor y, Tensor x, Tensor rows)
{
    checkGatherRows(y, x, rows);
    begin(y);
    const View to(y);
    const View from(x);
    const int* chosen = pointer<int>(rows);
    const int chosenStride = rows.stride;
    launchElementwise(m_stream, y.rows, y.cols, [=] __device__(int row, int col) {
        to.at(row, col) = from.at(chosen[static_cast<size_t>(row) * chosenStride], col);
    });
    checkLaunch("gatherRows");
}

} // namespace inglenook::cuda
