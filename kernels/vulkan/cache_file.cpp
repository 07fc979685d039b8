#include "kernels/vulkan/cache_file.h"

#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

namespace inglenook::vulkan {

namespace {

namespace fs = std::filesystem;

constexpr std::array<char, 8> kMagic{'I', 'n', 'g', 'l', 'P', 'i', 'p', 'e'};
constexpr uint32_t kVersion = 1; // of this layout
constexpr uint64_t kMostBytes = uint64_t{256} << 20; // a damaged length asks for no more

/// What stands before the data. All members are written, so there is no padding.
struct Header {
    std::array<char, 8> magic = kMagic;
    CacheOwner owner;
    uint32_t version = kVersion;
    uint64_t bytes = 0;
    uint64_t checksum = 0;
};
static_assert(sizeof(Header) == 72);

/// FNV-1a of 64 bits: against damage, not against malice.
uint64_t checksumOf(std::span<const std::byte> data)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (const std::byte byte : data)
        hash = (hash ^ static_cast<uint64_t>(byte)) * 0x100000001b3u;
    return hash;
}

fs::path pathOf(const std::string& utf8)
{
    return {std::u8string(utf8.begin(), utf8.end())};
}

std::vector<std::byte> readWhole(const fs::path& path, const CacheOwner& owner)
{
    std::ifstream file(path, std::ios::binary);
    Header header;
    if (!file.read(reinterpret_cast<char*>(&header), sizeof header) || header.magic != kMagic ||
        header.owner != owner || header.version != kVersion || header.bytes > kMostBytes)
        return {};
    std::vector<std::byte> data(header.bytes);
    if (!file.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(data.size())))
        return {};
    const bool ends = file.peek() == std::ifstream::traits_type::eof();
    if (!ends || checksumOf(data) != header.checksum)
        return {};
    return data;
}

void writeWhole(const fs::path& path, const Header& header, std::span<const std::byte> data)
{
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(&header), sizeof header);
    file.write(reinterpret_cast<const char*>(data.data()),
               static_cast<std::streamsize>(data.size()));
    file.close();
    if (!file)
        throw std::runtime_error("not written");
}

} // namespace

std::string cacheFilePath(const std::string& folder, const CacheOwner& owner)
{
    char name[48];
    std::snprintf(name, sizeof name, "/vulkan-%08x-%08x.pipelines", owner.vendor, owner.device);
    return folder + name;
}

std::vector<std::byte> readCacheFile(const std::string& path, const CacheOwner& owner) noexcept
{
    try {
        return readWhole(pathOf(path), owner);
    } catch (const std::exception&) {
        return {}; // as if there were none
    }
}

void writeCacheFile(const std::string& path, const CacheOwner& owner,
                    std::span<const std::byte> data) noexcept
{
    fs::path temporary;
    try {
        const fs::path target = pathOf(path);
        fs::create_directories(target.parent_path());
        // Another program may write at the same time: each has a name of its own.
        temporary = target;
        temporary += "." + std::to_string(std::random_device()()) + ".new";
        Header header;
        header.owner = owner;
        header.bytes = data.size();
        header.checksum = checksumOf(data);
        writeWhole(temporary, header, data);
        fs::rename(temporary, target);
    } catch (const std::exception&) {
        // A folder that cannot be written to, or a full disk.
        std::error_code ignored;
        fs::remove(temporary, ignored);
    }
}

} // namespace inglenook::vulkan
