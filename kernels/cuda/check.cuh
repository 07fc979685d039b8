#pragma once

#include <cuda_runtime.h>

namespace inglenook::cuda {

/// Throws std::runtime_error with a sentence for the user if a call failed: what was being done and
/// what the driver says.
void check(cudaError_t result, const char* doing);

/// The same for the launch just made.
inline void checkLaunch(const char* operatorName)
{
    check(cudaGetLastError(), operatorName);
}

} // namespace inglenook::cuda
