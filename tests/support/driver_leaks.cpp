// Linked into every test. What a graphics driver leaks cannot be named once its library is
// unloaded, so leaks.txt could not excuse it: the software driver stays.

#include <dlfcn.h>

#include <initializer_list>

namespace {

[[gnu::constructor]] void keepLeakyDriversLoaded()
{
    // Where a driver is absent, nothing is to be kept
    for (const char* driver : {"libvulkan_lvp.so", "libVkLayer_khronos_validation.so"})
        (void)dlopen(driver, RTLD_NOW | RTLD_NODELETE);
}

} // namespace
