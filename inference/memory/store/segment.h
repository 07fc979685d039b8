#pragma once

#include "inference/memory/store/segment_record.h"
#include "inference/memory/store/store_file.h"

#include <functional>

namespace inglenook {

/// One file of records. They are appended; the only bytes that ever change are those of a removed
/// record. The file is opened when it is needed.
class Segment {
public:
    enum class Access { Read, Write };

    /// The file with this number in a folder, which exists.
    Segment(const std::filesystem::path& folder, uint64_t number, Access access);
    /// Creates the file. The error says why it could not.
    [[nodiscard]] std::error_code create();

    [[nodiscard]] static std::filesystem::path pathOf(const std::filesystem::path& folder,
                                                      uint64_t number);
    /// The number in a file's name, if it is a segment's.
    [[nodiscard]] static std::optional<uint64_t> numberOf(const std::filesystem::path& path);

    struct Found {
        RecordHeader header;
        uint64_t offset;
        std::vector<std::byte> payload; // of Keep and Forget, verified
    };
    enum class Kind { Own, Foreign, Gone };
    /// Looks at every record whose header is valid and which lies inside the file, in order, and
    /// finds the end of the last.
    Kind walk(const std::function<void(const Found&)>& visit);

    [[nodiscard]] uint64_t number() const { return m_number; }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] uint64_t end() const { return m_end; } // where the next record goes
    [[nodiscard]] uint64_t bytesOnDisk() const { return m_bytesOnDisk; }
    /// Whether the file is there under its name. What is open can be read even if not.
    [[nodiscard]] bool exists();

    /// Cuts off what lies behind the last record: the beginning of one that was never finished.
    void cutTail();
    /// Seals the header and appends. After an error the file is as before.
    [[nodiscard]] std::error_code append(RecordHeader& header, std::span<const std::byte> payload);

    enum class Result { Whole, Damaged, Unreadable };
    /// Reads a record's payload; Whole if it is the page of this name. Unreadable says nothing
    /// about the record: the file cannot be opened now.
    [[nodiscard]] Result read(uint64_t offset, PageName name, std::span<std::byte> payload);
    /// Overwrites a record: only its length can be found afterwards. False if that failed.
    bool remove(uint64_t offset, uint64_t payloadBytes);

    bool sync();
    /// Closes the file until it is needed again.
    void close();
    [[nodiscard]] bool isOpen() const { return m_file.isOpen(); }

    [[nodiscard]] int64_t useTime() const { return m_useTime; }
    void use(int64_t now) { m_useTime = now; }
    /// Writes the time of last use where it outlives the program.
    void saveUseTime();

private:
    [[nodiscard]] StoreFile& file();
    [[nodiscard]] std::vector<std::byte> bytesAt(uint64_t offset, uint64_t fileBytes,
                                                 uint64_t wanted);

    std::filesystem::path m_path;
    uint64_t m_number;
    Access m_access;
    StoreFile m_file;
    uint64_t m_end = kBlockBytes;
    uint64_t m_bytesOnDisk = 0;
    bool m_changed = false; // since the last sync
    int64_t m_useTime = 0;
    int64_t m_savedUseTime = 0; // as the file says
};

} // namespace inglenook
