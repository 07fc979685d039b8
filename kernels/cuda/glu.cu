// One thread per element of y. A thread reads its gate before it writes, so y may be the gates. The
// 32 elements of a warp are also rounded for the matmul that follows.

#include "kernels/checks.h"
#include "kernels/cuda/elementwise.cuh"

namespace inglenook::cuda {

void CudaBackend::glu(Tensor y, Tensor gateUp, Activation activation)
{
    checkGlu(y, gateUp);
    begin(y);
    const View to(y);
    const View from(gateUp);
    const int cols = y.cols;
    const bool silu = activation == Activation::Silu;
    const RoundedRows rounded = m_rounded.leave(y);
    launchElementwise(m_stream, y.rows, y.cols, [=] __device__(int row, int col) {
        const float gate = from.at(row, col);
        // SiLU; else GELU by its tanh form (Hendrycks & Gimpel 2016)
        const float activated = silu ? gate / (1.f + expf(-gate))
                                     : 0.5f * gate *
                (1.f + tanhf(0.7978845608028654f * (gate + 0.044715f * gate * gate * gate)));
        const float value = activated * from.at(row, cols + col);
        to.at(row, col) = value;
        if (rounded.quants)
            rounded.store(row, col / kBlock, value);
    });
    checkLaunch("glu");
}

} // namespace inglenook::cuda
