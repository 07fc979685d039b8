#include "kernels/cpu/thread_pool.h"

#include <algorithm>
#include <immintrin.h>

#ifdef __linux__
#include <sched.h>
#endif

namespace inglenook::cpu {
namespace {

// About 100 us: longer than the gaps between the operators of a step, shorter than a token.
constexpr int kSpins = 2000;

/// One turn of spinning. Two pools on the same cores must not keep each other from working: giving
/// way costs a fraction of a microsecond where nobody waits.
void waitBriefly(int spins)
{
    constexpr int pausesPerYield = 8;
    if (spins % pausesPerYield == pausesPerYield - 1)
        std::this_thread::yield();
    else
        _mm_pause();
}

/// Binds the calling thread, if the system agrees.
void runOn([[maybe_unused]] const std::vector<int>& processors)
{
#ifdef __linux__
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int processor : processors)
        if (processor >= 0 && processor < CPU_SETSIZE)
            CPU_SET(processor, &set);
    if (CPU_COUNT(&set) > 0)
        sched_setaffinity(0, sizeof set, &set);
#endif
}

} // namespace

ThreadPool::ThreadPool(int threads, const std::vector<std::vector<int>>& nodes)
    : m_shares(std::clamp<size_t>(nodes.size(), 1, static_cast<size_t>(threads)))
{
    m_workers.reserve(static_cast<size_t>(threads - 1));
    for (int thread = 1; thread < threads; ++thread) {
        // By value: the list may be gone when the thread starts
        const size_t home = homeOf(thread, threads);
        m_workers.emplace_back(
            [this, thread, home,
             processors = home < nodes.size() ? nodes[home] : std::vector<int>()] {
                runOn(processors);
                work(thread, home);
            });
    }
}

ThreadPool::~ThreadPool()
{
    m_stopping = true;
    {
        const std::lock_guard lock(m_mutex);
    }
    m_wake.notify_all();
    for (std::thread& worker : m_workers)
        worker.join();
}

size_t ThreadPool::homeOf(int thread, int threads) const
{
    return static_cast<size_t>(thread) * m_shares.size() / static_cast<size_t>(threads);
}

void ThreadPool::runErased(int count, Call call, const void* context)
{
    if (count <= 0)
        return;
    if (count == 1 || m_workers.empty()) {
        for (int index = 0; index < count; ++index)
            call(context, index, 0);
        return;
    }
    m_call = call;
    m_context = context;
    m_finished.store(0, std::memory_order_relaxed);
    const auto nodes = static_cast<int64_t>(m_shares.size());
    for (int64_t n = 0; n < nodes; ++n)
        m_shares[static_cast<size_t>(n)].end = static_cast<int>(count * (n + 1) / nodes);
    for (int begin = 0; Share & share : m_shares) {
        share.announced.fetch_add(1);
        share.unclaimed.store(share.end - begin);
        share.opened.fetch_add(1);
        begin = share.end;
    }
    if (m_sleeping.load() > 0) {
        {
            const std::lock_guard lock(m_mutex);
        }
        m_wake.notify_all();
    }

    while (runOneTask(0, 0)) { }
    for (int spins = 0; m_finished.load(std::memory_order_acquire) < count; ++spins)
        waitBriefly(spins);
}

bool ThreadPool::claim(Share& share, int& index)
{
    int unclaimed = share.unclaimed.load(std::memory_order_acquire);
    do {
        if (unclaimed == 0)
            return false;
    } while (!share.unclaimed.compare_exchange_weak(unclaimed, unclaimed - 1,
                                                    std::memory_order_acq_rel));
    index = share.end - unclaimed;
    return true;
}

bool ThreadPool::runOneTask(int thread, size_t home)
{
    int index = 0;
    // Another node's share is open to whoever found its own of the same job empty, not to whoever
    // looked before that was there.
    const uint32_t job = m_shares[home].opened;
    for (size_t n = 0; n < m_shares.size(); ++n) {
        Share& share = m_shares[(home + n) % m_shares.size()];
        if ((n == 0 || (share.unclaimed > 0 && share.announced == job)) && claim(share, index)) {
            m_call(m_context, index, thread);
            m_finished.fetch_add(1, std::memory_order_release);
            return true;
        }
    }
    return false;
}

bool ThreadPool::hasWork() const
{
    return std::ranges::any_of(m_shares, [](const Share& share) { return share.unclaimed > 0; });
}

void ThreadPool::work(int thread, size_t home)
{
    while (!m_stopping) {
        for (int spins = 0; spins < kSpins; ++spins) {
            if (runOneTask(thread, home))
                spins = 0;
            else
                waitBriefly(spins);
        }
        sleepUntilWork();
    }
}

void ThreadPool::sleepUntilWork()
{
    // Counted before looking, as run() publishes before counting: one of the two sees the other.
    std::unique_lock lock(m_mutex);
    ++m_sleeping;
    m_wake.wait(lock, [this] { return hasWork() || m_stopping; });
    --m_sleeping;
}

} // namespace inglenook::cpu
