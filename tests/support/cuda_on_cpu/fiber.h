#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace inglenook::cuda_on_cpu {

/// A function with a stack of its own that can be left in the middle and entered again. All fibers
/// of a program run in one thread at a time.
class Fiber {
public:
    /// Stands for the stack of whoever makes it.
    Fiber();
    /// `body` never returns.
    explicit Fiber(std::function<void()> body);
    ~Fiber();
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;

    /// From within this one: goes on in `next`, until something switches back.
    void switchTo(Fiber& next);

private:
    struct Context; // of the processor
    static void start();

    std::function<void()> m_body;
    std::unique_ptr<Context> m_context;
    const void* m_stack = nullptr; // its lowest byte
    size_t m_stackBytes = 0;
    void* m_fakeStack = nullptr; // what the address sanitizer keeps for a stack
    bool m_owns = false;
};

} // namespace inglenook::cuda_on_cpu
