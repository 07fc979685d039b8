#pragma once

namespace inglenook::cuda {

/// The sum over a warp, the same in every lane and always in the same order.
__device__ inline float warpSum(float value)
{
    for (int step = 16; step > 0; step >>= 1)
        value += __shfl_xor_sync(0xffffffffu, value, step);
    return value;
}

__device__ inline float warpMax(float value)
{
    for (int step = 16; step > 0; step >>= 1)
        value = fmaxf(value, __shfl_xor_sync(0xffffffffu, value, step));
    return value;
}

/// The sum over a block of whole warps, at most 32; `shared` holds one value per warp.
__device__ inline float blockSum(float value, float* shared)
{
    const int warp = static_cast<int>(threadIdx.x) / 32;
    const int lane = static_cast<int>(threadIdx.x) % 32;
    value = warpSum(value);
    __syncthreads(); // the last user of `shared` has read it
    if (lane == 0)
        shared[warp] = value;
    __syncthreads();
    float sum = 0.f;
    for (int i = 0; i < static_cast<int>(blockDim.x) / 32; ++i)
        sum += shared[i];
    return sum;
}

} // namespace inglenook::cuda
