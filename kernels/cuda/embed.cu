// One block per row and part of the table; a thread decodes every 128th element.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/lane_record.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/matmul_floats.cuh"

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

/// The bits of an element of a block, which lies at `place` in the fragment.
template <class Format>
__device__ int storedQuant(const std::byte* record, int block, const FragmentPlace& place)
{
    const auto bytesOf = [&](int offset) {
        return reinterpret_cast<const unsigned char*>(record + offset) + place.lane * kLaneRun;
    };
    const unsigned char* run =
        bytesOf(kQuantsOffset<Format> + block / kUnitBlocks<Format> * kWarpRun);
    if constexpr (Format::kBits == 8)
        return static_cast<signed char>(run[place.word * 4 + place.byte]);
    const unsigned char* half = run + block % 2 * 8 + place.word % 2 * 4; // of 4 bits
    if constexpr (Format::kIndices)
        return half[place.word / 2 * 2 + place.byte / 2] >> (place.byte % 2 * 4) & 15;
    int q = Format::kBits == 4 ? half[place.byte] >> (place.word / 2 * 4) & 15
                               : run[block % 4 * 4 + place.byte] >> (2 * place.word) & 3;
    const unsigned char* high = bytesOf(kHighOffset<Format>) + place.byte;
    if constexpr (Format::kHighBits == 1)
        q |= (high[block / 2 * 4] >> (block % 2 * 4 + place.word) & 1) << Format::kBits;
    if constexpr (Format::kHighBits == 2)
        q |= (high[block / 4 * kWarpRun + block % 4 * 4] >> (2 * place.word) & 3) << Format::kBits;
    return q;
}

template <class Format> struct Panels {
    const std::byte* data;
    int in;
    __device__ float value(int place, int i) const
    {
        const std::byte* record = data + place / kPanelOutputs * panelBytes<Format>(in) +
            static_cast<size_t>(i / kRecordElements) * kRecordBytes<Format>;
        const int output = place % kPanelOutputs;
        const int block = i % kRecordElements / kBlock;
        int q = storedQuant<Format>(record, block, fragmentPlace(output, i % kBlock));
        if constexpr (Format::kIndices)
            q = static_cast<signed char>(lookUp<Format>(static_cast<unsigned>(q)).x & 255u);
        else
            q -= Format::kZero;
        OutputScales<Format> scales;
        scales.load(record, output, [](const uint4* from) { return __ldg(from); });
        const ScaleAndMin s = scales.ofBlock(block);
        const int group = i % kRecordElements / 16;
        if constexpr (Format::kScales == Scales::GroupBytes)
            return s.scale * static_cast<float>(scales.ofGroup(group) * q);
        if constexpr (Format::kScales == Scales::GroupNibbles)
            return s.scale * static_cast<float>(scales.ofGroup(group) * q) -
                s.min * static_cast<float>(scales.minimumOfGroup(group));
        return s.scale * static_cast<float>(q) - s.min;
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
