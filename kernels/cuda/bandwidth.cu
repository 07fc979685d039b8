// Every thread adds up 16-byte pieces at a stride of the whole grid; the sum is kept so that the
// reads are too.

#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"

#include <algorithm>

namespace inglenook::cuda {
namespace {

constexpr size_t kMostBytes = size_t{1} << 30;
constexpr int kPasses = 8;

__global__ void sumKernel(const uint4* data, size_t count, unsigned* sums)
{
    waitForEarlierKernels();
    const size_t step = static_cast<size_t>(gridDim.x) * blockDim.x;
    unsigned sum = 0;
    for (size_t i = static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
         i += step) {
        const uint4 v = __ldcs(data + i);
        sum += v.x + v.y + v.z + v.w;
    }
    sums[static_cast<size_t>(blockIdx.x) * blockDim.x + threadIdx.x] = sum;
}

} // namespace

double CudaBackend::measureReadBandwidth()
{
    activateDevice();
    size_t free = 0;
    size_t total = 0;
    check(cudaMemGetInfo(&free, &total), "asking for its memory");
    const size_t bytes = std::min(kMostBytes, free / 2) / 4096 * 4096;
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, m_device), "asking for its size");
    const auto blocks = static_cast<unsigned>(properties.multiProcessorCount * 8);
    constexpr unsigned kThreads = 256;

    CudaBuffer data(bytes, m_device);
    CudaBuffer sums(size_t{blocks} * kThreads * sizeof(unsigned), m_device);
    check(cudaMemsetAsync(data.data, 1, bytes, m_stream), "clearing memory");
    cudaEvent_t start = nullptr;
    cudaEvent_t stop = nullptr;
    check(cudaEventCreate(&start), "measuring");
    check(cudaEventCreate(&stop), "measuring");
    double best = 0.;
    for (int pass = 0; pass < kPasses; ++pass) {
        cudaEventRecord(start, m_stream);
        launch(sumKernel, {blocks, kThreads}, m_stream, reinterpret_cast<const uint4*>(data.data),
               bytes / sizeof(uint4), reinterpret_cast<unsigned*>(sums.data));
        cudaEventRecord(stop, m_stream);
        check(cudaEventSynchronize(stop), "measuring");
        float milliseconds = 0.f;
        cudaEventElapsedTime(&milliseconds, start, stop);
        best = std::max(best, static_cast<double>(bytes) / (milliseconds * 1e-3));
    }
    cudaEventDestroy(start);
    cudaEventDestroy(stop);
    return best;
}

} // namespace inglenook::cuda
