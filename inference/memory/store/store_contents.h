#pragma once

#include "inference/memory/store/page_index.h"
#include "inference/memory/store/page_owners.h"
#include "inference/memory/store/page_store.h"
#include "inference/memory/store/segment.h"

#include <map>

namespace inglenook {

/// The folder of a PageStore as it was found, and every change to it. Files and books (which pages
/// are where, who keeps them, how much of a segment lives) change here together.
class StoreContents {
public:
    /// Locks the folder, walks through its segments, and ends what a killed writer had begun.
    explicit StoreContents(const PageStore::Options& options);

    struct Held {
        Segment segment;
        uint64_t liveBytes = 0; // of records that count
        int liveRecords = 0;
    };

    [[nodiscard]] bool writes() const { return m_writes; }
    [[nodiscard]] bool otherWrites() const { return m_otherWrites; }
    [[nodiscard]] const std::string& note() const { return m_note; }
    [[nodiscard]] const PageStore::Options& options() const { return m_options; }
    [[nodiscard]] const PageIndex& pages() const { return m_pages; }
    [[nodiscard]] const PageOwners& owners() const { return m_owners; }
    [[nodiscard]] const std::map<uint64_t, Held>& segments() const { return m_segments; }
    [[nodiscard]] uint64_t diskBytes() const;

    /// Whether the folder this was opened in is still there, under its lock.
    [[nodiscard]] bool folderIsThere();
    /// The segment, for reading. Never more than some files are open.
    [[nodiscard]] Segment& segment(uint64_t number);
    /// Notes that pages of this segment are in use.
    void use(uint64_t segment);

    bool addPage(PageName name, const StoredPage& page, std::span<const std::byte> payload);
    /// Removes pages from index and disk. False: their bytes could not be overwritten.
    bool removePages(const std::vector<PageName>& names);
    /// Forgets a page without touching the disk.
    void dropPage(PageName name);
    /// Forgets what was in a file that is gone.
    void dropSegment(uint64_t number);

    void keep(std::string_view conversation, std::vector<PageName> pages);
    bool forget(std::string_view conversation);

    /// Deletes a segment and what hangs below its pages elsewhere. What conversations keep besides
    /// is written anew. Returns how many pages went.
    uint64_t giveUp(uint64_t segment);
    void removeForeignFiles();
    /// Copies what lives in a segment to the newest one and deletes it. False: the disk refuses.
    bool moveAway(uint64_t segment);

    /// Everything written so far survives a power cut.
    bool flush();

    /// Says why writing stopped, in a sentence, and what that means.
    void noteStop(const std::string& reason);

private:
    struct Finds;

    void openFolder();
    void lockFolder();
    void walk(Finds& finds);
    void meet(const Segment::Found& found, uint64_t segment, Finds& finds);
    void meetForeign(uint64_t segment);
    void finishBegun(const Finds& finds);
    void limitOpenFiles();
    void noteFailure(std::error_code error);

    [[nodiscard]] std::optional<RecordPlace> append(RecordHeader header,
                                                    std::span<const std::byte> payload);
    [[nodiscard]] Held* segmentWithRoom(uint64_t bytes);
    bool writeOwner(const std::string& conversation);
    bool removeRecord(const RecordPlace& place); // that counted until now
    void deleteSegment(uint64_t number);
    void deleteEmptySegments();
    /// Forgets who keeps pages of which none is stored any more.
    bool forgetIfEmpty(const std::string& conversation);
    void moveOwners(uint64_t segment);
    void countLive(const RecordPlace& place, int change);

    PageStore::Options m_options;
    bool m_writes = false;
    bool m_otherWrites = false; // another program does
    std::string m_note;
    StoreFile m_lock;
    std::map<uint64_t, Held> m_segments;
    std::optional<uint64_t> m_growing; // where records are appended
    std::vector<std::filesystem::path> m_foreign;
    uint64_t m_foreignBytes = 0;
    PageIndex m_pages;
    PageOwners m_owners;
    std::vector<RecordPlace> m_superseded; // to remove when what replaces them is safe
    uint64_t m_lastSequence = 0;
    uint64_t m_lastNumber = 0; // of a segment
    int64_t m_lastUse = 0;
    bool m_namesChanged = false; // files came or went since the last flush
};

} // namespace inglenook
