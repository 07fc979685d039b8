// One warp per row. In each round the lanes look for the greatest logit behind the last pick:
// greater keys come first, of equal ones the lower expert, so nobody remembers what was picked.

#include "kernels/checks.h"
#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/launch.cuh"

namespace inglenook::cuda {
namespace {

struct RouteArguments {
    int* ids;
    int idStride;
    float* weights;
    int weightStride;
    const float* logits;
    int logitStride;
    int experts;
    int picks;
};

struct Pick {
    unsigned key;
    unsigned expert;

    __device__ bool before(const Pick& other) const
    {
        return key > other.key || (key == other.key && expert < other.expert);
    }
};

/// A number's bits, turned so that they have its order; what is no number has a place in it too.
__device__ unsigned keyOf(float logit)
{
    const unsigned bits = __float_as_uint(logit == 0.f ? 0.f : logit);
    return bits >> 31 != 0 ? ~bits : bits | 0x80000000u;
}

__global__ void routeKernel(RouteArguments a)
{
    waitForEarlierKernels();
    const auto row = static_cast<size_t>(blockIdx.x);
    const int lane = static_cast<int>(threadIdx.x);
    const float* logits = a.logits + row * a.logitStride;
    int* ids = a.ids + row * a.idStride;
    float* weights = a.weights + row * a.weightStride;
    Pick last{0u, 0xffffffffu};
    float top = 0.f;
    float sum = 0.f;
    for (int j = 0; j < a.picks; ++j) {
        Pick best{0u, 0xffffffffu};
        for (int e = lane; e < a.experts; e += 32) {
            const Pick pick{keyOf(logits[e]), static_cast<unsigned>(e)};
            if ((j == 0 || last.before(pick)) && pick.before(best))
                best = pick;
        }
        for (int step = 16; step > 0; step >>= 1) {
            const Pick other{__shfl_xor_sync(0xffffffffu, best.key, step),
                             __shfl_xor_sync(0xffffffffu, best.expert, step)};
            if (other.before(best))
                best = other;
        }
        last = best;
        const float logit = logits[best.expert];
        if (j == 0)
            top = logit;
        const float power = expf(logit - top);
        sum += power;
        if (lane == 0) {
            ids[j] = static_cast<int>(best.expert);
            weights[j] = power;
        }
    }
    if (lane == 0)
        for (int j = 0; j < a.picks; ++j)
            weights[j] /= sum;
}

} // namespace

void CudaBackend::routeExperts(Tensor ids, Tensor weights, Tensor logits)
{
    checkRouteExperts(ids, weights, logits);
    begin(ids);
    begin(weights);
    const RouteArguments arguments{.ids = pointer<int>(ids),
                                   .idStride = ids.stride,
                                   .weights = pointer<float>(weights),
                                   .weightStride = weights.stride,
                                   .logits = pointer<float>(logits),
                                   .logitStride = logits.stride,
                                   .experts = logits.cols,
                                   .picks = ids.cols};
    launch(routeKernel, {static_cast<unsigned>(logits.rows), 32}, m_stream, arguments);
    checkLaunch("routeExperts");
}

} // namespace inglenook::cuda
