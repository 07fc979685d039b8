#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace inglenook {

/// What is wrong with a file, as the second half of a sentence: "it ends in the middle of ...".
/// Whoever knows the path makes it whole.
class FileFault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Reads little-endian values from bytes that nobody vouches for. Every step is checked against
/// what is left; what does not fit is a FileFault that names `what` was being read.
class ByteCursor {
public:
    explicit ByteCursor(std::span<const std::byte> bytes)
        : m_bytes(bytes)
    {
    }

    [[nodiscard]] size_t position() const { return m_position; }
    [[nodiscard]] size_t remaining() const { return m_bytes.size() - m_position; }
    /// `position` <= size of the bytes.
    void seek(size_t position) { m_position = position; }

    [[nodiscard]] std::span<const std::byte> take(uint64_t count, std::string_view what)
    {
        if (count > remaining())
            throw FileFault("it ends in the middle of " + std::string(what));
        const auto taken = m_bytes.subspan(m_position, static_cast<size_t>(count));
        m_position += taken.size();
        return taken;
    }

    template <typename Number> [[nodiscard]] Number read(std::string_view what)
    {
        static_assert(std::endian::native == std::endian::little);
        Number number;
        std::memcpy(&number, take(sizeof number, what).data(), sizeof number);
        return number;
    }

    [[nodiscard]] std::string_view text(uint64_t length, std::string_view what)
    {
        const auto taken = take(length, what);
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }

private:
    std::span<const std::byte> m_bytes;
    size_t m_position = 0;
};

} // namespace inglenook
