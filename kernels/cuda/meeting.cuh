#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/check.cuh"

#include <exception>
#include <memory>
#include <mutex>

namespace inglenook::cuda {

/// What went wrong where a group met: caught on the driver's thread, thrown on ours.
struct MeetingError {
    std::mutex mutex;
    std::exception_ptr failure;
};

/// One sum over a group, as a function that the driver calls between two copies, and the pinned
/// memory that the values pass through.
class Meeting {
public:
    Meeting(GroupMember& self, size_t count, std::shared_ptr<MeetingError> error);
    ~Meeting();
    Meeting(const Meeting&) = delete;
    Meeting& operator=(const Meeting&) = delete;

    [[nodiscard]] float* values() { return static_cast<float*>(m_values); }
    [[nodiscard]] size_t bytes() const { return m_count * sizeof(float); }
    /// For cudaLaunchHostFunc().
    static void CUDART_CB meet(void* meeting);

private:
    GroupMember& m_self;
    size_t m_count;
    void* m_values = nullptr;
    std::shared_ptr<MeetingError> m_error;
};

} // namespace inglenook::cuda
