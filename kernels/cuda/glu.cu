// One thread per element of y. A thread reads its gate before it writes, so y may be the gates.

#include "kernels/checks.h"
#include "kernels/cuda/elementwise.cuh"

namespace inglenook {

void CudaBackend::glu(Tensor y, Tensor gateUp, Activation activation)
{
    checkGlu(y, gateUp);
    activateDevice();
    const View to(y);
    const View from(gateUp);
    const int cols = y.cols;
    const bool silu = activation == Activation::Silu;
    launchElementwise(m_stream, y.rows, y.cols, [=] __device__(int row, int col) {
        const float gate = from.at(row, col);
        // SiLU; else GELU by its tanh form (Hendrycks & Gimpel 2016)
        const float activated = silu ? gate / (1.f + expf(-gate))
                                     : 0.5f * gate *
                (1.f + tanhf(0.7978845608028654f * (gate + 0.044715f * gate * gate * gate)));
        to.at(row, col) = activated * from.at(row, cols + col);
    });
    checkLaunch("glu");
}

} // namespace inglenook
