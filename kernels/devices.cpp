#include "kernels/devices.h"

#include "kernels/cpu/cpu_backend.h"
#include "kernels/reference/reference_backend.h"
#if INGLENOOK_WITH_VULKAN
#include "kernels/vulkan/vulkan_backend.h"
#endif
#if INGLENOOK_WITH_CUDA
#include "kernels/cuda/cuda_backend.h"
#endif

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace inglenook {

namespace {

std::string_view kindName(DeviceKind kind)
{
    switch (kind) {
    case DeviceKind::Reference:
        return "reference";
    case DeviceKind::Cpu:
        return "cpu";
    case DeviceKind::Vulkan:
        return "vulkan";
    case DeviceKind::Cuda:
        return "cuda";
    }
    __builtin_unreachable();
}

bool severalOf(DeviceKind kind)
{
    return kind == DeviceKind::Vulkan || kind == DeviceKind::Cuda;
}

#if !INGLENOOK_WITH_VULKAN || !INGLENOOK_WITH_CUDA
[[noreturn]] void refuseAbsent(DeviceId id)
{
    throw std::runtime_error("The device " + toString(id) +
                             " cannot be used: this program was built without it. Use cpu, which "
                             "is always there.");
}
#endif

void append(std::vector<DeviceInfo>& all, std::vector<DeviceInfo> more)
{
    all.insert(all.end(), more.begin(), more.end());
}

/// "This machine has cpu, vulkan:0: choose one of them."
std::string choices()
{
    std::string names;
    for (const DeviceInfo& device : listDevices())
        if (device.problem.empty())
            names += (names.empty() ? "" : ", ") + toString(device.id);
    return "This machine has " + names + ": choose one of them.";
}

} // namespace

std::optional<DeviceId> parseDevice(std::string_view text)
{
    const size_t colon = text.find(':');
    const std::string_view kind = text.substr(0, colon);
    DeviceId id;
    if (kind == kindName(DeviceKind::Reference))
        id.kind = DeviceKind::Reference;
    else if (kind == kindName(DeviceKind::Cpu))
        id.kind = DeviceKind::Cpu;
    else if (kind == kindName(DeviceKind::Vulkan))
        id.kind = DeviceKind::Vulkan;
    else if (kind == kindName(DeviceKind::Cuda))
        id.kind = DeviceKind::Cuda;
    else
        return std::nullopt;
    if (colon == std::string_view::npos)
        return id;

    const std::string_view digits = text.substr(colon + 1);
    const char* end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, id.index);
    if (!severalOf(id.kind) || parsed.ec != std::errc() || parsed.ptr != end || id.index < 0)
        return std::nullopt;
    return id;
}

std::string toString(DeviceId id)
{
    std::string text(kindName(id.kind));
    if (severalOf(id.kind))
        text += ":" + std::to_string(id.index);
    return text;
}

std::vector<DeviceInfo> listDevices()
{
    std::vector<DeviceInfo> all;
    append(all, {describeCpu()});
#if INGLENOOK_WITH_VULKAN
    append(all, listVulkanDevices());
#endif
#if INGLENOOK_WITH_CUDA
    append(all, cuda::listCudaDevices());
#endif
    return all;
}

DeviceInfo describeDevice(DeviceId id)
{
    if (!severalOf(id.kind)) {
        DeviceInfo info = describeCpu();
        info.id = id;
        return info;
    }
    std::vector<DeviceInfo> devices;
#if INGLENOOK_WITH_VULKAN
    if (id.kind == DeviceKind::Vulkan)
        devices = listVulkanDevices();
#endif
#if INGLENOOK_WITH_CUDA
    if (id.kind == DeviceKind::Cuda)
        devices = cuda::listCudaDevices();
#endif
    const auto found = std::ranges::find(devices, id, &DeviceInfo::id);
    if (found != devices.end())
        return *found;
    DeviceInfo absent;
    absent.id = id;
    absent.problem = "The device " + toString(id) + " is not in this machine. " + choices();
    return absent;
}

std::unique_ptr<Backend> createBackend(DeviceId id, const BackendOptions& options)
{
    switch (id.kind) {
    case DeviceKind::Reference:
        return createReferenceBackend();
    case DeviceKind::Cpu:
        return createCpuBackend(options);
    case DeviceKind::Vulkan:
#if INGLENOOK_WITH_VULKAN
        return createVulkanBackend(id.index, options);
#else
        refuseAbsent(id);
#endif
    case DeviceKind::Cuda:
#if INGLENOOK_WITH_CUDA
        return cuda::createCudaBackend(id.index, options);
#else
        refuseAbsent(id);
#endif
    }
    __builtin_unreachable();
}

} // namespace inglenook
