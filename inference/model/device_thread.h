#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <thread>

namespace inglenook {

/// A thread that drives one device of a group: runs what it is given, one thing after another. Used
/// by one other thread.
class DeviceThread {
public:
    DeviceThread();
    ~DeviceThread(); // finishes what it was given
    DeviceThread(const DeviceThread&) = delete;
    DeviceThread& operator=(const DeviceThread&) = delete;

    /// The work before is finished; `work` lives until finish().
    void start(const std::function<void()>& work);
    /// Waits for the work; returns what it threw.
    [[nodiscard]] std::exception_ptr finish();

private:
    void run();

    const std::function<void()>* m_work = nullptr; // null: end
    std::exception_ptr m_failure;
    std::atomic<uint32_t> m_given = 0;
    std::atomic<uint32_t> m_done = 0;
    std::thread m_thread;
};

} // namespace inglenook
