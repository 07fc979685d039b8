#pragma once

#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cstddef>

namespace inglenook::cuda {

// Every instruction that C++ has no name for. Tests replace this file by one that computes the same
// on the CPU, from the layouts in NVIDIA's "PTX ISA", section "Matrix multiply-accumulate
// instructions": in all of them lane 4 g + t holds row g (and g + 8) of A, column g of B and, of
// row g (and g + 8) of the result, the columns 2 t and 2 t + 1.

/// Whether mmaS8K32, mmaS8K16 and mmaF16K16 exist: from compute capability 8.0 on.
__device__ constexpr bool hasAmpereInstructions()
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
    return true;
#else
    return false;
#endif
}

/// Behind this all kernels in front have ended and what they wrote is seen; the next one may be
/// brought onto the device (launch.cuh).
__device__ inline void waitForEarlierKernels()
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
    asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

/// The same for a kernel that waits for other devices: the next one comes when this one has ended,
/// so that it takes no room from those that the others wait for.
__device__ inline void waitForEarlierKernelsAlone()
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}

/// Asks for bytes to be brought into the L2 cache, where the device can be asked so and has room
/// there: from compute capability 9.0 on. Address and number are multiples of 16. One lane of a
/// warp calls it.
__device__ inline void prefetch(const std::byte* from, unsigned bytes)
{
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
    asm volatile("cp.async.bulk.prefetch.L2.global [%0], %1;" ::"l"(from), "r"(bytes));
#endif
}

/// 16 bytes that this kernel reads once: they need no place in the L1 cache.
__device__ inline uint4 loadOnce(const uint4* from)
{
    uint4 v;
    asm("ld.global.nc.L1::no_allocate.v4.u32 {%0, %1, %2, %3}, [%4];"
        : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
        : "l"(from));
    return v;
}

/// A number that another processor may have written since: no cache is asked.
__device__ inline float loadUncached(const float* from)
{
    float v;
    asm volatile("ld.volatile.global.f32 %0, [%1];" : "=f"(v) : "l"(from));
    return v;
}

/// Tells all processors and devices a number, behind what was written before.
__device__ inline void storeRelease(unsigned* to, unsigned value)
{
    asm volatile("st.release.sys.global.u32 [%0], %1;" ::"l"(to), "r"(value) : "memory");
}

/// A number that any of them tells; what was written before it is seen behind this.
__device__ inline unsigned loadAcquire(const unsigned* from)
{
    unsigned v;
    asm volatile("ld.acquire.sys.global.u32 %0, [%1];" : "=r"(v) : "l"(from) : "memory");
    return v;
}

/// c (16, 8) += a (16, 32) b (32, 8). Words of a: k = 4 t .. 4 t + 3 of rows g and g + 8, then
/// k = 16 + 4 t .. of both; words of b: k = 4 t .. and 16 + 4 t ..
__device__ inline void mmaS8K32(int (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2])
{
#if __CUDA_ARCH__ >= 800
    asm("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
        "{%8, %9}, {%0, %1, %2, %3};"
        : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}

/// c (16, 8) += a (16, 16) b (16, 8): the first half of the words above.
__device__ inline void mmaS8K16(int (&c)[4], const unsigned (&a)[2], unsigned b)
{
#if __CUDA_ARCH__ >= 800
    asm("mma.sync.aligned.m16n8k16.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5}, {%6}, "
        "{%0, %1, %2, %3};"
        : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(b));
#endif
}

/// c (8, 8) += a (8, 16) b (16, 8), on every device: rows g alone.
__device__ inline void mmaS8Rows8(int& c0, int& c1, unsigned a, unsigned b)
{
    asm("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
        : "+r"(c0), "+r"(c1)
        : "r"(a), "r"(b));
}

/// c (16, 8) += a (16, 16) b (16, 8) of f16. Words of a: k = 2 t, 2 t + 1 of rows g and g + 8, then
/// k = 8 + 2 t, 9 + 2 t of both; words of b: k = 2 t, 2 t + 1 and 8 + 2 t, 9 + 2 t.
__device__ inline void mmaF16K16(float (&c)[4], const unsigned (&a)[4], const unsigned (&b)[2])
{
#if __CUDA_ARCH__ >= 800
    asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
        "{%8, %9}, {%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#endif
}

/// c (16, 8) += a (16, 8) b (8, 8) of f16, on every device: the first half of the words above.
__device__ inline void mmaF16K8(float (&c)[4], unsigned a0, unsigned a1, unsigned b)
{
    asm("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, "
        "{%0, %1, %2, %3};"
        : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
        : "r"(a0), "r"(a1), "r"(b));
}

} // namespace inglenook::cuda
