#include "inference/memory/page_keeper.h"

#include "inference/model/device_group.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace inglenook {

namespace {

/// Pages that one unit of work puts into the cache.
constexpr int kPagesAtOnce = 4;

/// How long saveAll() waits for the disk at a time.
constexpr auto kPause = std::chrono::milliseconds(2);

} // namespace

PageKeeper::PageKeeper(DeviceGroup& group, PagePool& pool, StoreThread& store)
    : m_group(group)
    , m_pool(pool)
    , m_store(store)
    , m_pageBytes(group.pageBytes())
{
}

PageKeeper::~PageKeeper()
{
    while (!m_restorations.empty())
        cancel(m_restorations.front().id);
}

void PageKeeper::restore(uint64_t id, std::span<const int32_t> tokens)
{
    m_restorations.push_back({.id = id, .tokens = {tokens.begin(), tokens.end()}, .held = {}});
}

void PageKeeper::cancel(uint64_t id)
{
    const auto found = std::ranges::find(m_restorations, id, &Restoration::id);
    if (found == m_restorations.end())
        return;
    end(*found);
    m_restorations.erase(found);
}

void PageKeeper::begin(Restoration& restoration)
{
    restoration.begun = true;
    const std::span<const int32_t> tokens(restoration.tokens);
    restoration.held = m_pool.findToRestore(tokens);
    const auto held = static_cast<size_t>(restoration.held.tokens);
    m_store.read(nameOf(tokens.first(held)),
                 {tokens.begin() + restoration.held.tokens, tokens.end()}, m_pageBytes);
}

std::optional<PageKeeper::Progress> PageKeeper::advance(double prefillRate, double waitSeconds)
{
    if (m_restorations.empty())
        return std::nullopt;
    Restoration& now = m_restorations.front();
    if (!now.begun)
        begin(now);

    m_store.waitForRead(waitSeconds);
    for (int i = 0; i < kPagesAtOnce && m_store.reading().pageWaits; ++i)
        putPage(now);

    const StoreThread::Reading reading = m_store.reading();
    Progress progress{.id = now.id, .tokens = m_pool.seesWindow(now.held) ? now.held.tokens : 0};
    if ((reading.ended && !reading.pageWaits) || slowerThanComputing(prefillRate)) {
        progress.ended = true;
        end(now);
        m_restorations.pop_front();
    }
    return progress;
}

void PageKeeper::putPage(Restoration& restoration)
{
    StoreThread::ArrivedPage arrived = m_store.takePage();
    PagePool::Prefix& held = restoration.held;
    const auto tokens =
        std::span(restoration.tokens).first(static_cast<size_t>(held.tokens + arrived.tokens));
    if (const auto place = m_pool.takeToRestore(held, tokens)) {
        if (*place != PagePlace{}) {
            m_group.writePage(*place, arrived.bytes);
            ++m_restored;
        }
        held.tokens += arrived.tokens;
        if (arrived.tokens == kPageTokens) {
            m_pool.complete(held.pages, tokens, static_cast<int>(held.pages.size()) - 1);
            m_onDisk.insert(nameOf(tokens));
        }
        held.windowFrom = m_pool.passWindow(held.pages, held.windowFrom, held.tokens);
    } else {
        m_store.stopReading(); // every page is in use
    }
    m_store.recycle(std::move(arrived.bytes));
}

bool PageKeeper::slowerThanComputing(double prefillRate) const
{
    const double bandwidth = m_store.readBandwidth();
    return prefillRate > 0. && bandwidth > 0. &&
        static_cast<double>(m_pageBytes) / bandwidth > kPageTokens / prefillRate;
}

void PageKeeper::end(Restoration& restoration)
{
    if (!restoration.begun)
        return;
    m_store.stopReading();
    m_pool.release(
        restoration.held.pages,
        std::span(restoration.tokens).first(static_cast<size_t>(restoration.held.tokens)),
        restoration.held.windowFrom);
}

bool PageKeeper::hasUnsaved() const
{
    return (m_pool.hasNewlyNamed() || m_newBegun || !m_toKeep.empty()) && m_store.takesPages();
}

bool PageKeeper::saveNext()
{
    while (m_store.wantsPages()) {
        auto page = m_pool.nextNamed();
        if (!page)
            page = nextBegun();
        if (!page) {
            if (m_toKeep.empty())
                return false;
            tellKept();
            return true;
        }
        if (!m_onDisk.insert(page->name).second)
            continue;
        save(*std::move(page));
        return true;
    }
    return false;
}

void PageKeeper::saveBeforeLoss()
{
    if (!m_store.wantsPages())
        return;
    auto page = m_pool.nextLost();
    if (page && m_onDisk.insert(page->name).second)
        save(*std::move(page));
}

void PageKeeper::save(PagePool::HeldPage page)
{
    std::vector<std::byte> bytes = m_store.pageMemory(m_pageBytes);
    m_group.readPage(bytes, page.place);
    if (!m_group.pageIsFinite(bytes)) // what is wrong must not come back
        return m_store.recycle(std::move(bytes));
    m_store.save({.name = page.name,
                  .parent = page.parent,
                  .tokens = std::move(page.tokens),
                  .bytes = std::move(bytes)});
}

/// One of the pages that are only begun and not on disk.
std::optional<PagePool::HeldPage> PageKeeper::nextBegun()
{
    if (!std::exchange(m_newBegun, false))
        return std::nullopt;
    for (PagePool::HeldPage& page : m_pool.begunPages()) {
        page.tokens = paddedTokens(page.tokens);
        page.name = pageName(page.parent, page.tokens);
        if (m_onDisk.contains(page.name))
            continue;
        m_newBegun = true; // there may be more
        return page;
    }
    return std::nullopt;
}

void PageKeeper::saveAll(double seconds)
{
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + std::chrono::duration<double>(seconds);
    while (hasUnsaved() && Clock::now() < until)
        if (!saveNext())
            std::this_thread::sleep_for(kPause);
}

void PageKeeper::keep(const std::string& conversation, std::span<const int32_t> tokens)
{
    m_newBegun = true;
    if (conversation.empty() || tokens.empty())
        return;
    // all of them by name: the conversation's branches add up
    std::vector<PageName>& pages = m_toKeep[conversation];
    PageName name = m_pool.root();
    for (; tokens.size() >= kPageTokens; tokens = tokens.subspan(kPageTokens))
        pages.push_back(name = pageName(name, tokens.first(kPageTokens)));
    if (!tokens.empty())
        pages.push_back(pageName(name, paddedTokens(tokens)));
}

/// The pages come first: what nobody has stored, nobody can keep.
void PageKeeper::tellKept()
{
    for (auto& [conversation, pages] : std::exchange(m_toKeep, {}))
        m_store.keep(conversation, std::move(pages));
    m_store.flush();
}

/// The name of the page that ends with these tokens, of whole pages; of none, the root.
PageName PageKeeper::nameOf(std::span<const int32_t> tokens) const
{
    PageName name = m_pool.root();
    for (; !tokens.empty(); tokens = tokens.subspan(kPageTokens))
        name = pageName(name, tokens.first(kPageTokens));
    return name;
}

} // namespace inglenook
