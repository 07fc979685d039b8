#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace inglenook::cpu {

/// Threads that wait for small parallel jobs. The calling thread works too, so a pool of one has no
/// thread of its own. Between the jobs of a step the others spin (a wake-up costs more than many a
/// job), then they sleep; while they spin they let other threads pass, so that several pools may
/// share the cores. All calls come from one thread; tasks do not throw and do not call run().
///
/// Where memory has several nodes, each has its threads, bound to its processors, and its share of
/// every job: the same part of [0, count) each time, so that they read what they wrote. Whoever is
/// done with the share of his node helps the others.
class ThreadPool {
public:
    /// `threads` >= 1. `nodes` lists the processors of each memory node (none: its threads are not
    /// bound); without nodes there is one. The calling thread counts to the first and is not bound.
    explicit ThreadPool(int threads, const std::vector<std::vector<int>>& nodes = {});
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    [[nodiscard]] int threads() const { return static_cast<int>(m_workers.size()) + 1; }
    [[nodiscard]] int nodes() const { return static_cast<int>(m_shares.size()); }

    /// Calls task(index, thread) once for each index in [0, count), in each node's share starting
    /// in this order, and returns when all have ended. `thread` < threads() is not shared by two
    /// tasks at once.
    template <class Task> void run(int count, const Task& task)
    {
        runErased(
            count,
            [](const void* context, int index, int thread) {
                (*static_cast<const Task*>(context))(index, thread);
            },
            &task);
    }

private:
    using Call = void (*)(const void* context, int index, int thread);

    /// A node's part of a job: the indices [end - unclaimed, end).
    struct alignas(64) Share {
        std::atomic<int> unclaimed = 0;
        // How many jobs had begun to be shared out before `unclaimed` was written, and behind it.
        std::atomic<uint32_t> announced = 0;
        std::atomic<uint32_t> opened = 0;
        int end = 0;
    };

    void runErased(int count, Call call, const void* context);
    bool runOneTask(int thread, size_t home);
    [[nodiscard]] bool claim(Share& share, int& index);
    [[nodiscard]] bool hasWork() const;
    void work(int thread, size_t home);
    [[nodiscard]] size_t homeOf(int thread, int threads) const; // the place of its share
    void sleepUntilWork();

    // Written by run() before a share's `unclaimed` is, read by whoever claimed a task after that.
    Call m_call = nullptr;
    const void* m_context = nullptr;
    std::vector<Share> m_shares; // one per node; their ends are written like m_call

    alignas(64) std::atomic<int> m_finished = 0;
    alignas(64) std::atomic<int> m_sleeping = 0;
    std::atomic<bool> m_stopping = false;
    std::mutex m_mutex; // orders falling asleep and waking
    std::condition_variable m_wake;
    std::vector<std::thread> m_workers;
};

} // namespace inglenook::cpu
