#include "storage/page_file.h"

#include <algorithm>
#include <bit>
#include <filesystem>
#include <optional>

namespace inglenook {

namespace {

constexpr size_t kFileHeaderBytes = 100;
constexpr size_t kLeafHeaderBytes = 8;
constexpr unsigned char kTableLeaf = 0x0d;
constexpr size_t kMostColumns = 64;
constexpr uint64_t kMostPayloadBytes = 256u << 20;

using Bytes = std::basic_string_view<unsigned char>;

uint32_t bigEndian(const unsigned char* bytes, size_t count)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i)
        value = value << 8 | bytes[i];
    return value;
}

/// Reads numbers of one to nine bytes; stands still at the end.
class Cursor {
public:
    explicit Cursor(Bytes bytes, size_t at = 0)
        : m_bytes(bytes)
        , m_at(at)
    {
    }

    std::optional<uint64_t> number()
    {
        uint64_t value = 0;
        for (int i = 0; i < 9; ++i) {
            if (m_at >= m_bytes.size())
                return std::nullopt;
            const unsigned char byte = m_bytes[m_at++];
            if (i == 8)
                return value << 8 | byte;
            value = value << 7 | (byte & 0x7f);
            if (!(byte & 0x80))
                break;
        }
        return value;
    }

    [[nodiscard]] size_t at() const { return m_at; }

private:
    Bytes m_bytes;
    size_t m_at;
};

uint64_t valueBytes(uint64_t type)
{
    constexpr uint64_t kFixed[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
    return type < 12 ? kFixed[type] : (type - 12) / 2;
}

PageValue readValue(uint64_t type, const unsigned char* bytes, uint64_t size)
{
    if (type == 0 || type == 10 || type == 11)
        return std::monostate();
    if (type == 8 || type == 9)
        return int64_t(type - 8);
    if (type >= 12)
        return std::string(reinterpret_cast<const char*>(bytes), size);
    uint64_t value = size > 0 && (bytes[0] & 0x80) ? ~uint64_t(0) : 0; // carries the sign on
    for (uint64_t i = 0; i < size; ++i)
        value = value << 8 | bytes[i];
    if (type == 7)
        return std::bit_cast<double>(value);
    return std::bit_cast<int64_t>(value);
}

std::optional<std::vector<PageValue>> readRecord(const std::string& payload)
{
    const Bytes bytes(reinterpret_cast<const unsigned char*>(payload.data()), payload.size());
    Cursor header(bytes);
    const std::optional<uint64_t> headerBytes = header.number();
    if (!headerBytes || *headerBytes > bytes.size())
        return std::nullopt;
    std::vector<PageValue> values;
    uint64_t at = *headerBytes;
    while (header.at() < *headerBytes) {
        const std::optional<uint64_t> type = header.number();
        if (!type || values.size() == kMostColumns)
            return std::nullopt;
        const uint64_t size = valueBytes(*type);
        if (size > bytes.size() - at)
            return std::nullopt;
        values.push_back(readValue(*type, bytes.data() + at, size));
        at += size;
    }
    if (at != bytes.size())
        return std::nullopt;
    return values;
}

} // namespace

PageFile::PageFile(const std::string& path)
    : m_file(path, std::ios::binary)
{
    unsigned char header[kFileHeaderBytes] = {};
    m_file.read(reinterpret_cast<char*>(header), sizeof header);
    m_file.clear();
    const uint32_t claimed = bigEndian(header + 16, 2);
    const size_t pageBytes = claimed == 1 ? 65536 : claimed;
    const size_t unused = header[20];
    // What the header says is taken only where it can be true; else what our files have.
    if (std::has_single_bit(pageBytes) && pageBytes >= 512 && unused + 480 <= pageBytes) {
        m_pageBytes = pageBytes;
        m_usableBytes = pageBytes - unused;
    }
    std::error_code missing;
    const auto size = std::filesystem::file_size(path, missing);
    m_pageCount = missing ? 0 : int64_t((size + m_pageBytes - 1) / m_pageBytes);
    readLog(path + "-wal");
}

void PageFile::readLog(const std::string& path)
{
    constexpr size_t kLogHeaderBytes = 32;
    constexpr size_t kFrameHeaderBytes = 24;
    m_log.open(path, std::ios::binary);
    unsigned char header[kLogHeaderBytes];
    if (!m_log.read(reinterpret_cast<char*>(header), sizeof header) ||
        bigEndian(header + 8, 4) != m_pageBytes)
        return;
    std::map<int64_t, int64_t> uncommitted;
    unsigned char frame[kFrameHeaderBytes];
    for (auto at = int64_t(kLogHeaderBytes);; at += int64_t(kFrameHeaderBytes + m_pageBytes)) {
        m_log.seekg(at);
        if (!m_log.read(reinterpret_cast<char*>(frame), sizeof frame))
            break;
        if (!std::equal(frame + 8, frame + 16, header + 16))
            break; // left over from an earlier use of the log
        uncommitted[bigEndian(frame, 4)] = at + int64_t(kFrameHeaderBytes);
        if (const uint32_t pages = bigEndian(frame + 4, 4); pages != 0) {
            for (const auto& [number, place] : uncommitted)
                m_logged[number] = place;
            uncommitted.clear();
        }
    }
    m_log.clear();
    if (!m_logged.empty())
        m_pageCount = std::max(m_pageCount, m_logged.rbegin()->first);
}

PageFile::Page PageFile::page(int64_t number)
{
    Page bytes(m_pageBytes, 0);
    const auto logged = m_logged.find(number);
    std::ifstream& from = logged == m_logged.end() ? m_file : m_log;
    const int64_t place =
        logged == m_logged.end() ? (number - 1) * int64_t(m_pageBytes) : logged->second;
    from.clear();
    from.seekg(place);
    from.read(reinterpret_cast<char*>(bytes.data()),
              std::streamsize(bytes.size())); // what is missing stays 0
    return bytes;
}

void PageFile::forEachRow(const std::function<void(const PageRow&)>& use)
{
    for (int64_t number = 1; number <= m_pageCount; ++number) {
        const Page bytes = page(number);
        const size_t header = number == 1 ? kFileHeaderBytes : 0;
        if (bytes[header] == kTableLeaf)
            readLeaf(bytes, header, use);
    }
}

void PageFile::readLeaf(const Page& page, size_t header,
                        const std::function<void(const PageRow&)>& use)
{
    const size_t cells = bigEndian(page.data() + header + 3, 2);
    for (size_t i = 0; i < cells; ++i) {
        const size_t pointer = header + kLeafHeaderBytes + 2 * i;
        if (pointer + 2 > m_usableBytes)
            return;
        Cursor cell(Bytes(page.data(), m_usableBytes), bigEndian(page.data() + pointer, 2));
        const std::optional<uint64_t> size = cell.number();
        const std::optional<uint64_t> id = cell.number();
        std::string payload;
        if (!size || !id || !readPayload(page, cell.at(), *size, payload))
            continue;
        if (auto values = readRecord(payload))
            use({.id = std::bit_cast<int64_t>(*id), .values = std::move(*values)});
    }
}

bool PageFile::readPayload(const Page& leaf, size_t at, uint64_t size, std::string& payload)
{
    const uint64_t usable = m_usableBytes;
    if (size > kMostPayloadBytes || size > uint64_t(m_pageCount) * usable)
        return false;
    // How much of a long row lies in the leaf itself: section 1.6 of the format.
    const uint64_t most = usable - 35;
    const uint64_t least = (usable - 12) * 32 / 255 - 23;
    const uint64_t fitting = least + (size > least ? (size - least) % (usable - 4) : 0);
    const uint64_t local = size <= most ? size : fitting <= most ? fitting : least;
    if (at + local + (local < size ? 4 : 0) > usable)
        return false;
    payload.assign(reinterpret_cast<const char*>(leaf.data()) + at, local);
    int64_t next = local < size ? bigEndian(leaf.data() + at + local, 4) : 0;
    while (payload.size() < size) {
        if (next < 1 || next > m_pageCount)
            return false;
        const Page overflow = page(next);
        const uint64_t part = std::min(size - payload.size(), usable - 4);
        payload.append(reinterpret_cast<const char*>(overflow.data()) + 4, part);
        next = bigEndian(overflow.data(), 4);
    }
    return true;
}

} // namespace inglenook
