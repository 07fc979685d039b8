#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace inglenook::cpu {

/// Threads that wait for small parallel jobs. The calling thread works too, so a pool of one has no
/// thread of its own. Between the jobs of a step the others spin (a wake-up costs more than many a
/// job), then they sleep. All calls come from one thread; tasks do not throw and do not call run().
class ThreadPool {
public:
    explicit ThreadPool(int threads); // >= 1
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    [[nodiscard]] int threads() const { return static_cast<int>(m_workers.size()) + 1; }

    /// Calls task(index, thread) once for each index in [0, count), starting in this order, and
    /// returns when all have ended. `thread` < threads() is not shared by two tasks at once.
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

    void runErased(int count, Call call, const void* context);
    bool runOneTask(int thread);
    void work(int thread);
    void sleepUntilWork();

    // Written by run() before m_unclaimed is, read by whoever claimed a task after that.
    Call m_call = nullptr;
    const void* m_context = nullptr;
    int m_count = 0;

    alignas(64) std::atomic<int> m_unclaimed = 0;
    alignas(64) std::atomic<int> m_finished = 0;
    alignas(64) std::atomic<int> m_sleeping = 0;
    std::atomic<bool> m_stopping = false;
    std::mutex m_mutex; // orders falling asleep and waking
    std::condition_variable m_wake;
    std::vector<std::thread> m_workers;
};

} // namespace inglenook::cpu
