#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace inglenook::vulkan {

/// What compiled programs are good for: this device with this driver and no other.
struct CacheOwner {
    uint32_t vendor = 0;
    uint32_t device = 0;
    uint32_t driverVersion = 0;
    std::array<uint8_t, 16> driver{}; // UUID
    std::array<uint8_t, 16> programs{}; // UUID of what the driver's compiler makes

    bool operator==(const CacheOwner&) const = default;
};

/// The file of a device in `folder` (UTF-8): one per vendor and model, so that a new driver
/// replaces what the old one left.
[[nodiscard]] std::string cacheFilePath(const std::string& folder, const CacheOwner& owner);

/// What was written for `owner`, whole; nothing if there is no such file, or it is damaged or
/// another's.
[[nodiscard]] std::vector<std::byte> readCacheFile(const std::string& path,
                                                   const CacheOwner& owner) noexcept;

/// Writes beside the file and renames, so that readers see the old or the new one. Makes the folder
/// if need be. Where that fails nothing changes: the cache only saves time.
void writeCacheFile(const std::string& path, const CacheOwner& owner,
                    std::span<const std::byte> data) noexcept;

} // namespace inglenook::vulkan
