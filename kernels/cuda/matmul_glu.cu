// Few rows: a block multiplies 16 gates, then the 16 ups that belong to them, so what lies between
// never goes to memory. The sums are matmul's. The 32 outputs that are rounded together for the
// product behind belong to two neighbours: the one that ends last rounds them. More rows, or gates
// and ups that are no two halves in one format: the two operators.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/gated.cuh"
#include "kernels/cuda/matmul_blocks.cuh"
#include "kernels/cuda/repack.cuh"
#include "kernels/cuda/workspace.cuh"

#include <optional>

namespace inglenook::cuda {
namespace {

constexpr int kPairOutputs = 2 * kPanelOutputs; // of neighbours
static_assert(kPairOutputs == kBlock);

struct GluArguments {
    BlocksArguments gates; // y: the results
    size_t toUps; // bytes from a panel of gates to that of its ups
    Activation activation;
    RoundedRows rounded;
    int* arrivals; // per pair of blocks, zero before and behind
};

/// Whether this block is the second of two to get here, by their counter; what the first had
/// written is then to be seen.
__device__ inline bool isSecond(int* arrivals)
{
    __shared__ bool second;
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) {
        second = atomicAdd(arrivals, 1) == 1;
        if (second)
            *arrivals = 0;
        __threadfence();
    }
    __syncthreads();
    return second;
}

/// One block per panel of gates, one warp per segment.
template <class Format, int kTiles>
__global__ void __launch_bounds__(kMostSegments * 32, kTiles == 1 ? 3 : 2)
    multiplyGlu(GluArguments a)
{
    const BlocksArguments& gates = a.gates;
    const auto panel = static_cast<int>(blockIdx.x);
    const size_t offset = panel * panelBytes<Format>(gates.in);
    fetchFirstRecord<Format>(gates.in, gates.panels + offset);
    waitForEarlierKernels();

    const int lane = static_cast<int>(threadIdx.x) % 32;
    multiplyPanels<Format, kTiles, 2>(gates.in, gates.panels + offset, a.toUps,
                                      AdjacentRows<kTilesOfFew<kTiles>>{gates.x, gates.rows, 0},
                                      [&](const float(&totals)[2], int i) {
                                          storeSum(gates, gated(totals[0], totals[1], a.activation),
                                                   panel, i / 4, lane, i % 4);
                                      });

    const int pair = panel / 2;
    if (!isSecond(a.arrivals + pair))
        return;
    const auto warps = static_cast<int>(blockDim.x) / 32;
    for (int row = static_cast<int>(threadIdx.x) / 32; row < gates.rows; row += warps) {
        const float* results = gates.y + static_cast<size_t>(row) * gates.yStride;
        a.rounded.store(row, pair, __ldcg(results + pair * kPairOutputs + lane)); // not from L1
    }
}

/// Where the panels of the gates and of the ups lie, if a weight is such halves.
struct Halves {
    DType type;
    const std::byte* gates;
    size_t toUps; // bytes
};
std::optional<Halves> halvesOf(const CudaWeight& weight, int out, int in)
{
    const CudaWeight::Part& first = weight.parts[0];
    const bool fits = hasBlocks(first.type) && out % kPairOutputs == 0 &&
        static_cast<size_t>(out / kPairOutputs) * sizeof(int) <= kArrivalBytes;
    if (!fits)
        return {};
    if (weight.parts.size() == 1)
        return Halves{first.type, first.data, repackedBytes(first.type, out, in)};
    const CudaWeight::Part& second = weight.parts[1];
    if (weight.parts.size() > 2 || first.out != out || second.type != first.type)
        return {};
    return Halves{first.type, first.data, static_cast<size_t>(second.data - first.data)};
}

} // namespace

void CudaBackend::matmulGlu(Tensor gateUp, Tensor x, const Weight& w, Activation activation)
{
    checkMatmul(gateUp, x, w, {});
    const Tensor y = gateUp.columns(0, gateUp.cols / 2);
    checkGlu(y, gateUp);
    const std::optional<Halves> halves = halvesOf(cudaWeight(w), y.cols, w.in);
    if (!halves || x.rows > kDecodeRows)
        return Backend::matmulGlu(gateUp, x, w, activation);
    begin(gateUp);
    if (x.rows == 0)
        return;
    const RoundedRows inputs = rounded(x); // in front of leave(), which takes the other place
    const GluArguments arguments{.gates = {.y = pointer<float>(y),
                                           .yStride = y.stride,
                                           .x = inputs,
                                           .rows = x.rows,
                                           .panels = halves->gates,
                                           .in = w.in,
                                           .out = y.cols,
                                           .bias = nullptr},
                                 .toUps = halves->toUps,
                                 .activation = activation,
                                 .rounded = m_rounded.leave(y),
                                 .arrivals = reinterpret_cast<int*>(m_arrivals->data)};
    const auto panels = static_cast<unsigned>(y.cols / kPanelOutputs);
    const auto threads = static_cast<unsigned>(segmentCount(w.in) * 32);
    withBlockFormat(halves->type, [&]<class Format>(Format) {
        launch(x.rows <= RoundedRows::kTileRows ? multiplyGlu<Format, 1> : multiplyGlu<Format, 2>,
               {panels, threads}, m_stream, arguments);
    });
    checkLaunch("matmulGlu");
}

} // namespace inglenook::cuda
