#pragma once

#include "kernels/devices.h"

#include <map>
#include <string>
#include <vector>

namespace inglenook {

/// A device to run tests on, or the reason why not.
struct TestedDevice {
    std::string name; // "vulkan:0"
    DeviceId id;
    std::string problem; // "": usable
    bool expected = false; // INGLENOOK_EXPECT names it: it must be usable
};

/// The reference, all devices of this machine and, with a problem, those kinds that it lacks.
/// INGLENOOK_EXPECT is a list such as "cpu,vulkan".
[[nodiscard]] std::vector<TestedDevice> testedDevices();

/// Opens each device once, Vulkan with the validation layer where that is installed.
class OpenedDevices {
public:
    [[nodiscard]] Backend& open(DeviceId id);

private:
    std::map<std::string, std::unique_ptr<Backend>> m_backends;
};

} // namespace inglenook
