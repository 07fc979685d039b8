#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/check.cuh"
#include "kernels/cuda/cuda_buffer.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/pinned_memory.cuh"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace inglenook::cuda {

/// Where the stream and the host leave values for each other: pinned memory that both see.
class MeetingPlace {
public:
    MeetingPlace(size_t bytes, int device, cudaStream_t stream);

    [[nodiscard]] size_t bytes() const { return m_bytes; }
    [[nodiscard]] float* values() const
    {
        return reinterpret_cast<float*>(m_memory.data() + kBellBytes);
    }
    /// What the device's side of a meeting needs (launch.cuh).
    [[nodiscard]] Bell bell() const;

private:
    friend class MeetingHost;
    static constexpr size_t kBellBytes = 256; // the counters have lines of their own

    size_t m_bytes;
    PinnedMemory m_memory;
    CudaBuffer m_times; // how often the device has met here
    unsigned m_answered = 0; // how often the host has
};

/// One sum over a group that a stream will ask for.
struct Meeting {
    MeetingPlace* place;
    GroupMember* self;
    size_t count; // values
};

/// Answers the meetings of a stream on a thread of its own. A function that the driver calls would
/// need none, but may not wait for what another stream does: the driver is free to call the
/// functions of all streams one after another (CUDA Runtime API, cudaLaunchHostFunc), and the
/// members of a group wait for each other.
class MeetingHost {
public:
    /// The stream of all its meetings outlives it, and has nothing to do when it ends.
    MeetingHost(int device, cudaStream_t stream);
    ~MeetingHost();
    MeetingHost(const MeetingHost&) = delete;
    MeetingHost& operator=(const MeetingHost&) = delete;

    /// A place for so many values. It never moves under a recording: outgrown ones stay.
    [[nodiscard]] MeetingPlace& atLeast(size_t bytes);
    /// The stream is about to meet, in this order. The place and the member outlive it.
    void expect(const Meeting& meeting) { expect(std::vector{meeting}); }
    void expect(const std::vector<Meeting>& meetings);
    /// Throws what a member threw in a meeting, once. The stream goes on all the same, with values
    /// that mean nothing.
    void throwFailure();

private:
    void work();
    void answer(const Meeting& meeting);

    int m_device;
    cudaStream_t m_stream;
    std::vector<std::unique_ptr<MeetingPlace>> m_places;
    std::mutex m_mutex; // of all below
    std::condition_variable m_changed;
    std::deque<Meeting> m_expected;
    std::exception_ptr m_failure;
    std::atomic<bool> m_stopping = false;
    std::thread m_thread; // from the first meeting on
};

} // namespace inglenook::cuda
