#pragma once

#include <dlfcn.h>

namespace inglenook::tests {

/// Keeps Mesa's software driver in memory until the process ends: the leak checker can only name,
/// and so pass over, what the driver leaked while its code is still there.
inline void keepDriversLoaded()
{
    static_cast<void>(dlopen("libvulkan_lvp.so", RTLD_LAZY | RTLD_NODELETE));
}

} // namespace inglenook::tests
