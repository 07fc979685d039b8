// One block per row; a thread dequantises every 128th element.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/dequant.cuh"

namespace inglenook {
namespace {

template <class Format>
__global__ void embedKernel(float* y, int stride, const std::byte* table, size_t bytesPerRow,
                            int out, int in, const int* ids, int idStride, float scale)
{
    const int row = static_cast<int>(blockIdx.x);
    const int id = ids[static_cast<size_t>(row) * idStride];
    const bool known = id >= 0 && id < out;
    for (int i = static_cast<int>(threadIdx.x); i < in; i += static_cast<int>(blockDim.x))
        y[static_cast<size_t>(row) * stride + i] =
            known ? scale * Format::value(table + static_cast<size_t>(id) * bytesPerRow, i) : 0.f;
}

} // namespace

void CudaBackend::embed(Tensor y, const Weight& table, Tensor ids, float scale)
{
    checkEmbed(y, table, ids);
    activateDevice();
    const CudaWeight::Part& part = cudaWeight(table).parts[0];
    withFormat(part.type, [&]<class Format>(Format) {
        embedKernel<Format><<<y.rows, 128, 0, m_stream>>>(
            pointer<float>(y), y.stride, part.memory->data, part.bytesPerRow, table.out, table.in,
            pointer<int>(ids), ids.stride, scale);
    });
    checkLaunch("embed");
}

} // namespace inglenook
