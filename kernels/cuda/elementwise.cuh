#pragma once

#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"

namespace inglenook::cuda {

/// Runs f(row, column) for each element of a matrix, one thread each.
template <class F> __global__ void elementwiseKernel(int cols, F f)
{
    waitForEarlierKernels();
    const int col = static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x);
    if (col < cols)
        f(static_cast<int>(blockIdx.y), col);
}

/// Rows are walked in slices: a grid has at most 65535 of them.
template <class F> void launchElementwise(const Queue& queue, int rows, int cols, F f)
{
    constexpr int kMostRows = 65535;
    for (int first = 0; first < rows; first += kMostRows) {
        const dim3 grid(static_cast<unsigned>((cols + 255) / 256),
                        static_cast<unsigned>(rows - first < kMostRows ? rows - first : kMostRows));
        const auto slice = [=] __device__(int row, int col) { f(row + first, col); };
        launch(elementwiseKernel<decltype(slice)>, {grid, 256}, queue, cols, slice);
    }
}

/// A view that kernels can index.
struct View {
    float* data;
    int stride;

    explicit View(const Tensor& t)
        : data(pointer<float>(t))
        , stride(t.stride)
    {
    }
    __device__ float& at(int row, int col) const
    {
        return data[static_cast<size_t>(row) * stride + col];
    }
};

} // namespace inglenook::cuda
