#include "kernels/cpu/thread_pool.h"

#include <immintrin.h>

namespace inglenook::cpu {
namespace {

// About 100 us: longer than the gaps between the operators of a step, shorter than a token.
constexpr int kSpins = 3000;

} // namespace

ThreadPool::ThreadPool(int threads)
{
    m_workers.reserve(static_cast<size_t>(threads - 1));
    for (int thread = 1; thread < threads; ++thread)
        m_workers.emplace_back([this, thread] { work(thread); });
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
    m_count = count;
    m_finished.store(0, std::memory_order_relaxed);
    m_unclaimed.store(count);
    if (m_sleeping.load() > 0) {
        {
            const std::lock_guard lock(m_mutex);
        }
        m_wake.notify_all();
    }

    while (runOneTask(0)) { }
    for (int spins = 0; m_finished.load(std::memory_order_acquire) < count; ++spins) {
        if (spins < kSpins)
            _mm_pause();
        else
            std::this_thread::yield();
    }
}

bool ThreadPool::runOneTask(int thread)
{
    int unclaimed = m_unclaimed.load(std::memory_order_acquire);
    do {
        if (unclaimed == 0)
            return false;
    } while (
        !m_unclaimed.compare_exchange_weak(unclaimed, unclaimed - 1, std::memory_order_acq_rel));
    m_call(m_context, m_count - unclaimed, thread);
    m_finished.fetch_add(1, std::memory_order_release);
    return true;
}

void ThreadPool::work(int thread)
{
    while (!m_stopping) {
        int spins = 0;
        while (spins < kSpins) {
            if (runOneTask(thread)) {
                spins = 0;
            } else {
                _mm_pause();
                ++spins;
            }
        }
        sleepUntilWork();
    }
}

void ThreadPool::sleepUntilWork()
{
    // Counted before looking, as run() publishes before counting: one of the two sees the other.
    std::unique_lock lock(m_mutex);
    ++m_sleeping;
    m_wake.wait(lock, [this] { return m_unclaimed.load() > 0 || m_stopping; });
    --m_sleeping;
}

} // namespace inglenook::cpu
