// Linked into tests that look at the machine's devices. The Vulkan loader unloads a driver with its
// last instance, and what the driver leaks then has no name that leaks.txt could match: so it
// stays.

#ifdef __linux__
#include <dlfcn.h>

namespace {

[[maybe_unused]] void* const g_driver = dlopen("libvulkan_lvp.so", RTLD_LAZY | RTLD_NODELETE);

} // namespace
#endif
