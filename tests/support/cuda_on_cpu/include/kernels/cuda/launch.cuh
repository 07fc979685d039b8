#pragma once

#include "kernels/cuda/instructions.cuh"

#include <cuda_runtime.h>
#include <tuple>

namespace inglenook::cuda {

struct Queue {
    cudaStream_t stream = nullptr;
    bool overlap = false; // kernels run one after another here

    operator cudaStream_t() const { return stream; }
};

struct LaunchShape {
    dim3 grid;
    dim3 block;
    size_t sharedBytes = 0;
};

/// Stands in for the file of the same name: the arguments are copied now, the kernel runs in the
/// stream's time.
template <class... Parameters, class... Arguments>
void launch(void (*kernel)(Parameters...), const LaunchShape& shape, const Queue& queue,
            Arguments&&... arguments)
{
    if (shape.grid.x == 0 || shape.grid.y == 0 || shape.grid.z == 0)
        return;
    const std::tuple<Parameters...> copies(static_cast<Parameters>(arguments)...);
    submit(queue,
           {.blocks = shape.grid,
            .threads = shape.block,
            .sharedBytes = shape.sharedBytes,
            .thread = [=] { std::apply(kernel, copies); },
            .waits = 1});
}

struct Bell {
    unsigned* times;
    unsigned* given;
    unsigned* taken;
};

inline void launchMeeting(const Bell& bell, cudaStream_t stream)
{
    submitMeeting(
        stream, [=] { storeRelease(bell.given, ++*bell.times); },
        [=] { return loadAcquire(bell.taken) == *bell.times; });
}

/// Here blocks run one after another and kernels one at a time, so the halves are two kernels.
template <class Put, class Take>
void launchExchange(const LaunchShape& shape, const Queue& queue, const Put& put, const Take& take)
{
    submit(queue, {.blocks = shape.grid, .threads = shape.block, .thread = [=] { put(); }});
    submitMeeting(
        queue, [] {},
        [=] {
            for (unsigned block = 0; block < shape.grid.x; ++block)
                if (!take.othersHavePut(block))
                    return false;
            return true;
        });
    submit(queue, {.blocks = shape.grid, .threads = shape.block, .thread = [=] { take(); }});
    startMeetings(queue);
}

template <class T> T* dynamicShared()
{
    return reinterpret_cast<T*>(BlockRunner::instance().sharedMemory);
}

} // namespace inglenook::cuda
