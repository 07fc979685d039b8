#include "tests/support/tested_devices.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

namespace inglenook {

namespace {

/// The kinds and devices that INGLENOOK_EXPECT names.
std::vector<std::string> expectedNames()
{
    const char* text = std::getenv("INGLENOOK_EXPECT");
    std::vector<std::string> names;
    std::istringstream list(text ? text : "");
    for (std::string name; std::getline(list, name, ',');)
        names.push_back(name);
    return names;
}

std::string kindOf(const std::string& name)
{
    return name.substr(0, name.find(':'));
}

} // namespace

std::vector<TestedDevice> testedDevices()
{
    std::vector<TestedDevice> devices{{"reference", {DeviceKind::Reference, 0}, "", true}};
    for (const DeviceInfo& info : listDevices())
        devices.push_back({toString(info.id), info.id, info.problem, false});
    for (const DeviceKind kind : {DeviceKind::Cpu, DeviceKind::Vulkan, DeviceKind::Cuda}) {
        const bool listed = std::ranges::any_of(
            devices, [=](const TestedDevice& device) { return device.id.kind == kind; });
        if (!listed)
            devices.push_back({toString({kind, 0}), {kind, 0}, "this machine has none", false});
    }

    for (const std::string& name : expectedNames()) {
        bool known = false;
        for (TestedDevice& device : devices) {
            if (device.name != name && kindOf(device.name) != name)
                continue;
            device.expected = true;
            known = true;
        }
        if (!known)
            devices.push_back({name, {}, "INGLENOOK_EXPECT names no such device", true});
    }
    return devices;
}

Backend& OpenedDevices::open(DeviceId id)
{
    std::unique_ptr<Backend>& backend = m_backends[toString(id)];
    if (!backend && id.kind == DeviceKind::Vulkan) {
        try {
            backend = createBackend(id, {.validation = true});
        } catch (const std::exception&) {
            backend = createBackend(id); // says itself what is wrong, if it is not the layer
        }
    }
    if (!backend)
        backend = createBackend(id);
    return *backend;
}

} // namespace inglenook
