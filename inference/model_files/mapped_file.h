#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace inglenook {

/// A regular file mapped read-only into memory for as long as this object lives.
class MappedFile {
public:
    /// Throws std::runtime_error with one sentence: which file, what is wrong.
    explicit MappedFile(const std::string& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] std::span<const std::byte> bytes() const { return m_bytes; }

    /// Asks the system to read a part of bytes() from the disk, without waiting for it.
    void expect(std::span<const std::byte> part) const;

private:
    std::string m_path;
    std::span<const std::byte> m_bytes;
};

} // namespace inglenook
