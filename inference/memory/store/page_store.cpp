#include "inference/memory/store/page_store.h"

#include "inference/memory/store/give_up_order.h"

#include <algorithm>
#include <cassert>

namespace inglenook {

namespace {

constexpr const char* kTooSmall =
    "The space granted to the cache on disk is too small for this conversation.";

/// What is left free on the disk for everybody else.
constexpr uint64_t kMostSpareBytes = uint64_t{1} << 30;
/// How many pages are remembered as refused; more than a conversation has.
constexpr size_t kMostRefused = 1 << 16;

constexpr uint64_t kSpareShare = 20; // of the whole disk, one part in so many

bool diskHasRoom(const std::filesystem::path& folder, uint64_t bytes)
{
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(folder, error);
    if (error)
        return true; // it is not known; writing will tell
    return space.available >= bytes + std::min(kMostSpareBytes, space.capacity / kSpareShare);
}

} // namespace

PageStore::PageStore(const Options& options)
    : m_options(options)
{
    open();
}

PageStore::~PageStore()
{
    flush();
}

void PageStore::open()
{
    m_contents.reset(); // lets go of the lock
    m_contents = std::make_unique<StoreContents>(m_options);
}

PageStore::Mode PageStore::mode() const
{
    return m_contents->writes() ? Mode::Write : Mode::Read;
}

bool PageStore::otherWrites() const
{
    return m_contents->otherWrites();
}

const std::string& PageStore::note() const
{
    return m_contents->note();
}

void PageStore::refresh()
{
    if (mode() == Mode::Read || !m_contents->folderIsThere())
        open();
}

const StoredPage* PageStore::find(const PageId& page) const
{
    const StoredPage* stored = m_contents->pages().find(page.name);
    const bool same =
        stored && stored->parent == page.parent && std::ranges::equal(stored->tokens, page.tokens);
    return same ? stored : nullptr;
}

bool PageStore::contains(const PageId& page) const
{
    return find(page) != nullptr;
}

std::optional<uint64_t> PageStore::payloadBytes(const PageId& page) const
{
    const StoredPage* stored = find(page);
    return stored ? std::optional(stored->place.payloadBytes) : std::nullopt;
}

int PageStore::findBeginning(PageName parent, std::span<const int32_t> tokens, PageId& found,
                             std::vector<int32_t>& held) const
{
    const auto [name, same] = m_contents->pages().mostLike(parent, tokens);
    if (same == 0)
        return 0;
    const StoredPage& page = *m_contents->pages().find(name);
    held.assign(page.tokens.begin(), page.tokens.end());
    found = {.name = name, .parent = parent, .tokens = held};
    return same;
}

bool PageStore::read(const PageId& page, std::span<std::byte> payload)
{
    const StoredPage* stored = find(page);
    if (!stored || stored->place.payloadBytes != payload.size())
        return false;
    const uint64_t number = stored->place.segment;
    Segment& segment = m_contents->segment(number);
    switch (segment.read(stored->place.offset, page.name, payload)) {
    case Segment::Result::Whole:
        m_contents->use(number);
        ++m_counts.read;
        return true;
    case Segment::Result::Damaged:
        drop(page.name);
        return false;
    case Segment::Result::Unreadable:
        break;
    }
    std::error_code error;
    if (!std::filesystem::exists(segment.path(), error) && !error)
        m_contents->dropSegment(number);
    return false;
}

void PageStore::drop(PageName name)
{
    ++m_counts.damaged;
    if (mode() == Mode::Write && m_contents->folderIsThere())
        (void)m_contents->removePages({name});
    else
        m_contents->dropPage(name);
}

bool PageStore::append(const PageId& page, std::span<const std::byte> payload)
{
    assert(page.tokens.size() == kPageTokens);
    if (mode() == Mode::Write && !m_contents->folderIsThere())
        open(); // somebody removed the folder
    if (const StoredPage* stored = find(page)) {
        if (mode() == Mode::Write)
            m_contents->use(stored->place.segment);
        return true;
    }
    if (mode() == Mode::Read || m_contents->pages().find(page.name))
        return false;
    const auto own = withoutPadding(page.tokens);
    if (own.size() < page.tokens.size() &&
        m_contents->pages().mostLike(page.parent, own).second == static_cast<int>(own.size()))
        return true;
    if (!isWorthwhile(page) || !write(page, payload)) {
        m_refused.insert(page.name);
        return false;
    }
    m_refused.erase(page.name);
    ++m_counts.appended;
    // only now: killed before, the store still has the beginning
    (void)m_contents->removePages(m_contents->pages().begunBy(page.parent, own));
    return true;
}

bool PageStore::isWorthwhile(const PageId& page)
{
    if (m_refused.size() > kMostRefused)
        m_refused.clear();
    return !m_refused.contains(page.parent);
}

bool PageStore::write(const PageId& page, std::span<const std::byte> payload)
{
    if (!makeRoom(recordBytes(payload.size()), page.parent))
        return false;
    StoredPage stored{.parent = page.parent};
    std::ranges::copy(page.tokens, stored.tokens.begin());
    if (!m_contents->addPage(page.name, stored, payload))
        return false;
    if (const StoredPage* parent = m_contents->pages().find(page.parent))
        m_contents->use(parent->place.segment);
    return true;
}

bool PageStore::makeRoom(uint64_t bytes, PageName wanted)
{
    if (m_options.quotaBytes == 0) {
        m_contents->noteStop("The cache on disk is switched off.");
        return false;
    }
    const uint64_t needed = bytes + kBlockBytes; // a new segment may begin
    if (needed > m_options.quotaBytes) {
        m_contents->noteStop(kTooSmall);
        return false;
    }
    if (!diskHasRoom(m_options.folder, needed)) {
        m_contents->noteStop("The disk is nearly full.");
        return false;
    }
    if (m_contents->diskBytes() + needed > m_options.quotaBytes)
        m_contents->removeForeignFiles();
    while (m_contents->diskBytes() + needed > m_options.quotaBytes) {
        const auto segment = segmentToGiveUp(*m_contents, wanted);
        if (!segment) {
            m_contents->noteStop(kTooSmall);
            return false;
        }
        m_counts.givenUp += m_contents->giveUp(*segment);
    }
    return true;
}

void PageStore::keep(std::string_view conversation, std::span<const PageName> pages)
{
    assert(!conversation.empty());
    if (mode() == Mode::Read)
        return;
    std::vector<PageName> kept(pages.begin(), pages.end());
    for (const PageName page : pages)
        std::ranges::copy(m_contents->pages().withParents(page), std::back_inserter(kept));
    m_contents->keep(conversation, std::move(kept));
}

bool PageStore::forget(std::string_view conversation)
{
    return mode() == Mode::Write && m_contents->forget(conversation);
}

bool PageStore::flush()
{
    return m_contents->flush();
}

void PageStore::prune(uint64_t bytes)
{
    if (mode() == Mode::Read)
        return;
    m_contents->removeForeignFiles();
    while (m_contents->diskBytes() > bytes) {
        const auto segment = segmentToGiveUp(*m_contents, std::nullopt);
        if (!segment)
            return;
        m_counts.givenUp += m_contents->giveUp(*segment);
    }
}

void PageStore::compact()
{
    if (mode() == Mode::Read)
        return;
    std::vector<uint64_t> mostlyDead;
    for (const auto& [number, held] : m_contents->segments())
        if (held.segment.bytesOnDisk() > 2 * held.liveBytes + kBlockBytes)
            mostlyDead.push_back(number);
    for (const uint64_t number : mostlyDead)
        if (!m_contents->moveAway(number))
            return;
}

PageStore::Stats PageStore::stats() const
{
    Stats stats = m_counts;
    const PageIndex& pages = m_contents->pages();
    stats.pages = pages.size();
    for (const auto& [name, page] : pages.all())
        stats.keptPages += m_contents->owners().count(name) > 0 ? 1 : 0;
    stats.conversations = m_contents->owners().all().size();
    stats.payloadBytes = pages.payloadBytes();
    stats.diskBytes = m_contents->diskBytes();
    stats.quotaBytes = m_options.quotaBytes;
    stats.segments = m_contents->segments().size();
    return stats;
}

PageStore::VerifyReport
PageStore::verify(const std::function<bool(uint64_t done, uint64_t total)>& progress)
{
    VerifyReport report;
    const uint64_t total = m_contents->pages().payloadBytes();
    uint64_t done = 0;
    std::vector<std::byte> payload;
    for (const PageName name : m_contents->pages().inOrder()) {
        if (!progress(done, total)) {
            report.finished = false;
            return report;
        }
        const StoredPage* stored = m_contents->pages().find(name);
        const RecordPlace place = stored->place;
        payload.resize(place.payloadBytes);
        done += place.payloadBytes;
        if (m_contents->segment(place.segment).read(place.offset, name, payload) ==
            Segment::Result::Whole) {
            ++report.pages;
            report.payloadBytes += place.payloadBytes;
        } else {
            ++report.damaged;
            drop(name);
        }
    }
    progress(done, total);
    return report;
}

} // namespace inglenook
