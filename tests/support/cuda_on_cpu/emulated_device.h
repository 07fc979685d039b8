#pragma once

#include "kernels/devices.h"
#include "tests/support/cuda_on_cpu/block.h"

#include <memory>
#include <vector>

namespace inglenook::cuda_on_cpu {

/// The compute capabilities that the kernels tell apart; the devices that kernels/cuda finds here.
enum class Architecture { Turing, Ampere };

/// Opens the CUDA backend compiled for the CPU. No program lists it; only tests link it.
[[nodiscard]] std::unique_ptr<Backend> openBackend(Architecture architecture);

/// What its devices say of themselves.
[[nodiscard]] std::vector<DeviceInfo> listEmulatedDevices();

/// Of all launches from now on.
void setSchedule(Schedule schedule);

/// What fails from now on.
struct Faults {
    size_t memoryBytes = size_t{8} << 30; // what the device has
    bool oldDriver = false;
    bool noPeers = false; // no device reaches another's memory
    bool lost = false; // every launch and copy fails, as after a kernel that crashed
};
void setFaults(const Faults& faults);

/// Of the device that runs.
[[nodiscard]] Architecture architecture();

} // namespace inglenook::cuda_on_cpu
