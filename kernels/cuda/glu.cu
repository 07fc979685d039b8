// One thread per element of y. A thread reads its gate before it writes, so y may be the gates. The
// 32 elements of a warp are also rounded for the matmul that follows.

#include "kernels/checks.h"
#include "kernels/cuda/elementwise.cuh"
#include "kernels/cuda/gated.cuh"

namespace inglenook::cuda {

void CudaBackend::glu(Tensor y, Tensor gateUp, Activation activation)
{
    checkGlu(y, gateUp);
    begin(y);
    const View to(y);
    const View from(gateUp);
    const int cols = y.cols;
    const RoundedRows rounded = m_rounded.leave(y);
    launchElementwise(m_stream, y.rows, y.cols, [=] __device__(int row, int col) {
        const float value = gated(from.at(row, col), from.at(row, cols + col), activation);
        to.at(row, col) = value;
        if (rounded.quants)
            rounded.store(row, col / kBlock, value);
    });
    checkLaunch("glu");
}

} // namespace inglenook::cuda
