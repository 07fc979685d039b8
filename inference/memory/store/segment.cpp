#include "inference/memory/store/segment.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace inglenook {

namespace {

constexpr const char* kEnding = ".pages";
constexpr size_t kDigits = 16;

/// How much is read at once where the next valid header has to be looked for.
constexpr uint64_t kSearchBytes = uint64_t{1} << 20;

std::span<const std::byte> bytesOf(const RecordHeader& header)
{
    return std::as_bytes(std::span(&header, 1));
}

} // namespace

Segment::Segment(const std::filesystem::path& folder, uint64_t number, Access access)
    : m_path(pathOf(folder, number))
    , m_number(number)
    , m_access(access)
{
}

std::filesystem::path Segment::pathOf(const std::filesystem::path& folder, uint64_t number)
{
    char name[kDigits + 1];
    std::snprintf(name, sizeof name, "%016llx", static_cast<unsigned long long>(number));
    return folder / (std::string(name) + kEnding);
}

std::optional<uint64_t> Segment::numberOf(const std::filesystem::path& path)
{
    const std::string stem = path.stem().string();
    if (path.extension() != kEnding || stem.size() != kDigits)
        return std::nullopt;
    uint64_t number = 0;
    for (const char c : stem) {
        const char* digits = "0123456789abcdef";
        const char* digit = std::strchr(digits, c);
        if (!digit || *digit == 0)
            return std::nullopt;
        number = number << 4 | static_cast<uint64_t>(digit - digits);
    }
    return number;
}

std::error_code Segment::create()
{
    m_file = StoreFile(m_path, StoreFile::Access::Create);
    if (!m_file.isOpen())
        return m_file.error();
    const auto block = segmentBlock();
    if (const std::error_code error = m_file.write(0, block)) {
        std::error_code ignored;
        std::filesystem::remove(m_path, ignored);
        return error;
    }
    m_changed = true;
    m_bytesOnDisk = kBlockBytes;
    return {};
}

StoreFile& Segment::file()
{
    if (!m_file.isOpen()) {
        const bool writes = m_access == Access::Write;
        m_file = StoreFile(m_path, writes ? StoreFile::Access::Write : StoreFile::Access::Read);
        m_file.expectOrder(StoreFile::Order::Forward);
    }
    return m_file;
}

void Segment::close()
{
    saveUseTime();
    m_file = {};
}

bool Segment::exists()
{
    return file().isOpen() && m_file.hasName();
}

std::vector<std::byte> Segment::bytesAt(uint64_t offset, uint64_t fileBytes, uint64_t wanted)
{
    std::vector<std::byte> bytes(offset < fileBytes ? std::min(wanted, fileBytes - offset)
                                                    : uint64_t{0});
    if (!m_file.read(offset, bytes)) // the file shrinks under a second program
        bytes.clear();
    return bytes;
}

Segment::Kind Segment::walk(const std::function<void(const Found&)>& visit)
{
    if (!file().isOpen())
        return Kind::Gone;
    m_file.expectOrder(StoreFile::Order::Jumping);
    const uint64_t fileBytes = m_file.bytes();
    m_bytesOnDisk = m_file.bytesOnDisk();
    m_useTime = m_savedUseTime = m_file.useTime();
    if (isForeign(bytesAt(0, fileBytes, kBlockBytes)))
        return Kind::Foreign;

    std::vector<std::byte> window;
    uint64_t windowOffset = 0;
    uint64_t wanted = kBlockBytes;
    uint64_t offset = kBlockBytes;
    while (offset < fileBytes) {
        if (offset - windowOffset >= window.size()) {
            windowOffset = offset;
            window = bytesAt(offset, fileBytes, wanted);
            if (window.empty())
                break;
        }
        const auto bytes = std::span(window).subspan(offset - windowOffset);
        const auto header = readHeader(bytes, m_number);
        if (!header || recordBytes(header->payloadBytes) > fileBytes - offset) {
            offset += kBlockBytes;
            wanted = kSearchBytes;
            continue;
        }
        Found found{.header = *header, .offset = offset};
        bool whole = true;
        if (header->kind == RecordKind::Keep || header->kind == RecordKind::Forget) {
            found.payload = bytesAt(offset + sizeof *header, fileBytes, header->payloadBytes);
            whole = payloadIsWhole(*header, found.payload);
        }
        if (whole)
            visit(found);
        offset += recordBytes(header->payloadBytes);
        m_end = offset;
        wanted = kBlockBytes;
    }
    m_file.expectOrder(StoreFile::Order::Forward);
    return Kind::Own;
}

void Segment::cutTail()
{
    if (file().isOpen() && m_file.bytes() > m_end && m_file.truncate(m_end))
        m_bytesOnDisk = m_file.bytesOnDisk();
}

std::error_code Segment::append(RecordHeader& header, std::span<const std::byte> payload)
{
    static constexpr std::array<std::byte, kBlockBytes> kZeros{};
    seal(header, payload, m_number);
    const uint64_t bytes = recordBytes(payload.size());
    const size_t padding = bytes - sizeof header - payload.size();
    if (const std::error_code error =
            file().write(m_end, bytesOf(header), payload, std::span(kZeros).first(padding))) {
        // if even this fails, the next record overwrites the rest of this one
        m_file.truncate(m_end);
        return error;
    }
    m_end += bytes;
    m_bytesOnDisk += bytes;
    m_changed = true;
    return {};
}

Segment::Result Segment::read(uint64_t offset, PageName name, std::span<std::byte> payload)
{
    if (!file().isOpen())
        return Result::Unreadable;
    RecordHeader found;
    const auto bytes = std::as_writable_bytes(std::span(&found, 1));
    if (!m_file.read(offset, bytes, payload))
        return Result::Damaged;
    const auto header = readHeader(bytes, m_number);
    const bool asked = header && header->kind == RecordKind::Page && header->name == name;
    return asked && payloadIsWhole(*header, payload) ? Result::Whole : Result::Damaged;
}

bool Segment::remove(uint64_t offset, uint64_t payloadBytes)
{
    // The contents go first: if that is as far as we come, the checksum says that they are gone.
    const RecordHeader removed = removedRecord(payloadBytes, m_number);
    const uint64_t behind = recordBytes(payloadBytes) - kBlockBytes;
    std::array<std::byte, kBlockBytes> block{};
    std::memcpy(block.data(), &removed, sizeof removed);
    const auto erased =
        behind == 0 ? StoreFile::Erased::Zeroed : file().erase(offset + kBlockBytes, behind);
    if (erased == StoreFile::Erased::Freed)
        m_bytesOnDisk -= std::min(behind, m_bytesOnDisk);
    const bool overwritten = !file().write(offset, block);
    m_changed = true;
    m_savedUseTime = 0; // the file says now that it was of use
    return overwritten && erased != StoreFile::Erased::Not;
}

bool Segment::sync()
{
    if (!m_changed)
        return true;
    if (!file().isOpen() || !m_file.sync())
        return false;
    m_changed = false;
    return true;
}

void Segment::saveUseTime()
{
    if (m_useTime == m_savedUseTime || !file().isOpen())
        return;
    m_file.setUseTime(m_useTime);
    m_savedUseTime = m_useTime;
}

} // namespace inglenook
