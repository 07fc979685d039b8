#include "inference/model/device_choice.h"

#include <stdexcept>

namespace inglenook {

ChosenDevice chooseDevice(const std::string& name, uint64_t wishedBytes)
{
    if (name == "auto" || name.empty()) {
        for (const DeviceInfo& device : listDevices()) {
            const bool gpu =
                device.id.kind == DeviceKind::Vulkan || device.id.kind == DeviceKind::Cuda;
            if (gpu && !device.software && device.problem.empty() &&
                device.memoryFree >= wishedBytes)
                return {.id = device.id, .freeBytes = device.memoryFree};
        }
        return chooseDevice("cpu", wishedBytes);
    }
    const auto id = parseDevice(name);
    if (!id)
        throw std::runtime_error("There is no kind of device called \"" + name +
                                 "\": choose auto, cpu, vulkan, cuda or reference.");
    const DeviceInfo device = describeDevice(*id);
    if (!device.problem.empty())
        throw std::runtime_error(device.problem);
    return {.id = *id, .freeBytes = device.memoryFree};
}

} // namespace inglenook
