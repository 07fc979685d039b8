#include "inference/memory/store/store_file.h"

#include <algorithm>
#include <utility>
#include <vector>

#ifndef NOMINMAX
#define NOMINMAX
#endif
#include <windows.h>
#include <winioctl.h>

namespace inglenook {

namespace {

/// Between the year 1601, where file times begin, and 1970, in their steps of 100 ns.
constexpr int64_t kEpochSteps = 116'444'736'000'000'000;

HANDLE native(intptr_t handle)
{
    return reinterpret_cast<HANDLE>(handle);
}

std::error_code systemError()
{
    return {static_cast<int>(GetLastError()), std::system_category()};
}

OVERLAPPED at(uint64_t offset)
{
    OVERLAPPED place = {};
    place.Offset = static_cast<DWORD>(offset);
    place.OffsetHigh = static_cast<DWORD>(offset >> 32);
    return place;
}

BY_HANDLE_FILE_INFORMATION informationOf(intptr_t handle)
{
    BY_HANDLE_FILE_INFORMATION information = {};
    if (!GetFileInformationByHandle(native(handle), &information))
        information = {};
    return information;
}

/// At once; more than the system's calls take in one is never asked for.
DWORD pieceOf(uint64_t bytes)
{
    return static_cast<DWORD>(std::min<uint64_t>(bytes, uint64_t{1} << 30));
}

} // namespace

// A folder below the user's own is for this user only there: files inherit that.
StoreFile::StoreFile(const std::filesystem::path& path, Access access)
{
    const DWORD wish = access == Access::Read ? GENERIC_READ : GENERIC_READ | GENERIC_WRITE;
    const DWORD others = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    const HANDLE handle = CreateFileW(path.c_str(), wish, others, nullptr,
                                      access == Access::Create ? CREATE_NEW : OPEN_EXISTING,
                                      FILE_ATTRIBUTE_NORMAL, nullptr);
    if (handle == INVALID_HANDLE_VALUE) {
        m_error = systemError();
        return;
    }
    m_handle = reinterpret_cast<Handle>(handle);
    DWORD returned = 0;
    if (access == Access::Create) // so that removed records give their space back
        DeviceIoControl(handle, FSCTL_SET_SPARSE, nullptr, 0, nullptr, 0, &returned, nullptr);
}

StoreFile::~StoreFile()
{
    if (isOpen())
        CloseHandle(native(m_handle));
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
    FILE_STANDARD_INFO information = {};
    return GetFileInformationByHandleEx(native(m_handle), FileStandardInfo, &information,
                                        sizeof information) &&
        !information.DeletePending && information.NumberOfLinks > 0;
}

uint64_t StoreFile::bytes() const
{
    const BY_HANDLE_FILE_INFORMATION information = informationOf(m_handle);
    return uint64_t{information.nFileSizeHigh} << 32 | information.nFileSizeLow;
}

uint64_t StoreFile::bytesOnDisk() const
{
    FILE_STANDARD_INFO information = {};
    if (!GetFileInformationByHandleEx(native(m_handle), FileStandardInfo, &information,
                                      sizeof information))
        return 0;
    return static_cast<uint64_t>(information.AllocationSize.QuadPart);
}

bool StoreFile::read(uint64_t offset, std::span<std::byte> front, std::span<std::byte> rest) const
{
    for (std::span<std::byte> part : {front, rest}) {
        while (!part.empty()) {
            OVERLAPPED place = at(offset);
            DWORD done = 0;
            if (!ReadFile(native(m_handle), part.data(), pieceOf(part.size()), &done, &place) ||
                done == 0)
                return false;
            part = part.subspan(done);
            offset += done;
        }
    }
    return true;
}

std::error_code StoreFile::write(uint64_t offset, std::span<const std::byte> front,
                                 std::span<const std::byte> rest,
                                 std::span<const std::byte> padding)
{
    for (std::span<const std::byte> part : {front, rest, padding}) {
        while (!part.empty()) {
            OVERLAPPED place = at(offset);
            DWORD done = 0;
            if (!WriteFile(native(m_handle), part.data(), pieceOf(part.size()), &done, &place))
                return systemError();
            if (done == 0)
                return std::make_error_code(std::errc::no_space_on_device);
            part = part.subspan(done);
            offset += done;
        }
    }
    return {};
}

bool StoreFile::truncate(uint64_t bytes)
{
    LARGE_INTEGER place;
    place.QuadPart = static_cast<LONGLONG>(bytes);
    return SetFilePointerEx(native(m_handle), place, nullptr, FILE_BEGIN) &&
        SetEndOfFile(native(m_handle));
}

StoreFile::Erased StoreFile::erase(uint64_t offset, uint64_t bytes)
{
    FILE_ZERO_DATA_INFORMATION part;
    part.FileOffset.QuadPart = static_cast<LONGLONG>(offset);
    part.BeyondFinalZero.QuadPart = static_cast<LONGLONG>(offset + bytes);
    DWORD returned = 0;
    const bool sparse =
        (informationOf(m_handle).dwFileAttributes & FILE_ATTRIBUTE_SPARSE_FILE) != 0;
    if (DeviceIoControl(native(m_handle), FSCTL_SET_ZERO_DATA, &part, sizeof part, nullptr, 0,
                        &returned, nullptr))
        return sparse ? Erased::Freed : Erased::Zeroed;
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
    return FlushFileBuffers(native(m_handle)) != 0;
}

StoreFile::Locked StoreFile::lock()
{
    OVERLAPPED place = {};
    if (LockFileEx(native(m_handle), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
                   &place))
        return Locked::Held;
    m_error = systemError();
    return m_error.value() == ERROR_LOCK_VIOLATION || m_error.value() == ERROR_IO_PENDING
        ? Locked::Taken
        : Locked::Unavailable;
}

int64_t StoreFile::useTime() const
{
    const FILETIME time = informationOf(m_handle).ftLastWriteTime;
    const auto steps =
        static_cast<int64_t>(uint64_t{time.dwHighDateTime} << 32 | time.dwLowDateTime);
    return (steps - kEpochSteps) * 100;
}

void StoreFile::setUseTime(int64_t nanoseconds)
{
    const auto steps = static_cast<uint64_t>(nanoseconds / 100 + kEpochSteps);
    const FILETIME time = {static_cast<DWORD>(steps), static_cast<DWORD>(steps >> 32)};
    SetFileTime(native(m_handle), nullptr, nullptr, &time);
}

void StoreFile::expectOrder(Order) const
{
    // the system decides by what is read
}

std::error_code createPrivateFolder(const std::filesystem::path& folder)
{
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    std::error_code ignored;
    return std::filesystem::is_directory(folder, ignored) ? std::error_code() : error;
}

void syncFolder(const std::filesystem::path&)
{
    // the journal of the file system does
}

} // namespace inglenook
