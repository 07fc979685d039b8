#include "inference/model/device_choice.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace inglenook {

namespace {

const DeviceInfo* find(const std::vector<DeviceInfo>& devices, DeviceId id)
{
    const auto found = std::ranges::find(devices, id, &DeviceInfo::id);
    return found == devices.end() ? nullptr : &*found;
}

} // namespace

ChosenDevice chooseDevice(const std::string& name, uint64_t wishedBytes)
{
    const std::vector<DeviceInfo> devices = listDevices();
    if (name == "auto" || name.empty()) {
        for (const DeviceInfo& device : devices) {
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
    // the reference computes in the memory of the CPU
    const DeviceId place =
        id->kind == DeviceKind::Reference ? DeviceId{.kind = DeviceKind::Cpu} : *id;
    const DeviceInfo* device = find(devices, place);
    if (!device) {
        if (id->kind == DeviceKind::Reference)
            return {.id = *id, .freeBytes = std::numeric_limits<uint64_t>::max() / 2};
        throw std::runtime_error("The device " + toString(*id) +
                                 " is not in this machine. Choose another device.");
    }
    if (!device->problem.empty())
        throw std::runtime_error(device->problem);
    return {.id = *id, .freeBytes = device->memoryFree};
}

} // namespace inglenook
