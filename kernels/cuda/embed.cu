// One block per row and part of the table; a thread decodes every 128th element.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/matmul_floats.cuh"
#include "kernels/cuda/panels.cuh"

namespace inglenook::cuda {
namespace {

/// Where element (place, i) of a part lies: rows of numbers, or panels.
template <class Format> struct Rows {
    const std::byte* data;
    int in;
    __device__ float value(int place, int i) const
    {
        const auto row = static_cast<size_t>(place) * static_cast<size_t>(in);
        return floatValue<Format>(data + row * sizeof(typename Format::Element), i);
    }
};
template <class Format> struct Panels {
    const std::byte* data;
    int in;
    __device__ float value(int place, int i) const
    {
        return panelValue<Format>(data + place / kPanelOutputs * panelBytes<Format>(in),
                                  place % kPanelOutputs, i);
    }
};

struct EmbedArguments {
    float* y;
    int stride;
    int firstOut; // of the part
    int out;
    int allOut; // of the table
    int in;
    const int* ids;
    int idStride;
    float scale;
};

template <class Table> __global__ void embedKernel(EmbedArguments a, Table table)
{
    waitForEarlierKernels();
    const int row = static_cast<int>(blockIdx.x);
    const int id = a.ids[static_cast<size_t>(row) * a.idStride];
    const bool known = id >= 0 && id < a.allOut;
    const int place = known ? id - a.firstOut : 0; // the first part answers for the unknown
    if (place < 0 || place >= a.out || (!known && a.firstOut > 0))
        return;
    for (int i = static_cast<int>(threadIdx.x); i < a.in; i += static_cast<int>(blockDim.x))
        a.y[static_cast<size_t>(row) * a.stride + i] =
            known ? a.scale * table.value(place, i) : 0.f;
}

template <class F> void withTable(const CudaWeight::Part& part, int in, F&& f)
{
    const std::byte* data = part.data;
    if (part.type == DType::F32)
        f(Rows<FormatF32>{data, in});
    else if (part.type == DType::F16)
        f(Rows<FormatF16>{data, in});
    else if (part.type == DType::BF16)
        f(Rows<FormatBF16>{data, in});
    else
        withBlockFormat(part.type, [&]<class Format>(Format) { f(Panels<Format>{data, in}); });
}

} // namespace

void CudaBackend::embed(Tensor y, const Weight& table, Tensor ids, float scale)
{
    checkEmbed(y, table, ids);
    begin(y);
    for (const CudaWeight::Part& part : cudaWeight(table).parts) {
        const EmbedArguments arguments{.y = pointer<float>(y),
                                       .stride = y.stride,
                                       .firstOut = part.firstOut,
                                       .out = part.out,
                                       .allOut = table.out,
                                       .in = table.in,
                                       .ids = pointer<int>(ids),
                                       .idStride = ids.stride,
                                       .scale = scale};
        withTable(part, table.in, [&]<class Table>(Table from) {
            launch(embedKernel<Table>, {static_cast<unsigned>(y.rows), 128}, m_stream, arguments,
                   from);
        });
    }
    checkLaunch("embed");
}

} // namespace inglenook::cuda
