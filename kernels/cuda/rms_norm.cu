// One block of 256 threads per row: each sums every 256th square, then the sums are added in a
// fixed order.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/reduce.cuh"

namespace inglenook {
namespace {

__global__ void rmsNormKernel(float* y, int yStride, const float* x, int xStride, int cols,
                              const float* weight, float eps)
{
    __shared__ float shared[32];
    const float* in = x + static_cast<size_t>(blockIdx.x) * xStride;
    float* out = y + static_cast<size_t>(blockIdx.x) * yStride;
    float squares = 0.f;
    for (int i = static_cast<int>(threadIdx.x); i < cols; i += static_cast<int>(blockDim.x))
        squares = __fmaf_rn(in[i], in[i], squares);
    const float mean = blockSum(squares, shared) / static_cast<float>(cols);
    const float factor = 1.f / sqrtf(mean + eps);
    for (int i = static_cast<int>(threadIdx.x); i < cols; i += static_cast<int>(blockDim.x))
        out[i] = in[i] * factor * weight[i];
}

} // namespace

void CudaBackend::rmsNorm(Tensor y, Tensor x, const Weight& weight, float eps)
{
    checkRmsNorm(y, x, weight);
    activateDevice();
    rmsNormKernel<<<x.rows, 256, 0, m_stream>>>(pointer<float>(y), y.stride, pointer<float>(x),
                                                x.stride, x.cols, vectorPointer(weight), eps);
    checkLaunch("rmsNorm");
}

} // namespace inglenook
