#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <system_error>

namespace inglenook {

/// An open file of the store, by the calls of the system. Nothing here throws; a file that could
/// not be opened answers every call with an error.
class StoreFile {
public:
    enum class Access { Read, Write, Create }; // Create: a new file, for this user only

    StoreFile() = default;
    StoreFile(const std::filesystem::path& path, Access access);
    ~StoreFile();
    StoreFile(StoreFile&& other) noexcept;
    StoreFile& operator=(StoreFile&& other) noexcept;

    [[nodiscard]] bool isOpen() const { return m_handle != kClosed; }
    /// Why opening failed.
    [[nodiscard]] std::error_code error() const { return m_error; }
    /// False once its last name is gone: what is written then is lost.
    [[nodiscard]] bool hasName() const;
    [[nodiscard]] uint64_t bytes() const;
    [[nodiscard]] uint64_t bytesOnDisk() const; // less than bytes() where it has holes

    /// Fills `front`, then `rest`, from `offset`. False if the file ends before or the disk fails.
    [[nodiscard]] bool read(uint64_t offset, std::span<std::byte> front,
                            std::span<std::byte> rest = {}) const;
    /// Writes one behind the other, in order: what is there of it after a crash is a beginning.
    [[nodiscard]] std::error_code write(uint64_t offset, std::span<const std::byte> front,
                                        std::span<const std::byte> rest = {},
                                        std::span<const std::byte> padding = {});
    bool truncate(uint64_t bytes);
    enum class Erased { Freed, Zeroed, Not };
    /// Makes a part all zeros, and gives its space back where the file system can.
    Erased erase(uint64_t offset, uint64_t bytes);
    /// What was written survives a power cut.
    bool sync();

    enum class Locked { Held, Taken, Unavailable };
    /// Keeps other programs from locking this file for as long as it is open. The system lets go
    /// when the program ends, however it ends.
    Locked lock();

    /// When the file was last of use, in nanoseconds of the system clock: its time of change.
    [[nodiscard]] int64_t useTime() const;
    void setUseTime(int64_t nanoseconds);

    enum class Order { Jumping, Forward };
    /// How the next parts will be read: small ones here and there, or one behind the other.
    void expectOrder(Order order) const;

private:
    using Handle = intptr_t;
    static constexpr Handle kClosed = -1;

    Handle m_handle = kClosed;
    std::error_code m_error;
};

/// Creates the folder, for this user only, where it is missing.
[[nodiscard]] std::error_code createPrivateFolder(const std::filesystem::path& folder);

/// Makes the names in a folder survive a power cut.
void syncFolder(const std::filesystem::path& folder);

} // namespace inglenook
