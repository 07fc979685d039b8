#include "inference/model/device_thread.h"

#include "kernels/wait.h"

#include <utility>

namespace inglenook {

DeviceThread::DeviceThread()
    : m_thread([this] { run(); })
{
}

DeviceThread::~DeviceThread()
{
    waitUntil(m_done, m_given.load());
    m_work = nullptr;
    m_given.fetch_add(1, std::memory_order_release);
    m_given.notify_one();
    m_thread.join();
}

void DeviceThread::start(const std::function<void()>& work)
{
    m_work = &work;
    m_given.fetch_add(1, std::memory_order_release);
    m_given.notify_one();
}

std::exception_ptr DeviceThread::finish()
{
    waitUntil(m_done, m_given.load());
    return std::exchange(m_failure, nullptr);
}

void DeviceThread::run()
{
    for (uint32_t next = 1;; ++next) {
        waitUntil(m_given, next);
        if (!m_work)
            return;
        try {
            (*m_work)();
        } catch (...) {
            m_failure = std::current_exception();
        }
        m_done.store(next, std::memory_order_release);
        m_done.notify_one();
    }
}

} // namespace inglenook
