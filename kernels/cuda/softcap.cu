// One thread per element.

#include "kernels/checks.h"
#include "kernels/cuda/elementwise.cuh"

namespace inglenook::cuda {

void CudaBackend::softcap(Tensor x, float cap)
{
    checkSoftcap(x, cap);
    begin(x);
    const View to(x);
    launchElementwise(m_stream, x.rows, x.cols, [=] __device__(int row, int col) {
        to.at(row, col) = cap * tanhf(to.at(row, col) / cap);
    });
    checkLaunch("softcap");
}

} // namespace inglenook::cuda
