#pragma once

// The part of the CUDA runtime that kernels/cuda uses, computed by the CPU: the same names, so that
// the same files compile as C++. For tests; see kernels/cuda/README.md.

#include "tests/support/cuda_on_cpu/block.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <utility>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define CUDART_VERSION 13000
#define __shared__ static // blocks run one after another

#define threadIdx (::inglenook::cuda_on_cpu::BlockRunner::instance().threadPlace)
#define blockIdx (::inglenook::cuda_on_cpu::BlockRunner::instance().blockPlace)
#define blockDim (::inglenook::cuda_on_cpu::BlockRunner::instance().blockSize)
#define gridDim (::inglenook::cuda_on_cpu::BlockRunner::instance().gridSize)

namespace inglenook::cuda_on_cpu {

using dim3 = Dimensions;

struct alignas(8) int2 {
    int x, y;
};
struct alignas(8) uint2 {
    unsigned x, y;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
struct alignas(8) float2 {
    float x, y;
};
struct alignas(16) float4 {
    float x, y, z, w;
};

// Mathematics

using std::max;
using std::min;

inline float __fmaf_rn(float a, float b, float c)
{
    return std::fma(a, b, c);
}
inline float __int2float_rn(int value)
{
    return static_cast<float>(value);
}
inline int __float2int_rn(float value)
{
    return static_cast<int>(std::nearbyint(value));
}
inline float __uint_as_float(unsigned bits)
{
    return std::bit_cast<float>(bits);
}
inline unsigned __float_as_uint(float value)
{
    return std::bit_cast<unsigned>(value);
}
/// Byte i of the result is that of the eight of low and high which nibble i of `places` names.
inline unsigned __byte_perm(unsigned low, unsigned high, unsigned places)
{
    const uint64_t bytes = low | static_cast<uint64_t>(high) << 32;
    unsigned result = 0;
    for (int i = 0; i < 4; ++i)
        result |= static_cast<unsigned>(bytes >> (8 * (places >> (4 * i) & 7)) & 255) << (8 * i);
    return result;
}
template <class T> T __ldg(const T* from)
{
    return *from;
}
template <class T> T __ldcs(const T* from)
{
    return *from;
}

// Threads

inline void __syncthreads()
{
    BlockRunner::instance().waitForBlock();
}

inline void __syncwarp()
{
    BlockRunner::instance().exchange("__syncwarp", {}, {}, [](WarpPackets&) {});
}

inline void __threadfence() { } // threads run one at a time
inline void __threadfence_system() { }

template <class T> T __ldcg(const T* from)
{
    return *from;
}

inline int atomicAdd(int* to, int value) // threads run one at a time
{
    return std::exchange(*to, *to + value);
}

/// Word 0 is what a lane gives, word 1 the lane it takes from.
inline void takeFromLanes(WarpPackets& packets)
{
    std::array<uint32_t, kWarpLanes> given;
    for (size_t lane = 0; lane < kWarpLanes; ++lane)
        given[lane] = packets[lane][0];
    for (auto& packet : packets)
        packet[0] = given[packet[1]];
}

template <class T> T takeFromLane(const char* name, unsigned mask, T value, int lane)
{
    static_assert(sizeof(T) == 4);
    constexpr unsigned kAllLanes = 0xffffffffu; // other masks are not known here
    if (mask != kAllLanes)
        std::abort();
    const uint32_t given[2] = {std::bit_cast<uint32_t>(value), static_cast<uint32_t>(lane)};
    uint32_t got[1];
    BlockRunner::instance().exchange(name, given, got, takeFromLanes);
    return std::bit_cast<T>(got[0]);
}

template <class T> T __shfl_xor_sync(unsigned mask, T value, int laneMask)
{
    const int lane = BlockRunner::instance().lane() ^ laneMask;
    return takeFromLane("__shfl_xor_sync", mask, value, lane);
}

template <class T> T __shfl_sync(unsigned mask, T value, int lane)
{
    return takeFromLane("__shfl_sync", mask, value, lane % kWarpLanes);
}

// Errors and devices

enum cudaError_t {
    cudaSuccess,
    cudaErrorMemoryAllocation,
    cudaErrorInvalidValue,
    cudaErrorInsufficientDriver,
    cudaErrorNoDevice,
    cudaErrorInvalidDevice,
    cudaErrorDevicesUnavailable,
    cudaErrorLaunchFailure,
    cudaErrorStreamCaptureUnsupported,
    cudaErrorPeerAccessAlreadyEnabled,
};

struct cudaDeviceProp {
    char name[256];
    int major, minor;
    int multiProcessorCount;
};

cudaError_t cudaGetLastError();
const char* cudaGetErrorString(cudaError_t error);
cudaError_t cudaDriverGetVersion(int* version);
cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device);
cudaError_t cudaDeviceCanAccessPeer(int* can, int device, int peer);
cudaError_t cudaDeviceEnablePeerAccess(int peer, unsigned flags);

// Streams: what is asked for is done when somebody waits for it, as late as a device may.

struct Stream;
struct Event;
struct Graph;
using cudaStream_t = Stream*;
using cudaEvent_t = Event*;
using cudaGraph_t = Graph*;
using cudaGraphExec_t = Graph*;

inline constexpr unsigned cudaStreamNonBlocking = 1;
inline constexpr unsigned cudaEventDisableTiming = 2;
enum cudaStreamCaptureMode { cudaStreamCaptureModeThreadLocal };
enum cudaStreamCaptureStatus { cudaStreamCaptureStatusNone, cudaStreamCaptureStatusActive };

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph);
cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status);
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph,
                                 unsigned long long flags);
cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable);

cudaError_t cudaEventCreate(cudaEvent_t* event);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t stop);
cudaError_t cudaEventDestroy(cudaEvent_t event);

/// kernels/cuda/launch.cuh
void submit(cudaStream_t stream, Grid grid);
/// The same file's meetings with the host and other devices: does something, then waits until
/// `met`; the other streams go on meanwhile.
void submitMeeting(cudaStream_t stream, std::function<void()> come, std::function<bool()> met);
/// Begins what was submitted at once, unless it is recorded: a device does, and others wait for it.
void startMeetings(cudaStream_t stream);

// Memory

enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice };

cudaError_t cudaMalloc(void** data, size_t bytes);
cudaError_t cudaFree(void* data);
cudaError_t cudaMallocHost(void** data, size_t bytes);
cudaError_t cudaFreeHost(void* data);
cudaError_t cudaMemGetInfo(size_t* free, size_t* total);
cudaError_t cudaMemsetAsync(void* data, int value, size_t bytes, cudaStream_t stream);
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream);
cudaError_t cudaMemcpy2DAsync(void* to, size_t toPitch, const void* from, size_t fromPitch,
                              size_t width, size_t height, cudaMemcpyKind kind,
                              cudaStream_t stream);

} // namespace inglenook::cuda_on_cpu

using namespace inglenook::cuda_on_cpu; // they are global in CUDA
