// Opening, listing and recording. A recorded step is a CUDA graph: its kernels read everything that
// changes from StepInputs, so it is launched again without patching.

#include "kernels/cuda/cuda_backend.cuh"
#include "kernels/cuda/cuda_backend.h"
#include "kernels/cuda/workspace.cuh"

#include <stdexcept>
#include <utility>

namespace inglenook::cuda {
namespace {

constexpr int kOverlapsFrom = 9; // compute capability

class CudaRecording final : public Recording {
public:
    ~CudaRecording() override
    {
        if (graph)
            cudaGraphExecDestroy(graph);
    }
    cudaGraphExec_t graph = nullptr;
    std::vector<Meeting> meetings;
};

} // namespace

std::vector<DeviceInfo> listCudaDevices()
{
    int count = 0;
    if (const cudaError_t result = cudaGetDeviceCount(&count); result != cudaSuccess) {
        cudaGetLastError();
        if (driverVersion() == 0) // no NVIDIA device, or nobody who wants to use it
            return {};
        return {{.id = {DeviceKind::Cuda, 0},
                 .name = "NVIDIA",
                 .driver = driverText(),
                 .problem = whyNoDevice(result)}};
    }
    std::vector<DeviceInfo> devices;
    for (int i = 0; i < count; ++i) {
        DeviceInfo info{.id = {DeviceKind::Cuda, i}, .driver = driverText()};
        cudaDeviceProp properties{};
        if (cudaGetDeviceProperties(&properties, i) == cudaSuccess)
            info.name = properties.name;
        size_t free = 0;
        size_t total = 0;
        if (cudaSetDevice(i) == cudaSuccess && cudaMemGetInfo(&free, &total) == cudaSuccess) {
            info.memoryFree = free;
            info.memoryTotal = total;
            info.workspaceBytes = kWorkspaceBytes;
        } else {
            info.problem = std::string("The device does not answer: ") +
                cudaGetErrorString(cudaGetLastError()) + ".";
        }
        devices.push_back(info);
    }
    return devices;
}

std::unique_ptr<Backend> createCudaBackend(int index, const BackendOptions& options)
{
    int count = 0;
    const cudaError_t result = cudaGetDeviceCount(&count);
    if (result != cudaSuccess) {
        cudaGetLastError();
        throw std::runtime_error(whyNoDevice(result));
    }
    if (index < 0 || index >= count)
        throw std::runtime_error("There is no device cuda:" + std::to_string(index) +
                                 "; this machine has " + std::to_string(count) + ".");
    return std::make_unique<CudaBackend>(index, options);
}

CudaBackend::CudaBackend(int device, const BackendOptions& options)
    : m_device(device)
    , m_rounded(device)
    , m_partials(device)
    , m_tiles(device)
    , m_candidates(device)
    , m_pageCopies(device)
{
    activateDevice();
    check(cudaStreamCreateWithFlags(&m_owner.stream, cudaStreamNonBlocking), "opening the device");
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, m_device), "opening the device");
    m_stream = {.stream = m_owner.stream,
                .overlap = options.overlapKernels && properties.major >= kOverlapsFrom};
    m_staging = std::make_unique<Staging>(m_stream);
    m_meetings = std::make_unique<MeetingHost>(device, m_stream);
    m_arrivals = std::make_unique<CudaBuffer>(kArrivalBytes, device);
    check(cudaMemsetAsync(m_arrivals->data, 0, kArrivalBytes, m_stream), "clearing memory");
}

CudaBackend::~CudaBackend()
{
    cudaSetDevice(m_device);
    cudaStreamSynchronize(m_stream);
    cudaGetLastError(); // of a device that failed: not the next backend's
}

CudaBackend::StreamOwner::~StreamOwner()
{
    if (stream)
        cudaStreamDestroy(stream);
}

void CudaBackend::activateDevice() const
{
    check(cudaSetDevice(m_device), "choosing the device");
}

void CudaBackend::begin(const Tensor& written)
{
    activateDevice();
    m_rounded.outdate(written);
}

std::string CudaBackend::name() const
{
    cudaDeviceProp properties{};
    check(cudaGetDeviceProperties(&properties, m_device), "asking for its name");
    return "cuda:" + std::to_string(m_device) + " " + properties.name;
}

std::unique_ptr<Recording> CudaBackend::record(const std::function<void()>& step)
{
    // The first run is an ordinary one: it also loads the kernels and finds out how much scratch
    // memory they need, which a capture may not.
    activateDevice();
    m_rounded.forget();
    step();
    m_rounded.forget(); // a replay begins without

    auto recording = std::make_unique<CudaRecording>();
    m_recordedMeetings.clear();
    check(cudaStreamBeginCapture(m_stream, cudaStreamCaptureModeThreadLocal), "recording a step");
    cudaGraph_t graph = nullptr;
    try {
        step();
    } catch (...) {
        cudaStreamEndCapture(m_stream, &graph);
        if (graph)
            cudaGraphDestroy(graph);
        throw;
    }
    recording->meetings = std::exchange(m_recordedMeetings, {});
    check(cudaStreamEndCapture(m_stream, &graph), "recording a step");
    m_rounded.forget();
    const cudaError_t result = cudaGraphInstantiate(&recording->graph, graph, 0);
    cudaGraphDestroy(graph);
    check(result, "recording a step");
    return recording;
}

void CudaBackend::replay(Recording& recording)
{
    activateDevice();
    m_rounded.forget();
    const auto& own = static_cast<CudaRecording&>(recording);
    m_meetings->expect(own.meetings);
    check(cudaGraphLaunch(own.graph, m_stream), "repeating a step");
}

} // namespace inglenook::cuda
