#pragma once

#include <cuda_runtime.h>
#include <string>

namespace inglenook::cuda {

/// Throws std::runtime_error with a sentence for the user if a call failed: what was being done and
/// what the driver says.
void check(cudaError_t result, const char* doing);

/// The same for the launch just made.
inline void checkLaunch(const char* operatorName)
{
    check(cudaGetLastError(), operatorName);
}

/// 1000 major + 10 minor of the CUDA that the driver knows; 0 without a driver.
[[nodiscard]] int driverVersion();
/// For users: "CUDA 13.0"; "" without a driver.
[[nodiscard]] std::string driverText();
/// The sentence for a user whose devices could not be counted.
[[nodiscard]] std::string whyNoDevice(cudaError_t result);

} // namespace inglenook::cuda
