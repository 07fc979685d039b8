// One thread per element.

#include "kernels/checks.h"
#include "kernels/cuda/elementwise.cuh"

namespace inglenook::cuda {

void CudaBackend::add(Tensor x, Tensor y)
{
    checkAdd(x, y);
    begin(x);
    const View to(x);
    const View from(y);
    launchElementwise(m_stream, x.rows, x.cols,
                      [=] __device__(int row, int col) { to.at(row, col) += from.at(row, col); });
    checkLaunch("add");
}

} // namespace inglenook::cuda
