#pragma once

#include "kernels/vulkan/device.h"

#include <map>
#include <span>
#include <string>
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
/// constants. What the driver compiled is kept in a file of `cacheFolder` (empty: nowhere), so that
/// the next start need not compile again.
class Pipelines {
public:
    Pipelines(const Device& device, const std::string& cacheFolder);
    ~Pipelines(); // saves
    Pipelines(const Pipelines&) = delete;
    Pipelines& operator=(const Pipelines&) = delete;

    [[nodiscard]] VkPipelineLayout layout() const { return m_layout; }
    [[nodiscard]] VkPipeline get(const Kernel& kernel);
    /// Writes the file if the driver compiled anything since it was last written.
    void save() noexcept;

private:
    using Key = std::pair<const uint32_t*, std::vector<uint32_t>>;

    VkPipeline create(std::span<const uint32_t> code, const std::vector<uint32_t>& constants);

    [[nodiscard]] std::vector<std::byte> compiled() const;

    const Device& m_device;
    std::string m_cachePath; // empty: none
    std::vector<std::byte> m_saved; // what the file holds
    bool m_unsaved = false;
    VkPipelineCache m_cache = VK_NULL_HANDLE;
    VkPipelineLayout m_layout = VK_NULL_HANDLE;
    std::map<Key, VkPipeline> m_pipelines;
};

} // namespace inglenook::vulkan
