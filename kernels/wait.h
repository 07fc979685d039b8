#pragma once

#include <atomic>
#include <cstdint>

namespace inglenook {

/// Turns of waiting that a thread spends awake, some 20 microseconds: whom it waits for is rarely
/// further behind, and being woken costs more.
inline constexpr int kSpins = 1000;

/// Tells the core that this is a loop of waiting.
inline void pauseCore()
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// Waits until the counter has reached `wanted` (it wraps; only differences count) or `giveUp`
/// returns true; whoever changes either notifies the counter. Returns with what was written before.
template <class GiveUp>
void waitUntil(const std::atomic<uint32_t>& counter, uint32_t wanted, const GiveUp& giveUp)
{
    uint32_t now = counter.load(std::memory_order_acquire);
    for (int spins = 0; static_cast<int32_t>(now - wanted) < 0 && !giveUp(); ++spins) {
        if (spins < kSpins)
            pauseCore();
        else
            counter.wait(now, std::memory_order_acquire);
        now = counter.load(std::memory_order_acquire);
    }
}

inline void waitUntil(const std::atomic<uint32_t>& counter, uint32_t wanted)
{
    waitUntil(counter, wanted, [] { return false; });
}

} // namespace inglenook
