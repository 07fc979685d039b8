#pragma once

#include "inference/memory/page_pool.h"
#include "inference/memory/store_thread.h"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace inglenook {

class DeviceGroup;

/// Keeps the cache pages of one model on disk and brings them back: what was read once is not
/// read again, in this run of the program or a later one. Pages lie on disk in a layout that does
/// not depend on the devices or on how the model is split over them. All calls come from the thread
/// that computes, each does one bounded unit of work.
///
/// Nothing here changes a token: a page is used only for the tokens it was computed from. What is
/// damaged or missing is computed again.
class PageKeeper {
public:
    /// All of them outlive the keeper.
    PageKeeper(DeviceGroup& group, PagePool& pool, StoreThread& store);
    ~PageKeeper();
    PageKeeper(const PageKeeper&) = delete;
    PageKeeper& operator=(const PageKeeper&) = delete;

    // From disk

    struct Progress {
        uint64_t id = 0;
        int tokens = 0; // leading ones that are in the cache now
        bool ended = false; // as far as it goes: the pool finds them
    };
    /// Brings back what the disk has of the leading tokens, as long as that is faster than
    /// computing them. Several wait for each other. Exactly one Progress that ended follows, unless
    /// cancelled.
    void restore(uint64_t id, std::span<const int32_t> tokens);
    /// What was brought back so far stays in the cache.
    void cancel(uint64_t id);
    [[nodiscard]] bool restoring() const { return !m_restorations.empty(); }
    /// Puts some pages into the cache; waits for the disk at most so many seconds if there are
    /// none. `prefillRate`: tokens per second that the model computes; 0: not known yet.
    [[nodiscard]] std::optional<Progress> advance(double prefillRate, double waitSeconds);
    /// Pages brought back so far, and the bytes of each.
    [[nodiscard]] int restoredPages() const { return m_restored; }
    [[nodiscard]] size_t pageBytes() const { return m_pageBytes; }

    // To disk

    /// Whether saveNext() has something to do.
    [[nodiscard]] bool hasUnsaved() const;
    /// Hands a page over to be written, or behind the last one says who needs them; false: nothing
    /// is left, or the disk is busy with those before.
    bool saveNext();
    /// Call before PagePool::take(): saves what that would make impossible to save, as the window
    /// of a sequence has passed it, where the disk is not busy with those before.
    void saveBeforeLoss();
    /// Saves all, for as long as the disk takes them and at most so many seconds.
    void saveAll(double seconds);

    /// A turn has ended, and the conversation needs the pages of these tokens: they are deleted
    /// with the last conversation that does ("": none needs them). They are saved, the last one
    /// too, which is only begun: the next turn takes its place, there and on disk.
    void keep(const std::string& conversation, std::span<const int32_t> tokens);

private:
    struct Restoration {
        uint64_t id = 0;
        std::vector<int32_t> tokens;
        PagePool::Prefix held; // the pages so far
        bool begun = false;
    };

    void begin(Restoration& restoration);
    void putPage(Restoration& restoration);
    [[nodiscard]] std::optional<PagePool::HeldPage> nextBegun();
    void save(PagePool::HeldPage page);
    void tellKept();
    [[nodiscard]] bool slowerThanComputing(double prefillRate) const;
    void end(Restoration& restoration);
    [[nodiscard]] PageName nameOf(std::span<const int32_t> tokens) const;

    DeviceGroup& m_group;
    PagePool& m_pool;
    StoreThread& m_store;
    size_t m_pageBytes;
    std::deque<Restoration> m_restorations; // the first is under way
    std::set<PageName> m_onDisk; // as far as known here
    std::map<std::string, std::vector<PageName>> m_toKeep; // by conversation
    bool m_newBegun = false; // pages may have been begun that are not on disk
    int m_restored = 0; // pages
};

} // namespace inglenook
