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

/// The shared memory that the launch asked for, aligned to 16 bytes.
template <class T> __device__ T* dynamicShared()
{
    extern __shared__ uint4 inglenookDynamicShared[];
    return reinterpret_cast<T*>(inglenookDynamicShared);
}

} // namespace inglenook::cuda
