#pragma once

#include "kernels/cuda/instructions.cuh"

namespace inglenook::cuda {

// Products of small matrices by a warp, whatever the device has for them. The fragments are those
// of instructions.cuh.

/// c (16, 8) += a (16, 32) b (32, 8) of signed bytes.
__device__ inline void multiplyBytes(int (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2])
{
    if (hasAmpereInstructions()) {
        mmaS8K32(c, a, b);
        return;
    }
    mmaS8Rows8(c[0], c[1], a[0], b[0]);
    mmaS8Rows8(c[2], c[3], a[1], b[0]);
    mmaS8Rows8(c[0], c[1], a[2], b[1]);
    mmaS8Rows8(c[2], c[3], a[3], b[1]);
}

/// The same for one half of the 32: a0 and a1 hold rows g and g + 8.
__device__ inline void multiplyHalf(int (&c)[4], unsigned a0, unsigned a1, unsigned b)
{
    if (hasAmpereInstructions()) {
        const unsigned a[2] = {a0, a1};
        mmaS8K16(c, a, b);
        return;
    }
    mmaS8Rows8(c[0], c[1], a0, b);
    mmaS8Rows8(c[2], c[3], a1, b);
}

/// c (16, 8) += a (16, 16) b (16, 8) of f16.
__device__ inline void multiplyHalves(float (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2])
{
    if (hasAmpereInstructions()) {
        mmaF16K16(c, a, b);
        return;
    }
    mmaF16K8(c, a[0], a[1], b[0]);
    mmaF16K8(c, a[2], a[3], b[1]);
}

} // namespace inglenook::cuda
