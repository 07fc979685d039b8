#include "kernels/cuda/meeting.cuh"

#include "kernels/wait.h"

#include <utility>

namespace inglenook::cuda {

MeetingPlace::MeetingPlace(size_t bytes, int device, cudaStream_t stream)
    : m_bytes(bytes)
    , m_memory(kBellBytes + bytes)
    , m_times(sizeof(unsigned), device)
{
    const Bell all = bell();
    *all.given = *all.taken = 0;
    check(cudaMemsetAsync(all.times, 0, sizeof(unsigned), stream), "clearing memory");
}

Bell MeetingPlace::bell() const
{
    return {.times = reinterpret_cast<unsigned*>(m_times.data),
            .given = reinterpret_cast<unsigned*>(m_memory.data()),
            .taken = reinterpret_cast<unsigned*>(m_memory.data() + kBellBytes / 2)};
}

MeetingHost::MeetingHost(int device, cudaStream_t stream)
    : m_device(device)
    , m_stream(stream)
{
}

MeetingHost::~MeetingHost()
{
    m_stopping = true;
    {
        const std::lock_guard lock(m_mutex);
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

MeetingPlace& MeetingHost::atLeast(size_t bytes)
{
    if (m_places.empty() || m_places.back()->bytes() < bytes)
        m_places.push_back(std::make_unique<MeetingPlace>(bytes, m_device, m_stream));
    return *m_places.back();
}

void MeetingHost::expect(const std::vector<Meeting>& meetings)
{
    if (meetings.empty())
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_expected.insert(m_expected.end(), meetings.begin(), meetings.end());
    }
    if (!m_thread.joinable())
        m_thread = std::thread([this] { work(); });
    m_changed.notify_all();
}

void MeetingHost::throwFailure()
{
    const std::lock_guard lock(m_mutex);
    if (m_failure)
        std::rethrow_exception(std::exchange(m_failure, nullptr));
}

void MeetingHost::work()
{
    for (;;) {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_stopping || !m_expected.empty(); });
        if (m_stopping)
            return;
        const Meeting next = m_expected.front();
        m_expected.pop_front();
        lock.unlock();
        answer(next);
    }
}

/// Waits awake: a device cannot wake anybody, and whoever shares the core is let pass.
void MeetingHost::answer(const Meeting& meeting)
{
    MeetingPlace& place = *meeting.place;
    const Bell bell = place.bell();
    const unsigned wanted = ++place.m_answered;
    const std::atomic_ref given(*bell.given);
    for (int spins = 0; given.load(std::memory_order_acquire) != wanted; ++spins) {
        if (m_stopping)
            return;
        if (spins < kSpins)
            pauseCore();
        else
            std::this_thread::yield();
    }
    try {
        meeting.self->allReduce({place.values(), meeting.count});
    } catch (...) {
        const std::lock_guard lock(m_mutex);
        if (!m_failure)
            m_failure = std::current_exception();
    }
    std::atomic_ref(*bell.taken).store(wanted, std::memory_order_release);
}

} // namespace inglenook::cuda
