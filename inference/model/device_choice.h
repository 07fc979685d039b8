#pragma once

#include "kernels/devices.h"

#include <cstdint>
#include <string>

namespace inglenook {

struct ChosenDevice {
    DeviceId id;
    uint64_t freeBytes = 0; // measured now
};

/// Finds the device that a request names. "auto" is the first GPU with room for `wishedBytes`, else
/// the CPU. Throws std::runtime_error with a sentence if there is none of that name or it cannot be
/// used.
[[nodiscard]] ChosenDevice chooseDevice(const std::string& name, uint64_t wishedBytes);

} // namespace inglenook
