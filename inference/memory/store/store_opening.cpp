// How a StoreContents comes to know its folder: the lock, the walk through the segments, and the
// end of what a killed writer had begun.

#include "inference/memory/store/store_contents.h"

#include <algorithm>

namespace inglenook {

namespace {

/// Files of another version are of no use to this one, but may be to the program that wrote them.
constexpr int64_t kForeignDays = 30;

bool isOld(const std::filesystem::path& path)
{
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(path, error);
    const auto age = std::filesystem::file_time_type::clock::now() - changed;
    return !error && age > std::chrono::hours(24 * kForeignDays);
}

std::vector<uint64_t> segmentNumbers(const std::filesystem::path& folder)
{
    std::vector<uint64_t> numbers;
    std::error_code error;
    for (auto it = std::filesystem::directory_iterator(folder, error);
         !error && it != std::filesystem::directory_iterator(); it.increment(error))
        if (const auto number = Segment::numberOf(it->path()))
            numbers.push_back(*number);
    std::ranges::sort(numbers);
    return numbers;
}

bool isOlder(const RecordPlace& a, const RecordPlace& b)
{
    return a.sequence < b.sequence;
}

} // namespace

/// What the records say while they are walked through.
struct StoreContents::Finds {
    struct Journal {
        RecordPlace keep; // sequence 0: none
        std::vector<PageName> pages; // that it names
        RecordPlace forget;
    };
    std::map<std::string, Journal> journals; // by conversation
    std::vector<RecordPlace> outdated; // a later record says the same or otherwise
};

void StoreContents::openFolder()
{
    if (!m_options.readOnly) {
        if (const std::error_code error = createPrivateFolder(m_options.folder))
            noteFailure(error);
        else
            lockFolder();
    }

    Finds finds;
    walk(finds);
    for (const auto& [conversation, journal] : finds.journals)
        if (journal.keep.sequence > journal.forget.sequence)
            m_owners.set(conversation, journal.pages).record = journal.keep;
    if (m_writes)
        finishBegun(finds);
}

void StoreContents::finishBegun(const Finds& finds)
{
    for (const RecordPlace& place : finds.outdated)
        (void)removeRecord(place);
    for (const auto& [conversation, journal] : finds.journals) {
        if (journal.forget.sequence == 0)
            continue;
        if (journal.keep.sequence > 0 && isOlder(journal.keep, journal.forget)) {
            m_owners.set(conversation, journal.pages).record = journal.keep;
            (void)forget(conversation);
        }
        (void)removeRecord(journal.forget);
    }
    deleteEmptySegments();
}

void StoreContents::lockFolder()
{
    const std::filesystem::path path = m_options.folder / "lock";
    m_lock = StoreFile(path, StoreFile::Access::Write);
    if (m_lock.error() == std::errc::no_such_file_or_directory)
        m_lock = StoreFile(path, StoreFile::Access::Create);
    if (m_lock.error() == std::errc::file_exists) // another program was faster
        m_lock = StoreFile(path, StoreFile::Access::Write);
    if (!m_lock.isOpen()) {
        noteFailure(m_lock.error());
        return;
    }
    switch (m_lock.lock()) {
    case StoreFile::Locked::Held:
        m_writes = m_lock.hasName(); // else the folder went at this very moment
        break;
    case StoreFile::Locked::Taken:
        m_otherWrites = true;
        m_note = "Another program writes to the cache on disk; this one only reads there.";
        break;
    case StoreFile::Locked::Unavailable:
        noteFailure(m_lock.error());
        break;
    }
}

void StoreContents::walk(Finds& finds)
{
    for (const uint64_t number : segmentNumbers(m_options.folder)) {
        m_lastNumber = std::max(m_lastNumber, number);
        const auto access = m_writes ? Segment::Access::Write : Segment::Access::Read;
        m_segments.emplace(number, Held{.segment = {m_options.folder, number, access}});
        Segment& found = segment(number);
        switch (found.walk([&](const Segment::Found& record) { meet(record, number, finds); })) {
        case Segment::Kind::Own:
            m_lastUse = std::max(m_lastUse, found.useTime());
            break;
        case Segment::Kind::Foreign:
            meetForeign(number);
            break;
        case Segment::Kind::Gone:
            m_segments.erase(number);
            break;
        }
    }
    if (m_writes && m_segments.contains(m_lastNumber)) {
        m_segments.at(m_lastNumber).segment.cutTail();
        m_growing = m_lastNumber;
    }
}

void StoreContents::meet(const Segment::Found& found, uint64_t segment, Finds& finds)
{
    const RecordHeader& header = found.header;
    const RecordPlace place{.segment = segment,
                            .offset = found.offset,
                            .payloadBytes = header.payloadBytes,
                            .sequence = header.sequence};
    m_lastSequence = std::max(m_lastSequence, header.sequence);
    if (header.kind == RecordKind::Page) {
        const StoredPage* other = m_pages.find(header.name);
        countLive(place, 1);
        if (other)
            finds.outdated.push_back(std::min(place, other->place, isOlder));
        if (!other || isOlder(other->place, place))
            m_pages.insert(header.name,
                           {.place = place, .parent = header.parent, .tokens = header.tokens});
        return;
    }
    const bool keeps = header.kind == RecordKind::Keep;
    auto said = readConversation(found.payload);
    if ((!keeps && header.kind != RecordKind::Forget) || !said)
        return;
    countLive(place, 1);
    Finds::Journal& journal = finds.journals[said->conversation];
    RecordPlace& last = keeps ? journal.keep : journal.forget;
    const bool isLast = last.sequence == 0 || isOlder(last, place);
    if (last.sequence > 0)
        finds.outdated.push_back(isLast ? last : place);
    if (!isLast)
        return;
    last = place;
    if (keeps)
        journal.pages = std::move(said->pages);
}

void StoreContents::meetForeign(uint64_t number)
{
    const Segment& segment = m_segments.at(number).segment;
    if (m_writes && isOld(segment.path())) {
        std::error_code ignored;
        std::filesystem::remove(segment.path(), ignored);
    } else {
        m_foreign.push_back(segment.path());
        m_foreignBytes += segment.bytesOnDisk();
    }
    m_segments.erase(number);
}

} // namespace inglenook
