#pragma once

#include "tests/support/tested_devices.h"

#include <QTest>

namespace inglenook {

/// The first Vulkan device, or the reason to skip or fail.
inline TestedDevice firstVulkanDevice()
{
    for (const TestedDevice& device : testedDevices())
        if (device.id.kind == DeviceKind::Vulkan)
            return device;
    return {"vulkan:0", {DeviceKind::Vulkan, 0}, "this machine has none", false};
}

} // namespace inglenook

/// Leaves a test function where there is no device; fails it where one is expected.
#define INGLENOOK_NEED_VULKAN(device)                                                              \
    do {                                                                                           \
        if (!(device).problem.empty() && (device).expected)                                        \
            QFAIL((device).problem.c_str());                                                       \
        if (!(device).problem.empty())                                                             \
            QSKIP((device).problem.c_str());                                                       \
    } while (false)
