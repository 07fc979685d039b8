#pragma once

#include "kernels/devices.h"

namespace inglenook::cuda {

/// The CUDA devices of this machine; none where there is no driver.
[[nodiscard]] std::vector<DeviceInfo> listCudaDevices();

/// Opens one. Throws std::runtime_error with a sentence if there is no driver or no such device.
[[nodiscard]] std::unique_ptr<Backend> createCudaBackend(int index, const BackendOptions& options);

} // namespace inglenook::cuda
