#include "inference/memory/store_thread.h"

#include "kernels/backend.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

namespace inglenook {

namespace {

/// Bytes that may wait to be written: what a slow disk has not taken stays in memory.
constexpr uint64_t kMostWaitingBytes = uint64_t{64} << 20;

/// Pages that were read and wait to be taken.
constexpr size_t kMostArrived = 8;

/// Kept for the next pages.
constexpr size_t kMostSpare = 2 * kMostArrived;

/// How much the latest read counts in the bandwidth.
constexpr double kLatestShare = 0.2;

constexpr const char* kFailed = "There was not enough memory for the cache on disk.";

} // namespace

StoreThread::StoreThread(const PageStore::Options& options)
    : m_thread([this, options] { run(options); })
{
}

StoreThread::~StoreThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_end = true;
    }
    m_changed.notify_all();
    m_thread.join();
}

void StoreThread::run(const PageStore::Options& options)
{
    PageStore store(options);
    std::unique_lock lock(m_mutex);
    bool failed = false;
    while (true) {
        m_writable = !failed && store.mode() == PageStore::Mode::Write;
        m_note.sentence = failed ? std::string(kFailed) + " " + kReadAnew : store.note();
        m_note.trouble = !m_note.sentence.empty() && (failed || !store.otherWrites());
        m_changed.notify_all();
        const auto canRead = [&] {
            return !m_end && !m_reading.ended && m_job.number > 0 &&
                m_arrived.size() < kMostArrived;
        };
        m_changed.wait(lock, [&] { return m_end || !m_work.empty() || canRead(); });
        if (!canRead() && m_work.empty())
            return;
        try {
            if (canRead())
                readNext(store, lock);
            else
                workNext(store, lock);
        } catch (const std::exception&) { // of memory, at most: the store itself throws nothing
            if (!lock.owns_lock())
                lock.lock();
            failed = true;
            m_reading = {.found = 0, .ended = true};
        }
    }
}

void StoreThread::workNext(PageStore& store, std::unique_lock<std::mutex>& lock)
{
    const Work work = std::move(m_work.front());
    m_work.pop_front();
    lock.unlock();
    work(store);
    lock.lock();
}

/// Looks the job up, or reads its next page; the lock is open meanwhile, so the job may be another
/// one afterwards.
void StoreThread::readNext(PageStore& store, std::unique_lock<std::mutex>& lock)
{
    const ReadJob job = m_job;
    if (m_reading.found < 0) {
        lock.unlock();
        if (store.mode() == PageStore::Mode::Read)
            store.refresh(); // another program writes: it may have written what is wanted
        std::vector<FoundPage> found = find(store, job);
        lock.lock();
        if (m_job.number != job.number)
            return;
        m_reading.found = static_cast<int>(found.size());
        m_reading.ended = found.empty();
        m_found = std::move(found);
        return;
    }
    const FoundPage page = m_found[m_nextRead];
    lock.unlock();
    ArrivedPage arrived{.bytes = pageMemory(job.pageBytes), .tokens = page.count};
    const auto start = std::chrono::steady_clock::now();
    const bool read = store.read({.name = page.name, .parent = page.parent, .tokens = page.tokens},
                                 arrived.bytes);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    lock.lock();
    if (read && seconds > 0.) {
        const double rate = static_cast<double>(job.pageBytes) / seconds;
        m_readBandwidth = m_readBandwidth == 0.
            ? rate
            : (1. - kLatestShare) * m_readBandwidth + kLatestShare * rate;
    }
    if (m_job.number != job.number)
        return;
    if (read) {
        m_arrived.push_back(std::move(arrived));
        ++m_nextRead;
    }
    m_reading.ended = !read || m_nextRead == m_found.size();
}

/// The pages that spell the tokens, then the one that begins with most of the rest.
std::vector<StoreThread::FoundPage> StoreThread::find(PageStore& store, const ReadJob& job)
{
    std::vector<FoundPage> found;
    PageName parent = job.parent;
    std::span<const int32_t> left(job.tokens);
    for (; left.size() >= kPageTokens; left = left.subspan(kPageTokens)) {
        const auto tokens = left.first(kPageTokens);
        const PageId id{.name = pageName(parent, tokens), .parent = parent, .tokens = tokens};
        if (store.payloadBytes(id) != job.pageBytes)
            break;
        found.push_back({.name = id.name,
                         .parent = parent,
                         .tokens = {tokens.begin(), tokens.end()},
                         .count = kPageTokens});
        parent = id.name;
    }

    FoundPage last{.parent = parent};
    PageId id;
    last.count = store.findBeginning(parent, left, id, last.tokens);
    last.name = id.name;
    if (last.count > 0 && store.payloadBytes(id) == job.pageBytes)
        found.push_back(std::move(last));
    return found;
}

void StoreThread::give(Work work, uint64_t bytes)
{
    {
        const std::lock_guard lock(m_mutex);
        m_waitingBytes += bytes;
        m_work.push_back(std::move(work));
    }
    m_changed.notify_all();
}

bool StoreThread::takesPages() const
{
    const std::lock_guard lock(m_mutex);
    return m_writable;
}

bool StoreThread::wantsPages() const
{
    const std::lock_guard lock(m_mutex);
    return m_writable && m_waitingBytes < kMostWaitingBytes;
}

void StoreThread::save(PageToSave page)
{
    const uint64_t bytes = page.bytes.size();
    // a std::function is copied where it likes to be: the page is not
    auto shared = std::make_shared<PageToSave>(std::move(page));
    give(
        [this, shared](PageStore& store) {
            store.append({.name = shared->name, .parent = shared->parent, .tokens = shared->tokens},
                         shared->bytes);
            const uint64_t written = shared->bytes.size();
            recycle(std::move(shared->bytes));
            const std::lock_guard lock(m_mutex);
            m_waitingBytes -= written;
        },
        bytes);
}

void StoreThread::keep(const std::string& conversation, std::vector<PageName> pages)
{
    give([conversation,
          pages = std::move(pages)](PageStore& store) { store.keep(conversation, pages); },
         0);
}

void StoreThread::forget(const std::string& conversation)
{
    give([conversation](PageStore& store) { store.forget(conversation); }, 0);
}

void StoreThread::flush()
{
    give([](PageStore& store) { store.flush(); }, 0);
}

void StoreThread::read(PageName parent, std::vector<int32_t> tokens, size_t pageBytes)
{
    stopReading();
    {
        const std::lock_guard lock(m_mutex);
        m_job = {.number = ++m_jobs,
                 .parent = parent,
                 .tokens = std::move(tokens),
                 .pageBytes = pageBytes};
        m_reading = {};
    }
    m_changed.notify_all();
}

void StoreThread::stopReading()
{
    const std::lock_guard lock(m_mutex);
    m_job = {};
    m_found.clear();
    m_nextRead = 0;
    m_reading = {.found = 0, .ended = true};
    for (ArrivedPage& page : m_arrived)
        m_spare.push_back(std::move(page.bytes));
    m_arrived.clear();
}

StoreThread::Reading StoreThread::reading() const
{
    const std::lock_guard lock(m_mutex);
    Reading reading = m_reading;
    reading.pageWaits = !m_arrived.empty();
    return reading;
}

StoreThread::ArrivedPage StoreThread::takePage()
{
    ArrivedPage page;
    {
        const std::lock_guard lock(m_mutex);
        assert(!m_arrived.empty());
        page = std::move(m_arrived.front());
        m_arrived.pop_front();
    }
    m_changed.notify_all();
    return page;
}

void StoreThread::recycle(std::vector<std::byte> bytes)
{
    const std::lock_guard lock(m_mutex);
    if (m_spare.size() < kMostSpare)
        m_spare.push_back(std::move(bytes));
}

std::vector<std::byte> StoreThread::pageMemory(size_t bytes)
{
    std::vector<std::byte> memory;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_spare.empty()) {
            memory = std::move(m_spare.back());
            m_spare.pop_back();
        }
    }
    memory.resize(bytes);
    return memory;
}

void StoreThread::waitForRead(double seconds) const
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, std::chrono::duration<double>(seconds),
                       [&] { return m_reading.ended || !m_arrived.empty(); });
}

double StoreThread::readBandwidth() const
{
    const std::lock_guard lock(m_mutex);
    return m_readBandwidth;
}

StoreThread::Note StoreThread::note() const
{
    const std::lock_guard lock(m_mutex);
    return m_note;
}

} // namespace inglenook
