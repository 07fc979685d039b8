// One block of 128 threads per (row, query head). It walks the pages of the row's sequence in
// order: each warp computes every fourth score of a page, then the running maximum, sum and values
// are updated (online softmax, Milakov & Gimelshein 2018). A row's bits depend on its position
// alone.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/kv_page.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/reduce.cuh"

#include <cmath>

namespace inglenook::cuda {
namespace {

constexpr int kThreads = 128;
constexpr int kMaxElements = 4; // of a head per thread: heads of up to 512

struct AttentionArguments {
    float* y;
    int yStride;
    const float* qkv;
    int qkvStride;
    KvPage pages;
    const int* pageTable;
    int tableStride;
    const int* positions;
    int positionStride;
    const int* slots;
    int slotStride;
    int headsPerKv;
    int window;
    float scale;
    float softcap;
};

/// The scores of one page's tokens `first` .. `last`, into shared memory.
__device__ void scorePage(const AttentionArguments& a, const float* query, float* scores, int page,
                          int kvHead, int first, int last)
{
    const int lane = static_cast<int>(threadIdx.x) % 32;
    for (int token = first + static_cast<int>(threadIdx.x) / 32; token <= last;
         token += kThreads / 32) {
        const __half* key = a.pages.key(page, kvHead, token);
        float sum = 0.f;
        for (int i = lane; i < a.pages.headSize; i += 32)
            sum = __fmaf_rn(query[i], __half2float(key[i]), sum);
        sum = warpSum(sum) * a.scale;
        if (a.softcap > 0.f)
            sum = a.softcap * tanhf(sum / a.softcap);
        if (lane == 0)
            scores[token] = sum;
    }
}

__global__ void attentionKernel(AttentionArguments a)
{
    float* query = dynamicShared<float>();
    __shared__ float scores[kPageTokens];
    const int row = static_cast<int>(blockIdx.x);
    const int head = static_cast<int>(blockIdx.y);
    const int size = a.pages.headSize;
    float* y = a.y + static_cast<size_t>(row) * a.yStride + static_cast<size_t>(head) * size;
    const int position = a.positions[static_cast<size_t>(row) * a.positionStride];
    const float* q =
        a.qkv + static_cast<size_t>(row) * a.qkvStride + static_cast<size_t>(head) * size;
    for (int i = static_cast<int>(threadIdx.x); i < size; i += kThreads)
        query[i] = q[i];

    float values[kMaxElements] = {};
    float maximum = -INFINITY;
    float sum = 0.f;
    const int kvHead = head / a.headsPerKv;
    const int start = a.window > 0 ? max(0, position - a.window + 1) : 0;
    const int* table = a.pageTable +
        static_cast<size_t>(a.slots[static_cast<size_t>(row) * a.slotStride]) * a.tableStride;
    for (int p = start / kPageTokens; position >= 0 && p <= position / kPageTokens; ++p) {
        const int first = max(start - p * kPageTokens, 0);
        const int last = min(position - p * kPageTokens, kPageTokens - 1);
        __syncthreads(); // the query is there; the last page's scores have been read
        scorePage(a, query, scores, table[p], kvHead, first, last);
        __syncthreads();

        float pageMaximum = maximum;
        for (int t = first; t <= last; ++t)
            pageMaximum = fmaxf(pageMaximum, scores[t]);
        const float shrink = expf(maximum - pageMaximum);
        maximum = pageMaximum;
        sum *= shrink;
#pragma unroll
        for (int e = 0; e < kMaxElements; ++e)
            values[e] *= shrink;
        for (int t = first; t <= last; ++t) {
            const float share = expf(scores[t] - maximum);
            sum += share;
            const __half* value = a.pages.value(table[p], kvHead, t);
#pragma unroll
            for (int e = 0; e < kMaxElements; ++e) {
                const int i = static_cast<int>(threadIdx.x) + e * kThreads;
                if (i < size)
                    values[e] = __fmaf_rn(share, __half2float(value[i]), values[e]);
            }
        }
    }
#pragma unroll
    for (int e = 0; e < kMaxElements; ++e) {
        const int i = static_cast<int>(threadIdx.x) + e * kThreads;
        if (i < size)
            y[i] = position >= 0 ? values[e] / sum : 0.f;
    }
}

} // namespace

void CudaBackend::attention(Tensor y, Tensor qkv, const KvPages& kv, const AttentionShape& shape,
                            const StepInputs& in)
{
    checkAttention(y, qkv, kv, shape, in);
    if (shape.headSize > kThreads * kMaxElements)
        throw std::invalid_argument(
            "attention: heads of more than 512 elements are not supported on CUDA");
    begin(y);
    auto* cache = reinterpret_cast<__half*>(static_cast<CudaBuffer&>(*kv.buffer).data);
    const AttentionArguments arguments{
        .y = pointer<float>(y),
        .yStride = y.stride,
        .qkv = pointer<float>(qkv),
        .qkvStride = qkv.stride,
        .pages = {cache, shape.kvHeads, shape.headSize},
        .pageTable = pointer<int>(kv.pageTable),
        .tableStride = kv.pageTable.stride,
        .positions = pointer<int>(in.positions),
        .positionStride = in.positions.stride,
        .slots = pointer<int>(in.slots),
        .slotStride = in.slots.stride,
        .headsPerKv = shape.heads / shape.kvHeads,
        .window = shape.window,
        .scale = shape.scale,
        .softcap = shape.softcap,
    };
    const dim3 grid(static_cast<unsigned>(qkv.rows), static_cast<unsigned>(shape.heads));
    const size_t sharedBytes = static_cast<size_t>(shape.headSize) * sizeof(float);
    launch(attentionKernel, {grid, kThreads, sharedBytes}, m_stream, arguments);
    checkLaunch("attention");
}

} // namespace inglenook::cuda
