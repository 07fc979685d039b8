#include "inference/memory/store/store_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace inglenook {

namespace {

std::error_code systemError()
{
    const bool full = errno == EDQUOT || errno == EFBIG; // of a user or a file: the same to us
    return {full ? ENOSPC : errno, std::generic_category()};
}

int number(intptr_t handle)
{
    return static_cast<int>(handle);
}

struct stat statusOf(intptr_t handle)
{
    struct stat status = {};
    if (fstat(number(handle), &status) != 0)
        status = {};
    return status;
}

/// Takes `done` bytes off the front of the parts.
void skip(std::span<iovec> parts, size_t done)
{
    for (iovec& part : parts) {
        const size_t taken = std::min(done, part.iov_len);
        part.iov_base = static_cast<char*>(part.iov_base) + taken;
        part.iov_len -= taken;
        done -= taken;
    }
}

size_t left(std::span<const iovec> parts)
{
    size_t sum = 0;
    for (const iovec& part : parts)
        sum += part.iov_len;
    return sum;
}

iovec part(std::span<const std::byte> bytes)
{
    return {const_cast<std::byte*>(bytes.data()), bytes.size()}; // writing does not change them
}

} // namespace

StoreFile::StoreFile(const std::filesystem::path& path, Access access)
{
    int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (access == Access::Read ? O_RDONLY : O_RDWR);
    if (access == Access::Create)
        flags |= O_CREAT | O_EXCL;
    m_handle = open(path.c_str(), flags, 0600);
    if (m_handle < 0) {
        m_error = systemError();
    } else if (!S_ISREG(statusOf(m_handle).st_mode)) {
        close(number(std::exchange(m_handle, kClosed)));
        m_error = std::make_error_code(std::errc::invalid_argument);
    }
}

StoreFile::~StoreFile()
{
    if (isOpen())
        close(number(m_handle));
}

StoreFile::StoreFile(StoreFile&& other) noexcept
    : m_handle(std::exchange(other.m_handle, kClosed))
    , m_error(other.m_error)
{
}

StoreFile& StoreFile::operator=(StoreFile&& other) noexcept
{
    std::swap(m_handle, other.m_handle);
    std::swap(m_error, other.m_error);
    return *this;
}

bool StoreFile::hasName() const
{
    return statusOf(m_handle).st_nlink > 0;
}

uint64_t StoreFile::bytes() const
{
    return static_cast<uint64_t>(statusOf(m_handle).st_size);
}

uint64_t StoreFile::bytesOnDisk() const
{
    constexpr uint64_t kStatusBlock = 512; // whatever the file system's own
    return static_cast<uint64_t>(statusOf(m_handle).st_blocks) * kStatusBlock;
}

bool StoreFile::read(uint64_t offset, std::span<std::byte> front, std::span<std::byte> rest) const
{
    std::array parts{part(front), part(rest)};
    while (left(parts) > 0) {
        const ssize_t done = preadv(number(m_handle), parts.data(), static_cast<int>(parts.size()),
                                    static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        skip(parts, static_cast<size_t>(done));
        offset += static_cast<uint64_t>(done);
    }
    return true;
}

std::error_code StoreFile::write(uint64_t offset, std::span<const std::byte> front,
                                 std::span<const std::byte> rest,
                                 std::span<const std::byte> padding)
{
    std::array parts{part(front), part(rest), part(padding)};
    while (left(parts) > 0) {
        const ssize_t done = pwritev(number(m_handle), parts.data(), static_cast<int>(parts.size()),
                                     static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return systemError();
        if (done == 0)
            return std::make_error_code(std::errc::no_space_on_device);
        skip(parts, static_cast<size_t>(done));
        offset += static_cast<uint64_t>(done);
    }
    return {};
}

bool StoreFile::truncate(uint64_t bytes)
{
    return ftruncate(number(m_handle), static_cast<off_t>(bytes)) == 0;
}

StoreFile::Erased StoreFile::erase(uint64_t offset, uint64_t bytes)
{
#ifdef FALLOC_FL_PUNCH_HOLE
    if (fallocate(number(m_handle), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  static_cast<off_t>(offset), static_cast<off_t>(bytes)) == 0)
        return Erased::Freed;
#endif
    const std::vector<std::byte> zeros(std::min<uint64_t>(bytes, uint64_t{1} << 20));
    for (uint64_t done = 0; done < bytes; done += zeros.size()) {
        const uint64_t length = std::min<uint64_t>(zeros.size(), bytes - done);
        if (write(offset + done, std::span(zeros).first(length)))
            return Erased::Not;
    }
    return Erased::Zeroed;
}

bool StoreFile::sync()
{
#ifdef __APPLE__
    return fcntl(number(m_handle), F_FULLFSYNC) == 0;
#else
    return fdatasync(number(m_handle)) == 0;
#endif
}

StoreFile::Locked StoreFile::lock()
{
    if (flock(number(m_handle), LOCK_EX | LOCK_NB) == 0)
        return Locked::Held;
    m_error = systemError();
    return errno == EWOULDBLOCK ? Locked::Taken : Locked::Unavailable;
}

int64_t StoreFile::useTime() const
{
#ifdef __APPLE__
    const timespec time = statusOf(m_handle).st_mtimespec;
#else
    const timespec time = statusOf(m_handle).st_mtim;
#endif
    return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void StoreFile::setUseTime(int64_t nanoseconds)
{
    const timespec keepAccess{.tv_sec = 0, .tv_nsec = UTIME_OMIT};
    const timespec change{.tv_sec = nanoseconds / 1'000'000'000,
                          .tv_nsec = nanoseconds % 1'000'000'000};
    const std::array times{keepAccess, change};
    // a time that cannot be set makes the file go earlier than it should, no more
    (void)futimens(number(m_handle), times.data());
}

void StoreFile::expectOrder(Order order) const
{
#ifdef POSIX_FADV_RANDOM
    posix_fadvise(number(m_handle), 0, 0,
                  order == Order::Jumping ? POSIX_FADV_RANDOM : POSIX_FADV_SEQUENTIAL);
#else
    (void)order;
#endif
}

std::error_code createPrivateFolder(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder.parent_path(), error);
    if (mkdir(folder.c_str(), 0700) == 0)
        return {};
    error = systemError();
    std::error_code ignored;
    return std::filesystem::is_directory(folder, ignored) ? std::error_code() : error;
}

void syncFolder(const std::filesystem::path& folder)
{
    const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return;
    (void)fsync(file);
    close(file);
}

} // namespace inglenook
