#pragma once

#include <cuda_runtime.h>

namespace inglenook::cuda {

/// How many threads run a kernel, and with how much of dynamicShared().
struct LaunchShape {
    dim3 grid;
    dim3 block;
    size_t sharedBytes = 0;
};

/// Puts a kernel into the stream. What every launch goes through: tests replace this file by one
/// that runs the kernel on the CPU.
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), const LaunchShape& shape, cudaStream_t stream,
            Arguments&&... arguments)
{
    if (shape.grid.x == 0 || shape.grid.y == 0 || shape.grid.z == 0) // a step without rows
        return;
    kernel<<<shape.grid, shape.block, shape.sharedBytes, stream>>>(
        static_cast<Parameters>(arguments)...);
}

/// Where a stream and the host wait for each other: counters of how often each side has come.
struct Bell {
    unsigned* times; // the device's own
    unsigned* given; // `given` and `taken` lie in memory that both sides see
    unsigned* taken;
};

/// By one thread: says that all work before is done, and waits until the host has answered.
inline __global__ void ringAndWait(Bell bell)
{
    const unsigned times = ++*bell.times;
    __threadfence_system();
    asm volatile("st.release.sys.global.u32 [%0], %1;" ::"l"(bell.given), "r"(times) : "memory");
    unsigned answered = 0;
    do
        asm volatile("ld.acquire.sys.global.u32 %0, [%1];"
                     : "=r"(answered)
                     : "l"(bell.taken)
                     : "memory");
    while (answered != times);
}

/// Puts a meeting with the host into the stream.
inline void launchMeeting(const Bell& bell, cudaStream_t stream)
{
    ringAndWait<<<1, 1, 0, stream>>>(bell);
}

/// The shared memory that the launch asked for, aligned to 16 bytes.
template <class T> __device__ T* dynamicShared()
{
    extern __shared__ uint4 inglenookDynamicShared[];
    return reinterpret_cast<T*>(inglenookDynamicShared);
}

} // namespace inglenook::cuda
