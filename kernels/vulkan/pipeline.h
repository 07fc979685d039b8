#pragma once

#include "kernels/vulkan/device.h"

#include <map>
#include <span>
#include <utility>
#include <vector>

namespace inglenook::vulkan {

/// What every Vulkan device grants.
inline constexpr size_t kPushBytes = 128;

/// A compiled shader (shaders/*.h) and the values of its specialisation constants: subgroups per
/// workgroup, then its own choices from constant 3 on (memory.glsl).
struct Kernel {
    std::span<const uint32_t> code; // of static storage
    int subgroups = 1;
    std::vector<uint32_t> choices;
};

/// Compute pipelines, made when first asked for and kept. They have no descriptors, only push
/// constants.
class Pipelines {
public:
    explicit Pipelines(const Device& device);
    ~Pipelines();
    Pipelines(const Pipelines&) = delete;
    Pipelines& operator=(const Pipelines&) = delete;

    [[nodiscard]] VkPipelineLayout layout() const { return m_layout; }
    [[nodiscard]] VkPipeline get(const Kernel& kernel);

private:
    using Key = std::pair<const uint32_t*, std::vector<uint32_t>>;

    VkPipeline create(std::span<const uint32_t> code, const std::vector<uint32_t>& constants);

    const Device& m_device;
    VkPipelineLayout m_layout = VK_NULL_HANDLE;
    std::map<Key, VkPipeline> m_pipelines;
};

} // namespace inglenook::vulkan
