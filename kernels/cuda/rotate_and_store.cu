// One block of 128 threads per (row, head of q, k or v). The head is copied to shared memory,
// normalised if asked, rotated, and written back (q) or to the cache (k, v).

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/kv_quants.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/reduce.cuh"

namespace inglenook::cuda {
namespace {

struct RotateArguments {
    float* qkv;
    int stride;
    KvPage pages;
    const int* pageTable;
    int tableStride;
    const int* positions;
    int positionStride;
    const int* slots;
    int slotStride;
    const float* qNorm; // null: none
    const float* kNorm;
    float eps;
    const float* rotation;
    int rotationStride;
    int dims;
    bool halves;
    int heads;
};

__device__ void normalise(float* head, int size, const float* weight, float eps, float* shared)
{
    float squares = 0.f;
    for (int i = static_cast<int>(threadIdx.x); i < size; i += static_cast<int>(blockDim.x))
        squares = __fmaf_rn(head[i], head[i], squares);
    const float factor = 1.f / sqrtf(blockSum(squares, shared) / static_cast<float>(size) + eps);
    for (int i = static_cast<int>(threadIdx.x); i < size; i += static_cast<int>(blockDim.x))
        head[i] = head[i] * factor * weight[i];
    __syncthreads();
}

__device__ void rotate(float* head, const RotateArguments& a, int row)
{
    const float* angles = a.rotation + static_cast<size_t>(row) * a.rotationStride;
    for (int i = static_cast<int>(threadIdx.x); i < a.dims / 2; i += static_cast<int>(blockDim.x)) {
        const int first = a.halves ? i : 2 * i;
        const int second = a.halves ? i + a.dims / 2 : 2 * i + 1;
        const float c = angles[2 * i];
        const float s = angles[2 * i + 1];
        const float x = head[first];
        const float y = head[second];
        head[first] = x * c - y * s;
        head[second] = x * s + y * c;
    }
    __syncthreads();
}

__global__ void rotateAndStoreKernel(RotateArguments a)
{
    waitForEarlierKernels();
    float* head = dynamicShared<float>();
    __shared__ float shared[32];
    const int row = static_cast<int>(blockIdx.x);
    const int index = static_cast<int>(blockIdx.y);
    const int position = a.positions[static_cast<size_t>(row) * a.positionStride];
    if (position < 0)
        return;
    const int size = a.pages.headSize;
    float* source = a.qkv + static_cast<size_t>(row) * a.stride + static_cast<size_t>(index) * size;
    for (int i = static_cast<int>(threadIdx.x); i < size; i += static_cast<int>(blockDim.x))
        head[i] = source[i];
    __syncthreads();

    const bool query = index < a.heads;
    const bool key = !query && index < a.heads + a.pages.kvHeads;
    if (query && a.qNorm)
        normalise(head, size, a.qNorm, a.eps, shared);
    if (key && a.kNorm)
        normalise(head, size, a.kNorm, a.eps, shared);
    if ((query || key) && a.dims > 0)
        rotate(head, a, row);
    if (a.pages.type == KvType::Q4)
        turnHeadShared(head, size);

    if (query) {
        for (int i = static_cast<int>(threadIdx.x); i < size; i += static_cast<int>(blockDim.x))
            source[i] = head[i];
        return;
    }
    const int slot = a.slots[static_cast<size_t>(row) * a.slotStride];
    const int page =
        a.pageTable[static_cast<size_t>(slot) * a.tableStride + position / kPageTokens];
    const int token = position % kPageTokens;
    if (a.pages.type != KvType::F16) {
        storeQuants(a.pages, a.pages.plane(page, index - a.heads), key, token, head);
        return;
    }
    for (int i = static_cast<int>(threadIdx.x); i < size; i += static_cast<int>(blockDim.x)) {
        __half& target = key ? a.pages.key(page, index - a.heads, token, i)
                             : a.pages.value(page, index - a.heads - a.pages.kvHeads, token, i);
        target = __float2half_rn(head[i]);
    }
}

} // namespace

void CudaBackend::rotateAndStore(Tensor qkv, const KvPages& kv, const QkNorm& norm,
                                 const Rope& rope, const AttentionShape& shape,
                                 const StepInputs& in)
{
    checkRotateAndStore(qkv, kv, norm, rope, shape, in);
    begin(qkv);
    auto* cache = reinterpret_cast<unsigned char*>(static_cast<CudaBuffer&>(*kv.buffer).data);
    const RotateArguments arguments{
        .qkv = pointer<float>(qkv),
        .stride = qkv.stride,
        .pages = kvPage(kv, shape, cache),
        .pageTable = pointer<int>(kv.pageTable),
        .tableStride = kv.pageTable.stride,
        .positions = pointer<int>(in.positions),
        .positionStride = in.positions.stride,
        .slots = pointer<int>(in.slots),
        .slotStride = in.slots.stride,
        .qNorm = vectorPointer(norm.q),
        .kNorm = vectorPointer(norm.k),
        .eps = norm.eps,
        .rotation = pointer<float>(rope.rotation),
        .rotationStride = rope.rotation.stride,
        .dims = rope.dims,
        .halves = rope.pairs == RopePairs::Halves,
        .heads = shape.heads,
    };
    const dim3 grid(static_cast<unsigned>(qkv.rows),
                    static_cast<unsigned>(shape.heads + 2 * shape.kvHeads));
    const size_t sharedBytes = static_cast<size_t>(shape.headSize) * sizeof(float);
    launch(rotateAndStoreKernel, {grid, 128, sharedBytes}, m_stream, arguments);
    checkLaunch("rotateAndStore");
}

} // namespace inglenook::cuda
