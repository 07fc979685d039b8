#include "inference/memory/store/store_contents.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace inglenook {

namespace {

constexpr int kMostOpenFiles = 64;

/// A segment is a small part of the quota, so that giving one up gives up little.
constexpr uint64_t kLeastSegmentsInQuota = 8;

int64_t systemTime()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace

StoreContents::StoreContents(const PageStore::Options& options)
    : m_options(options)
{
    openFolder();
}

uint64_t StoreContents::diskBytes() const
{
    uint64_t sum = m_foreignBytes;
    for (const auto& [number, held] : m_segments)
        sum += held.segment.bytesOnDisk();
    return sum;
}

bool StoreContents::folderIsThere()
{
    return m_lock.isOpen() && m_lock.hasName();
}

void StoreContents::limitOpenFiles()
{
    const auto open = std::ranges::count_if(
        m_segments, [](const auto& entry) { return entry.second.segment.isOpen(); });
    if (open >= kMostOpenFiles)
        for (auto& [number, held] : m_segments)
            held.segment.close();
}

Segment& StoreContents::segment(uint64_t number)
{
    Segment& wanted = m_segments.at(number).segment;
    if (!wanted.isOpen())
        limitOpenFiles();
    return wanted;
}

void StoreContents::use(uint64_t number)
{
    m_lastUse = std::max(m_lastUse + 1, systemTime());
    m_segments.at(number).segment.use(m_lastUse);
}

void StoreContents::countLive(const RecordPlace& place, int change)
{
    Held& held = m_segments.at(place.segment);
    held.liveRecords += change;
    if (change > 0)
        held.liveBytes += recordBytes(place.payloadBytes);
    else
        held.liveBytes -= recordBytes(place.payloadBytes);
}

void StoreContents::noteFailure(std::error_code error)
{
    const bool full = error == std::errc::no_space_on_device;
    noteStop(full ? "The disk is full."
                  : "The folder \"" + m_options.folder.string() +
                     "\" cannot be written: " + error.message() + ".");
}

void StoreContents::noteStop(const std::string& reason)
{
    m_note = reason + " " + kReadAnew;
}

StoreContents::Held* StoreContents::segmentWithRoom(uint64_t bytes)
{
    if (!folderIsThere()) {
        noteFailure(std::make_error_code(std::errc::no_such_file_or_directory));
        return nullptr;
    }
    const uint64_t most =
        std::min(m_options.segmentBytes, m_options.quotaBytes / kLeastSegmentsInQuota);
    if (m_growing) {
        Held& held = m_segments.at(*m_growing);
        const bool isNew = held.segment.end() == kBlockBytes;
        if ((isNew || held.segment.end() + bytes <= most) && held.segment.exists())
            return &held;
        if (!held.segment.exists()) // somebody tidied up
            dropSegment(*m_growing);
        m_growing.reset();
    }
    limitOpenFiles();
    const uint64_t number = ++m_lastNumber;
    Segment segment(m_options.folder, number, Segment::Access::Write);
    if (const std::error_code error = segment.create()) {
        noteFailure(error);
        return nullptr;
    }
    m_namesChanged = true;
    m_growing = number;
    return &m_segments.emplace(number, Held{.segment = std::move(segment)}).first->second;
}

std::optional<RecordPlace> StoreContents::append(RecordHeader header,
                                                 std::span<const std::byte> payload)
{
    Held* held = segmentWithRoom(recordBytes(payload.size()));
    if (!held)
        return std::nullopt;
    header.sequence = ++m_lastSequence;
    const RecordPlace place{.segment = held->segment.number(),
                            .offset = held->segment.end(),
                            .payloadBytes = payload.size(),
                            .sequence = header.sequence};
    if (const std::error_code error = held->segment.append(header, payload)) {
        noteFailure(error);
        return std::nullopt;
    }
    countLive(place, 1);
    use(place.segment);
    return place;
}

bool StoreContents::addPage(PageName name, const StoredPage& page,
                            std::span<const std::byte> payload)
{
    const auto place = append(
        {.kind = RecordKind::Page, .name = name, .parent = page.parent, .tokens = page.tokens},
        payload);
    if (!place)
        return false;
    m_note.clear(); // not for a record of who keeps pages: there may be room for that alone
    StoredPage stored = page;
    stored.place = *place;
    m_pages.insert(name, stored);
    return true;
}

void StoreContents::dropPage(PageName name)
{
    if (const StoredPage* page = m_pages.find(name)) {
        countLive(page->place, -1);
        m_pages.erase(name);
    }
}

bool StoreContents::removeRecord(const RecordPlace& place)
{
    if (!m_segments.contains(place.segment))
        return true; // the whole file went
    countLive(place, -1);
    if (!folderIsThere()) // what bears the segment's name now may be another program's
        return false;
    return segment(place.segment).remove(place.offset, place.payloadBytes);
}

bool StoreContents::removePages(const std::vector<PageName>& names)
{
    std::vector<RecordPlace> places;
    for (const PageName name : names) {
        if (const StoredPage* page = m_pages.find(name))
            places.push_back(page->place);
        m_pages.erase(name);
    }
    // what holds nothing else is deleted as a whole
    std::map<uint64_t, int> going;
    for (const RecordPlace& place : places)
        ++going[place.segment];
    bool removed = true;
    for (const RecordPlace& place : places) {
        const auto held = m_segments.find(place.segment);
        if (held == m_segments.end())
            continue;
        if (held->second.liveRecords == going[place.segment])
            deleteSegment(place.segment);
        else {
            --going[place.segment];
            removed = removeRecord(place) && removed;
        }
    }
    return removed;
}

void StoreContents::dropSegment(uint64_t number)
{
    for (const PageName name : m_pages.inSegment(number))
        m_pages.erase(name);
    for (const std::string& conversation : m_owners.recordedIn(number))
        m_owners.find(conversation)->record = {};
    std::erase_if(m_superseded, [&](const RecordPlace& place) { return place.segment == number; });
    m_segments.erase(number);
    if (m_growing == number)
        m_growing.reset();
}

void StoreContents::deleteSegment(uint64_t number)
{
    if (!folderIsThere()) // what bears the name now may be another program's
        return dropSegment(number);
    std::error_code ignored; // a file that stays is found again when the folder is next opened
    std::filesystem::remove(m_segments.at(number).segment.path(), ignored);
    m_namesChanged = true;
    dropSegment(number);
}

bool StoreContents::writeOwner(const std::string& conversation)
{
    PageOwners::Conversation& kept = *m_owners.find(conversation);
    const auto place =
        append({.kind = RecordKind::Keep}, conversationPayload(conversation, kept.pages));
    if (!place)
        return false;
    const RecordPlace before = std::exchange(kept.record, *place);
    if (before.sequence > 0)
        m_superseded.push_back(before);
    return true;
}

void StoreContents::keep(std::string_view conversation, std::vector<PageName> pages)
{
    const PageOwners::Conversation* before = m_owners.find(conversation);
    const bool written = before && before->record.sequence > 0;
    const std::vector<PageName> kept = before ? before->pages : std::vector<PageName>();
    pages.insert(pages.end(), kept.begin(), kept.end());
    const bool changed = m_owners.set(conversation, std::move(pages)).pages != kept;
    if (!forgetIfEmpty(std::string(conversation)) && (changed || !written))
        (void)writeOwner(std::string(conversation));
}

bool StoreContents::forget(std::string_view conversation)
{
    PageOwners::Conversation* kept = m_owners.find(conversation);
    if (!kept)
        return true;
    std::vector<PageName> own;
    std::ranges::copy_if(kept->pages, std::back_inserter(own),
                         [&](PageName page) { return m_owners.count(page) == 1; });
    auto gone =
        m_pages.withChildren(own, [&](PageName child) { return m_owners.count(child) == 0; });

    // children before parents: without a parent they could not be found to go on with
    std::ranges::reverse(gone);

    // Said first, so that whoever opens the folder after a crash goes on with it. On a full disk it
    // cannot be said, but can be done.
    const auto intent = append({.kind = RecordKind::Forget}, conversationPayload(conversation, {}));
    const RecordPlace keeping = kept->record;
    m_owners.erase(conversation);
    bool removed = removePages(gone);
    if (keeping.sequence > 0)
        removed = removeRecord(keeping) && removed;
    removed = flush() && removed;
    if (intent)
        removed = removeRecord(*intent) && removed;
    deleteEmptySegments();
    return removed;
}

uint64_t StoreContents::giveUp(uint64_t number)
{
    if (m_growing == number)
        m_growing.reset();
    const auto gone =
        m_pages.withChildren(m_pages.inSegment(number), [](PageName) { return true; });
    std::vector<PageName> elsewhere;
    for (const PageName name : gone) {
        if (m_pages.find(name)->place.segment == number)
            dropPage(name); // its bytes go with the file
        else
            elsewhere.push_back(name);
    }
    (void)removePages(elsewhere);
    std::vector<std::string> conversations;
    for (const auto& [name, conversation] : m_owners.all())
        conversations.push_back(name);
    for (const std::string& conversation : conversations)
        (void)forgetIfEmpty(conversation);
    moveOwners(number);
    deleteSegment(number);
    deleteEmptySegments();
    return gone.size();
}

bool StoreContents::forgetIfEmpty(const std::string& conversation)
{
    const PageOwners::Conversation& kept = *m_owners.find(conversation);
    if (std::ranges::any_of(kept.pages, [&](PageName page) { return m_pages.find(page); }))
        return false;
    const RecordPlace record = kept.record;
    m_owners.erase(conversation);
    if (record.sequence > 0)
        (void)removeRecord(record);
    return true;
}

void StoreContents::moveOwners(uint64_t number)
{
    const std::vector<std::string> conversations = m_owners.recordedIn(number);
    for (const std::string& conversation : conversations)
        (void)writeOwner(conversation);
    if (!conversations.empty())
        (void)flush(); // the new record, before the old one goes
}

bool StoreContents::moveAway(uint64_t number)
{
    if (m_growing == number)
        m_growing.reset();
    std::vector<PageName> names = m_pages.inSegment(number);
    std::ranges::sort(names, {}, [&](PageName name) { return m_pages.find(name)->place.offset; });
    std::vector<std::byte> payload;
    for (const PageName name : names) {
        const StoredPage page = *m_pages.find(name);
        payload.resize(page.place.payloadBytes);
        if (segment(number).read(page.place.offset, name, payload) != Segment::Result::Whole) {
            dropPage(name);
            continue;
        }
        if (!addPage(name, page, payload))
            return false;
        m_superseded.push_back(page.place);
    }
    moveOwners(number);
    if (!flush() || m_segments.at(number).liveRecords > 0)
        return false;
    deleteSegment(number);
    return true;
}

void StoreContents::deleteEmptySegments()
{
    std::vector<uint64_t> empty;
    for (const auto& [number, held] : m_segments)
        if (held.liveRecords == 0)
            empty.push_back(number);
    for (const uint64_t number : empty)
        deleteSegment(number);
}

bool StoreContents::flush()
{
    bool safe = true;
    for (auto& [number, held] : m_segments) {
        held.segment.saveUseTime();
        safe = held.segment.sync() && safe;
    }
    if (m_namesChanged)
        syncFolder(m_options.folder);
    m_namesChanged = false;
    if (safe)
        for (const RecordPlace& place : std::exchange(m_superseded, {}))
            (void)removeRecord(place);
    return safe;
}

void StoreContents::removeForeignFiles()
{
    std::error_code ignored;
    for (const std::filesystem::path& path : m_foreign)
        std::filesystem::remove(path, ignored);
    m_foreign.clear();
    m_foreignBytes = 0;
}

} // namespace inglenook
