#pragma once

#include "tests/support/cuda_on_cpu/fiber.h"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace inglenook::cuda_on_cpu {

inline constexpr int kWarpLanes = 32;

struct Dimensions {
    unsigned x = 1, y = 1, z = 1;

    constexpr Dimensions(unsigned ofX = 1, unsigned ofY = 1, unsigned ofZ = 1)
        : x(ofX)
        , y(ofY)
        , z(ofZ)
    {
    }
    [[nodiscard]] size_t count() const { return size_t{x} * y * z; }
};

/// One launch of a kernel: what each thread calls.
struct Grid {
    Dimensions blocks;
    Dimensions threads;
    size_t sharedBytes = 0;
    std::function<void()> thread;
    int waits = 0; // that each thread makes for earlier kernels
};

/// In which order threads and blocks run. 0: ascending, 1: descending; others: shuffled by the
/// number. A kernel that needs one order lacks a barrier.
using Schedule = uint32_t;

/// What the lanes of a warp give to an operation and get from it, 32-bit words in lane's row.
inline constexpr int kPacketWords = 12;
using WarpPackets = std::array<std::array<uint32_t, kPacketWords>, kWarpLanes>;

/// Runs blocks one after another, the threads of a block as fibers that wait for each other at
/// barriers and operations of a warp. A thread that waits for one that never comes throws
/// std::logic_error from run().
class BlockRunner {
public:
    /// One for the program: the variables that kernels share are, too.
    static BlockRunner& instance();

    void run(const Grid& grid, Schedule schedule);

    // For the thread that runs

    void waitForBlock();
    /// For all kernels in front, which have ended here.
    void countWait() { ++m_waits[static_cast<size_t>(m_current)]; }
    /// All lanes of the warp take part. `combine` turns what they gave into what they get; it is
    /// called once. `name` tells operations apart.
    void exchange(const char* name, std::span<const uint32_t> given, std::span<uint32_t> got,
                  void (*combine)(WarpPackets& packets));
    [[nodiscard]] int lane() const { return m_current % kWarpLanes; }

    Dimensions gridSize, blockSize, blockPlace, threadPlace;
    std::byte* sharedMemory = nullptr;

private:
    enum class State { Ready, AtBarrier, InWarp, Finished };
    struct Warp {
        const char* operation = nullptr;
        int arrived = 0;
        WarpPackets packets{};
    };

    void runBlock(const Grid& grid);
    void thread();
    void wait(State state);
    void switchFrom(Fiber& now);
    void releaseBarrier();
    [[nodiscard]] int nextReady();
    void reportStanding();

    const Grid* m_grid = nullptr;
    Schedule m_schedule = 0;
    Fiber m_outside;
    std::vector<std::unique_ptr<Fiber>> m_fibers;
    std::vector<State> m_states;
    std::vector<int> m_waits; // of each thread, for earlier kernels
    std::vector<Warp> m_warps;
    std::deque<int> m_ready;
    std::minstd_rand m_random;
    std::string m_mistake;
    int m_current = 0;
    int m_live = 0;
    int m_atBarrier = 0;
};

} // namespace inglenook::cuda_on_cpu
