#pragma once

#include "inference/memory/store/page_store.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace inglenook {

/// A page on its way to the disk.
struct PageToSave {
    PageName name;
    PageName parent;
    std::vector<int32_t> tokens; // kPageTokens
    std::vector<std::byte> bytes;
};

/// The page store behind a thread of its own, so that nobody who computes waits for a disk. Used by
/// one other thread. What was given is written in order; reading goes before writing. The
/// destructor writes what was given.
class StoreThread {
public:
    explicit StoreThread(const PageStore::Options& options);
    ~StoreThread();
    StoreThread(const StoreThread&) = delete;
    StoreThread& operator=(const StoreThread&) = delete;

    // Writing

    /// Whether the store takes pages at all.
    [[nodiscard]] bool takesPages() const;
    /// Whether another page may be given now: few enough bytes are waiting.
    [[nodiscard]] bool wantsPages() const;
    void save(PageToSave page);
    /// PageStore::keep() and forget().
    void keep(const std::string& conversation, std::vector<PageName> pages);
    void forget(const std::string& conversation);
    /// Makes what was given before safe from a power cut.
    void flush();

    // Reading: one list of tokens at a time

    /// Begins to read what the store holds of `tokens` behind `parent`, in order, up to the first
    /// page that is missing. The last may be one that only begins with what is wanted. Replaces the
    /// reading before.
    void read(PageName parent, std::vector<int32_t> tokens, size_t pageBytes);
    void stopReading();

    struct Reading {
        int found = -1; // pages the store seems to have; -1: not looked up yet
        bool ended = false; // no page comes any more
        bool pageWaits = false; // takePage() has one
    };
    [[nodiscard]] Reading reading() const;
    /// A page that was read.
    struct ArrivedPage {
        std::vector<std::byte> bytes;
        int tokens = 0; // that it holds of those that are wanted
    };
    /// The next page, in order.
    [[nodiscard]] ArrivedPage takePage();
    /// Memory of a page for the next one: fresh memory costs more than reading it.
    void recycle(std::vector<std::byte> bytes);
    /// Memory for a page to be saved.
    [[nodiscard]] std::vector<std::byte> pageMemory(size_t bytes);

    /// Waits until something was read, at most so many seconds.
    void waitForRead(double seconds) const;

    /// Bytes per second of the latest reads; 0: nothing was read yet.
    [[nodiscard]] double readBandwidth() const;
    /// What there is to say of the store.
    struct Note {
        std::string sentence; // "": all is well
        bool trouble = false; // nothing is kept; else another program keeps it

        bool operator==(const Note&) const = default;
    };
    [[nodiscard]] Note note() const;

private:
    struct ReadJob {
        uint64_t number = 0;
        PageName parent;
        std::vector<int32_t> tokens;
        size_t pageBytes = 0;
    };
    /// A page that the store has.
    struct FoundPage {
        PageName name;
        PageName parent;
        std::vector<int32_t> tokens; // its own
        int count = 0; // of them, those that are wanted
    };
    using Work = std::function<void(PageStore&)>;

    void run(const PageStore::Options& options);
    void workNext(PageStore& store, std::unique_lock<std::mutex>& lock);
    void readNext(PageStore& store, std::unique_lock<std::mutex>& lock);
    [[nodiscard]] static std::vector<FoundPage> find(PageStore& store, const ReadJob& job);
    void give(Work work, uint64_t bytes);

    mutable std::mutex m_mutex;
    mutable std::condition_variable m_changed;
    std::deque<Work> m_work;
    uint64_t m_waitingBytes = 0; // in m_work
    bool m_end = false;
    bool m_writable = true;
    Note m_note;

    uint64_t m_jobs = 0;
    ReadJob m_job; // number 0: none
    std::vector<FoundPage> m_found; // for the job
    size_t m_nextRead = 0; // of m_found
    Reading m_reading;
    std::deque<ArrivedPage> m_arrived;
    std::vector<std::vector<std::byte>> m_spare;
    double m_readBandwidth = 0.;

    std::thread m_thread; // last: it uses all of the above
};

} // namespace inglenook
