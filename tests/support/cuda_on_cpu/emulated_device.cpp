// The host's side of the runtime. Work is put off until somebody waits for its stream, so that what
// a copy or kernel refers to must live as long as it would have to with a device.

#include "tests/support/cuda_on_cpu/emulated_device.h"

#include "kernels/cuda/cuda_backend.h"

#include <cuda_runtime.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace inglenook::cuda_on_cpu {

using Work = std::function<void()>;

struct Graph {
    std::vector<Work> work;
    bool meets = false; // the host
};

struct Stream {
    std::deque<Work> waiting;
    size_t done = 0; // works so far
    bool running = false;
    std::unique_ptr<Graph> captured; // while recording
    int device = 0;
};

struct Event {
    Stream* stream = nullptr;
    size_t after = 0; // so many works of the stream
};

namespace {

enum class Place { Device, Pinned };

struct Allocation {
    Place place;
    size_t bytes;
};

/// All that the devices of this program have. Backends may live in several threads.
struct State {
    std::recursive_mutex mutex;
    std::map<const std::byte*, Allocation> allocations;
    std::vector<Stream*> streams;
    size_t usedBytes = 0;
    int device = 0;
    int runningDevice = 0;
    int capturing = 0;
    Schedule schedule = 0;
    Faults faults;
    cudaError_t last = cudaSuccess;

    cudaError_t failed(cudaError_t error)
    {
        last = error;
        return error;
    }
};

State& state()
{
    static State all;
    return all;
}

using Lock = std::lock_guard<std::recursive_mutex>;

/// Whether a whole range is device or pinned memory; memory of neither kind is the program's own.
bool lies(const void* data, size_t bytes, Place place)
{
    const auto& all = state().allocations;
    const auto* first = static_cast<const std::byte*>(data);
    auto found = all.upper_bound(first);
    if (found == all.begin())
        return false;
    --found;
    return found->second.place == place && first + bytes <= found->first + found->second.bytes;
}

/// Does what waits in a stream, up to its `last`-th work. What fails takes the rest with it.
void finish(Stream& stream, size_t last = SIZE_MAX)
{
    if (stream.running) // it waits for the host, and another thread comes along
        return;
    struct Running {
        explicit Running(Stream& of)
            : stream(of)
            , before(state().runningDevice)
        {
            stream.running = true;
            state().runningDevice = stream.device;
        }
        ~Running()
        {
            stream.running = false;
            state().runningDevice = before;
            if (failed)
                stream.waiting.clear();
        }
        Stream& stream;
        int before;
        bool failed = true;
    } running(stream);
    while (!stream.waiting.empty() && stream.done < last) {
        const Work work = std::move(stream.waiting.front());
        stream.waiting.pop_front();
        ++stream.done;
        work();
    }
    running.failed = false;
}

void finishAll()
{
    for (Stream* stream : state().streams)
        finish(*stream);
}

cudaError_t put(Stream* stream, Work work)
{
    if (state().faults.lost)
        return state().failed(cudaErrorLaunchFailure);
    if (stream->captured)
        stream->captured->work.push_back(std::move(work));
    else
        stream->waiting.push_back(std::move(work));
    return cudaSuccess;
}

cudaError_t allocate(void** data, size_t bytes, Place place)
{
    const Lock lock(state().mutex);
    if (state().capturing > 0)
        return state().failed(cudaErrorStreamCaptureUnsupported);
    if (place == Place::Device && state().usedBytes + bytes > state().faults.memoryBytes)
        return state().failed(cudaErrorMemoryAllocation);
    constexpr size_t kAlignment = 256;
    if (posix_memalign(data, kAlignment, bytes) != 0)
        return state().failed(cudaErrorMemoryAllocation);
    std::memset(*data, 0xff, bytes); // as numbers: none
    state().allocations[static_cast<std::byte*>(*data)] = {place, bytes};
    if (place == Place::Device)
        state().usedBytes += bytes;
    return cudaSuccess;
}

cudaError_t release(void* data, Place place)
{
    const Lock lock(state().mutex);
    finishAll();
    const auto found = state().allocations.find(static_cast<std::byte*>(data));
    if (found == state().allocations.end() || found->second.place != place)
        return state().failed(cudaErrorInvalidValue);
    if (place == Place::Device)
        state().usedBytes -= found->second.bytes;
    state().allocations.erase(found);
    std::free(data);
    return cudaSuccess;
}

} // namespace

void setSchedule(Schedule schedule)
{
    const Lock lock(state().mutex);
    finishAll();
    state().schedule = schedule;
}

void setFaults(const Faults& faults)
{
    const Lock lock(state().mutex);
    state().faults = faults;
}

Architecture architecture()
{
    return static_cast<Architecture>(state().runningDevice);
}

std::unique_ptr<Backend> openBackend(Architecture architecture)
{
    return cuda::createCudaBackend(static_cast<int>(architecture), {});
}

std::vector<DeviceInfo> listEmulatedDevices()
{
    return cuda::listCudaDevices();
}

// Errors and devices

cudaError_t cudaGetLastError()
{
    return std::exchange(state().last, cudaSuccess);
}

const char* cudaGetErrorString(cudaError_t error)
{
    switch (error) {
    case cudaSuccess:
        return "no error";
    case cudaErrorMemoryAllocation:
        return "out of memory";
    case cudaErrorInsufficientDriver:
        return "CUDA driver version is insufficient for CUDA runtime version";
    case cudaErrorNoDevice:
        return "no CUDA-capable device is detected";
    case cudaErrorInvalidDevice:
        return "invalid device ordinal";
    case cudaErrorDevicesUnavailable:
        return "CUDA-capable device(s) is/are busy or unavailable";
    case cudaErrorLaunchFailure:
        return "unspecified launch failure";
    case cudaErrorStreamCaptureUnsupported:
        return "operation not permitted when stream is capturing";
    case cudaErrorPeerAccessAlreadyEnabled:
        return "peer access is already enabled";
    case cudaErrorInvalidValue:
        break;
    }
    return "invalid argument";
}

cudaError_t cudaDriverGetVersion(int* version)
{
    *version = state().faults.oldDriver ? 11000 : 13000;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count)
{
    *count = 2;
    return state().faults.oldDriver ? state().failed(cudaErrorInsufficientDriver) : cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
    if (device < 0 || device > 1)
        return state().failed(cudaErrorInvalidDevice);
    state().device = device;
    return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device)
{
    *properties = {};
    std::strcpy(properties->name, "a CPU in place of a GPU");
    properties->major = device == 0 ? 7 : 8;
    properties->minor = device == 0 ? 5 : 0;
    properties->multiProcessorCount = 4;
    return cudaSuccess;
}

cudaError_t cudaDeviceCanAccessPeer(int* can, int, int)
{
    *can = state().faults.noPeers ? 0 : 1;
    return cudaSuccess;
}

cudaError_t cudaDeviceEnablePeerAccess(int peer, unsigned)
{
    static bool enabled[2] = {};
    return std::exchange(enabled[peer], true) ? state().failed(cudaErrorPeerAccessAlreadyEnabled)
                                              : cudaSuccess;
}

// Streams

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned)
{
    const Lock lock(state().mutex);
    *stream = new Stream;
    (*stream)->device = state().device;
    state().streams.push_back(*stream);
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream)
{
    const Lock lock(state().mutex);
    std::erase(state().streams, stream);
    delete stream;
    return cudaSuccess;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream)
{
    const Lock lock(state().mutex);
    if (stream->captured)
        return state().failed(cudaErrorStreamCaptureUnsupported);
    if (state().faults.lost)
        return state().failed(cudaErrorLaunchFailure);
    finish(*stream);
    return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode)
{
    const Lock lock(state().mutex);
    stream->captured = std::make_unique<Graph>();
    ++state().capturing;
    return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph)
{
    const Lock lock(state().mutex);
    *graph = stream->captured.release();
    --state().capturing;
    return cudaSuccess;
}

cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status)
{
    *status = stream->captured ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
    return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long)
{
    *executable = new Graph(*graph);
    return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream)
{
    const Lock lock(state().mutex);
    for (const Work& each : executable->work)
        if (const cudaError_t error = put(stream, each); error != cudaSuccess)
            return error;
    if (executable->meets) // another member may wait before anybody waits for this stream
        finish(*stream);
    return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph)
{
    delete graph;
    return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable)
{
    delete executable;
    return cudaSuccess;
}

cudaError_t cudaEventCreate(cudaEvent_t* event)
{
    *event = new Event;
    return cudaSuccess;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned)
{
    return cudaEventCreate(event);
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream)
{
    const Lock lock(state().mutex);
    event->stream = stream;
    event->after = stream->done + stream->waiting.size();
    return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned)
{
    const Lock lock(state().mutex);
    if (!event->stream)
        return cudaSuccess;
    return put(stream, [awaited = *event] { finish(*awaited.stream, awaited.after); });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event)
{
    const Lock lock(state().mutex);
    if (state().faults.lost)
        return state().failed(cudaErrorLaunchFailure);
    if (event->stream)
        finish(*event->stream, event->after);
    return cudaSuccess;
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t, cudaEvent_t)
{
    *milliseconds = 1.f; // nothing here has a meaningful duration
    return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event)
{
    delete event;
    return cudaSuccess;
}

void submit(cudaStream_t stream, Grid grid)
{
    const Lock lock(state().mutex);
    constexpr unsigned kMostRows = 65535;
    constexpr size_t kMostThreads = 1024;
    if (grid.blocks.count() == 0 || grid.blocks.y > kMostRows || grid.blocks.z > kMostRows ||
        grid.threads.count() == 0 || grid.threads.count() > kMostThreads) {
        state().failed(cudaErrorInvalidValue);
        return;
    }
    static_cast<void>(put(
        stream, [grid = std::move(grid)] { BlockRunner::instance().run(grid, state().schedule); }));
}

void submitMeeting(cudaStream_t stream, std::function<void()> come, std::function<bool()> met)
{
    const Lock lock(state().mutex);
    if (stream->captured)
        stream->captured->meets = true;
    static_cast<void>(put(stream, [=] {
        come();
        state().mutex.unlock(); // held once, by finish()'s caller
        while (!met())
            std::this_thread::yield();
        state().mutex.lock();
        state().runningDevice = stream->device;
    }));
}

void startMeetings(cudaStream_t stream)
{
    const Lock lock(state().mutex);
    if (!stream->captured && !state().faults.lost)
        finish(*stream);
}

// Memory

cudaError_t cudaMalloc(void** data, size_t bytes)
{
    return allocate(data, bytes, Place::Device);
}

cudaError_t cudaFree(void* data)
{
    return data ? release(data, Place::Device) : cudaSuccess;
}

cudaError_t cudaMallocHost(void** data, size_t bytes)
{
    return allocate(data, bytes, Place::Pinned);
}

cudaError_t cudaFreeHost(void* data)
{
    return data ? release(data, Place::Pinned) : cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total)
{
    const Lock lock(state().mutex);
    *total = state().faults.memoryBytes;
    *free = *total - std::min(*total, state().usedBytes);
    return cudaSuccess;
}

cudaError_t cudaMemsetAsync(void* data, int value, size_t bytes, cudaStream_t stream)
{
    const Lock lock(state().mutex);
    if (!lies(data, bytes, Place::Device))
        return state().failed(cudaErrorInvalidValue);
    return put(stream, [=] { std::memset(data, value, bytes); });
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream)
{
    return cudaMemcpy2DAsync(to, bytes, from, bytes, bytes, 1, kind, stream);
}

cudaError_t cudaMemcpy2DAsync(void* to, size_t toPitch, const void* from, size_t fromPitch,
                              size_t width, size_t height, cudaMemcpyKind kind, cudaStream_t stream)
{
    const Lock lock(state().mutex);
    if (width == 0 || height == 0)
        return cudaSuccess;
    const size_t toBytes = (height - 1) * toPitch + width;
    const size_t fromBytes = (height - 1) * fromPitch + width;
    const bool toDevice = lies(to, toBytes, Place::Device);
    const bool fromDevice = lies(from, fromBytes, Place::Device);
    if (width > toPitch || width > fromPitch || toDevice != (kind != cudaMemcpyDeviceToHost) ||
        fromDevice != (kind != cudaMemcpyHostToDevice))
        return state().failed(cudaErrorInvalidValue);

    const bool pinned = kind == cudaMemcpyDeviceToDevice ||
        lies(kind == cudaMemcpyHostToDevice ? from : to,
             kind == cudaMemcpyHostToDevice ? fromBytes : toBytes, Place::Pinned);
    if (!pinned && stream->captured)
        return state().failed(cudaErrorStreamCaptureUnsupported);
    if (!pinned && !state().faults.lost)
        finish(*stream); // ordinary memory is read or written before the call returns
    const cudaError_t error = put(stream, [=] {
        for (size_t row = 0; row < height; ++row)
            std::memcpy(static_cast<std::byte*>(to) + row * toPitch,
                        static_cast<const std::byte*>(from) + row * fromPitch, width);
    });
    if (error == cudaSuccess && !pinned)
        finish(*stream);
    return error;
}

} // namespace inglenook::cuda_on_cpu
