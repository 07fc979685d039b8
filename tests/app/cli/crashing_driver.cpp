#include <cstdlib>

// What the Vulkan loader first asks of every driver.
extern "C" int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned*)
{
    std::abort();
}
