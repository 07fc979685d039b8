#pragma once

#include "kernels/cuda/instructions.cuh"

#include <cuda_runtime.h>

namespace inglenook::cuda {

/// Where kernels are put. With `overlap` a kernel may be brought onto the device while the one in
/// front still runs (programmatic dependent launch), also in a graph: the gap between two is then
/// the time that waitForEarlierKernels() takes.
struct Queue {
    cudaStream_t stream = nullptr;
    bool overlap = false;

    operator cudaStream_t() const { return stream; } // for copies
};

/// How many threads run a kernel, and with how much of dynamicShared().
struct LaunchShape {
    dim3 grid;
    dim3 block;
    size_t sharedBytes = 0;
};

/// Puts a kernel into the queue. Each of its threads calls waitForEarlierKernels() once, in front
/// of all but prefetch(). What every launch goes through: tests replace this file by one that runs
/// the kernel on the CPU.
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), const LaunchShape& shape, const Queue& queue,
            Arguments&&... arguments)
{
    if (shape.grid.x == 0 || shape.grid.y == 0 || shape.grid.z == 0) // a step without rows
        return;
    cudaLaunchAttribute overlap{};
    overlap.id = cudaLaunchAttributeProgrammaticStreamSerialization;
    overlap.val.programmaticStreamSerializationAllowed = 1;
    cudaLaunchConfig_t config{};
    config.gridDim = shape.grid;
    config.blockDim = shape.block;
    config.dynamicSmemBytes = shape.sharedBytes;
    config.stream = queue.stream;
    config.attrs = &overlap;
    config.numAttrs = queue.overlap ? 1 : 0;
    cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...); // see checkLaunch()
}

/// Where a stream and the host wait for each other: counters of how often each side has come.
struct Bell {
    unsigned* times; // the device's own
    unsigned* given; // `given` and `taken` lie in memory that both sides see
    unsigned* taken;
};

/// By one thread: says that all work before is done, and waits until the host has answered. A
/// template, as kernels in headers are not inline otherwise.
template <class = void> __global__ void ringAndWait(Bell bell)
{
    const unsigned times = ++*bell.times;
    __threadfence_system();
    storeRelease(bell.given, times);
    while (loadAcquire(bell.taken) != times) { }
}

/// Puts a meeting with the host into the stream.
inline void launchMeeting(const Bell& bell, cudaStream_t stream)
{
    ringAndWait<><<<1, 1, 0, stream>>>(bell);
}

template <class Put, class Take> __global__ void putAndTake(Put put, Take take)
{
    waitForEarlierKernelsAlone();
    put();
    take();
}

/// Puts a meeting with other devices into the queue, of which each thread calls both halves. The
/// second waits for what the others put; take.othersHavePut(block) says whether it would not.
template <class Put, class Take>
void launchExchange(const LaunchShape& shape, const Queue& queue, const Put& put, const Take& take)
{
    launch(putAndTake<Put, Take>, shape, queue, put, take);
}

/// The shared memory that the launch asked for, aligned to 16 bytes.
template <class T> __device__ T* dynamicShared()
{
    extern __shared__ uint4 inglenookDynamicShared[];
    return reinterpret_cast<T*>(inglenookDynamicShared);
}

} // namespace inglenook::cuda
