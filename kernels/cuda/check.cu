#include "kernels/cuda/check.cuh"

#include <stdexcept>

namespace inglenook::cuda {
namespace {

std::string versionText(int version)
{
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

} // namespace

void check(cudaError_t result, const char* doing)
{
    if (result == cudaSuccess)
        return;
    cudaGetLastError(); // the error is told once
    const std::string what = cudaGetErrorString(result);
    if (result == cudaErrorMemoryAllocation)
        throw std::runtime_error(std::string("The GPU ran out of memory (") + doing +
                                 "). Close other programs that use it, or choose a smaller "
                                 "context.");
    throw std::runtime_error(std::string("The CUDA device failed (") + doing + "): " + what + ".");
}

int driverVersion()
{
    int version = 0;
    return cudaDriverGetVersion(&version) == cudaSuccess ? version : 0;
}

std::string driverText()
{
    const int version = driverVersion();
    return version > 0 ? "CUDA " + versionText(version) : std::string();
}

std::string whyNoDevice(cudaError_t result)
{
    if (result == cudaErrorInsufficientDriver && driverVersion() > 0)
        return "The NVIDIA driver is too old: it knows CUDA " + versionText(driverVersion()) +
            ", this program needs " + versionText(CUDART_VERSION) +
            ". Update the driver, or choose another device.";
    return std::string("No CUDA device can be used: ") + cudaGetErrorString(result) +
        ". Install the NVIDIA driver, or choose another device.";
}

} // namespace inglenook::cuda
