#include "tests/support/cuda_on_cpu/block.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <numeric>
#include <stdexcept>

namespace inglenook::cuda_on_cpu {

namespace {

/// Coordinates of the index-th of all, x fastest.
Dimensions place(size_t index, const Dimensions& size)
{
    return {static_cast<unsigned>(index % size.x), static_cast<unsigned>(index / size.x % size.y),
            static_cast<unsigned>(index / size.x / size.y)};
}

std::vector<size_t> inOrder(size_t count, Schedule schedule)
{
    std::vector<size_t> all(count);
    std::iota(all.begin(), all.end(), size_t{0});
    if (schedule == 1)
        std::ranges::reverse(all);
    if (schedule > 1)
        std::ranges::shuffle(all, std::minstd_rand(schedule));
    return all;
}

} // namespace

BlockRunner& BlockRunner::instance()
{
    static BlockRunner runner;
    return runner;
}

void BlockRunner::run(const Grid& grid, Schedule schedule)
{
    const size_t threads = grid.threads.count();
    if (threads % kWarpLanes != 0)
        throw std::logic_error("A block of " + std::to_string(threads) +
                               " threads has a part of "
                               "a warp");
    m_grid = &grid;
    m_schedule = schedule;
    gridSize = grid.blocks;
    blockSize = grid.threads;
    m_random.seed(schedule + 1);
    for (const size_t block : inOrder(grid.blocks.count(), schedule)) {
        // Exactly as large as asked for, so that the address sanitizer sees what is beyond; not
        // numbers, so that what was never written shows
        void* memory = nullptr;
        if (posix_memalign(&memory, 16, grid.sharedBytes) != 0)
            throw std::bad_alloc();
        const std::unique_ptr<void, decltype(&std::free)> owner(memory, &std::free);
        sharedMemory = static_cast<std::byte*>(memory);
        std::memset(sharedMemory, 0xff, grid.sharedBytes);
        blockPlace = place(block, grid.blocks);
        runBlock(grid);
    }
    m_grid = nullptr;
}

void BlockRunner::runBlock(const Grid& grid)
{
    const auto threads = static_cast<int>(grid.threads.count());
    while (static_cast<int>(m_fibers.size()) < threads)
        m_fibers.push_back(std::make_unique<Fiber>([this] {
            for (;;)
                thread();
        }));
    m_states.assign(static_cast<size_t>(threads), State::Ready);
    m_waits.assign(static_cast<size_t>(threads), 0);
    m_warps.resize(static_cast<size_t>(threads / kWarpLanes));
    for (Warp& warp : m_warps)
        warp.arrived = 0;
    m_ready.resize(static_cast<size_t>(threads));
    std::iota(m_ready.begin(), m_ready.end(), 0);
    m_live = threads;
    m_atBarrier = 0;
    m_mistake.clear();
    switchFrom(m_outside);
    if (m_live == 0)
        return;
    if (m_mistake.empty())
        reportStanding();
    m_fibers.clear(); // they stand in the middle of something
    throw std::logic_error(m_mistake);
}

int BlockRunner::nextReady()
{
    if (m_schedule > 1) {
        const size_t chosen = m_random() % m_ready.size();
        std::swap(m_ready[chosen], m_ready.back());
    }
    const bool last = m_schedule > 0;
    const int thread = last ? m_ready.back() : m_ready.front();
    last ? m_ready.pop_back() : m_ready.pop_front();
    return thread;
}

/// Goes on with a thread that can run, or outside if there is none.
void BlockRunner::switchFrom(Fiber& now)
{
    if (m_ready.empty() || !m_mistake.empty())
        return now.switchTo(m_outside);
    m_current = nextReady();
    threadPlace = place(static_cast<size_t>(m_current), blockSize);
    Fiber& next = *m_fibers[static_cast<size_t>(m_current)];
    if (&next != &now)
        now.switchTo(next);
}

/// One run of the kernel by one thread.
void BlockRunner::thread()
{
    m_grid->thread();
    const auto index = static_cast<size_t>(m_current);
    if (m_waits[index] != m_grid->waits)
        m_mistake = "A thread waits for earlier kernels " + std::to_string(m_waits[index]) +
            " times, not " + std::to_string(m_grid->waits);
    m_states[index] = State::Finished;
    --m_live;
    releaseBarrier();
    switchFrom(*m_fibers[index]);
}

void BlockRunner::wait(State state)
{
    const auto index = static_cast<size_t>(m_current);
    m_states[index] = state;
    switchFrom(*m_fibers[index]);
}

void BlockRunner::waitForBlock()
{
    const auto index = static_cast<size_t>(m_current);
    ++m_atBarrier;
    m_states[index] = State::AtBarrier;
    releaseBarrier();
    switchFrom(*m_fibers[index]); // after a release it is in the list like the others
}

void BlockRunner::releaseBarrier()
{
    if (m_live == 0 || m_atBarrier < m_live)
        return;
    m_atBarrier = 0;
    for (size_t i = 0; i < m_states.size(); ++i) {
        if (m_states[i] != State::AtBarrier)
            continue;
        m_states[i] = State::Ready;
        m_ready.push_back(static_cast<int>(i));
    }
}

void BlockRunner::exchange(const char* name, std::span<const uint32_t> given,
                           std::span<uint32_t> got, void (*combine)(WarpPackets& packets))
{
    const int self = m_current;
    Warp& warp = m_warps[static_cast<size_t>(self / kWarpLanes)];
    if (warp.arrived == 0)
        warp.operation = name;
    if (warp.operation != name && std::strcmp(warp.operation, name) != 0) {
        m_mistake = "The lanes of a warp meet in "; // nothing here may own memory: it never goes on
        m_mistake.append(warp.operation).append(" and in ").append(name);
        wait(State::Ready);
    }
    auto& mine = warp.packets[static_cast<size_t>(self % kWarpLanes)];
    std::ranges::copy(given, mine.begin());
    if (++warp.arrived < kWarpLanes) {
        wait(State::InWarp);
    } else {
        combine(warp.packets);
        warp.arrived = 0;
        const int first = self / kWarpLanes * kWarpLanes;
        for (int i = first; i < first + kWarpLanes; ++i) {
            if (i == self)
                continue;
            m_states[static_cast<size_t>(i)] = State::Ready;
            m_ready.push_back(i);
        }
    }
    std::copy_n(mine.begin(), got.size(), got.begin());
}

void BlockRunner::reportStanding()
{
    const auto inWarp = std::ranges::count(m_states, State::InWarp);
    m_mistake = std::to_string(m_atBarrier) + " threads of a block wait at a barrier, " +
        std::to_string(inWarp) + " for lanes of their warp that never come, and " +
        std::to_string(m_states.size() - static_cast<size_t>(m_live)) + " have finished";
}

} // namespace inglenook::cuda_on_cpu
