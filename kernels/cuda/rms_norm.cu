// One block of 256 threads per row: each sums every 256th square, then the sums are added in a
// fixed order. What is written is rounded on the way for the matmul that follows: 32 neighbouring
// elements are a warp's. With an addition in front the sum goes to memory once and is read back by
// the thread that wrote it.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"

namespace inglenook::cuda {
namespace {

struct NormArguments {
    float* y;
    int yStride;
    float* x;
    int xStride;
    const float* added; // to x before; null: nothing
    int addedStride;
    int cols;
    const float* weight;
    float eps;
    RoundedRows rounded; // without quants: none
};

__global__ void rmsNormKernel(NormArguments a)
{
    waitForEarlierKernels();
    __shared__ float shared[32];
    const int row = static_cast<int>(blockIdx.x);
    float* x = a.x + static_cast<size_t>(row) * a.xStride;
    float* y = a.y + static_cast<size_t>(row) * a.yStride;
    const float* added = a.added ? a.added + static_cast<size_t>(row) * a.addedStride : nullptr;
    float squares = 0.f;
    for (int i = static_cast<int>(threadIdx.x); i < a.cols; i += static_cast<int>(blockDim.x)) {
        float value = x[i];
        if (added) {
            value += added[i];
            x[i] = value;
        }
        squares = __fmaf_rn(value, value, squares);
    }
    const float mean = blockSum(squares, shared) / static_cast<float>(a.cols);
    const float factor = 1.f / sqrtf(mean + a.eps);
    for (int i = static_cast<int>(threadIdx.x); i < a.cols; i += static_cast<int>(blockDim.x)) {
        const float value = x[i] * factor * a.weight[i];
        y[i] = value;
        if (a.rounded.quants)
            a.rounded.store(row, i / kBlock, value);
    }
}

} // namespace

void CudaBackend::rmsNorm(Tensor y, Tensor x, const Weight& weight, float eps)
{
    checkRmsNorm(y, x, weight);
    begin(y);
    const NormArguments arguments{.y = pointer<float>(y),
                                  .yStride = y.stride,
                                  .x = pointer<float>(x),
                                  .xStride = x.stride,
                                  .added = nullptr,
                                  .addedStride = 0,
                                  .cols = x.cols,
                                  .weight = vectorPointer(weight),
                                  .eps = eps,
                                  .rounded = m_rounded.leave(y)};
    launch(rmsNormKernel, {static_cast<unsigned>(x.rows), 256}, m_stream, arguments);
    checkLaunch("rmsNorm");
}

void CudaBackend::addRmsNorm(Tensor h, Tensor x, Tensor y, const Weight& weight, float eps)
{
    checkAdd(x, y);
    checkRmsNorm(h, x, weight);
    begin(x);
    const NormArguments arguments{.y = pointer<float>(h),
                                  .yStride = h.stride,
                                  .x = pointer<float>(x),
                                  .xStride = x.stride,
                                  .added = pointer<float>(y),
                                  .addedStride = y.stride,
                                  .cols = x.cols,
                                  .weight = vectorPointer(weight),
                                  .eps = eps,
                                  .rounded = m_rounded.leave(h)};
    launch(rmsNormKernel, {static_cast<unsigned>(x.rows), 256}, m_stream, arguments);
    checkLaunch("addRmsNorm");
}

} // namespace inglenook::cuda
