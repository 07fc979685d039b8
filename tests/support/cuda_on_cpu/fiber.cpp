#include "tests/support/cuda_on_cpu/fiber.h"

#include <cstdint>
#include <new>
#include <sys/mman.h>
#include <ucontext.h>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
static void __sanitizer_start_switch_fiber(void**, const void*, size_t) { }
static void __sanitizer_finish_switch_fiber(void*, const void**, size_t*) { }
static void __asan_unpoison_memory_region(const volatile void*, size_t) { }
#endif

namespace inglenook::cuda_on_cpu {

namespace {

constexpr size_t kStackBytes = size_t{128} << 10; // taken from the system as it is touched

} // namespace

#if defined(__x86_64__)

// swapcontext() asks the kernel for the signal mask at each switch, which is most of its time. Here
// the registers that a call preserves go onto the stack, and the stack pointer is all there is to
// keep.
extern "C" void inglenookSwitchStack(void** save, void* load);
asm(R"(
    .text
    .type inglenookSwitchStack, @function
inglenookSwitchStack:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size inglenookSwitchStack, . - inglenookSwitchStack
)");

struct Fiber::Context {
    void* stackPointer = nullptr;

    static void go(Context& from, Context& to)
    {
        inglenookSwitchStack(&from.stackPointer, to.stackPointer);
    }
};

#else

struct Fiber::Context {
    ucontext_t registers{};

    static void go(Context& from, Context& to) { swapcontext(&from.registers, &to.registers); }
};

#endif

namespace {

// Whoever switches says where to; the address sanitizer tells the next one where it came from.
Fiber* from = nullptr;
Fiber* to = nullptr;

} // namespace

Fiber::Fiber()
    : m_context(std::make_unique<Context>())
{
}

Fiber::Fiber(std::function<void()> body)
    : m_body(std::move(body))
    , m_context(std::make_unique<Context>())
    , m_stackBytes(kStackBytes)
    , m_owns(true)
{
    void* memory = mmap(nullptr, kStackBytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    m_stack = memory;
#if defined(__x86_64__)
    // What the switch pops: six registers and the address to return to; above it lies, as after a
    // call, where that would return to
    auto* top = reinterpret_cast<void**>(static_cast<std::byte*>(memory) + kStackBytes) - 1;
    *--top = reinterpret_cast<void*>(&Fiber::start);
    m_context->stackPointer = top - 6;
#else
    getcontext(&m_context->registers);
    m_context->registers.uc_stack = {.ss_sp = memory, .ss_flags = 0, .ss_size = kStackBytes};
    makecontext(&m_context->registers, &Fiber::start, 0);
#endif
}

Fiber::~Fiber()
{
    if (!m_owns)
        return;
    // A fiber left in the middle leaves its frames marked, and the next one may get this memory
    __asan_unpoison_memory_region(m_stack, kStackBytes);
    munmap(const_cast<void*>(m_stack), kStackBytes);
}

void Fiber::start()
{
    __sanitizer_finish_switch_fiber(nullptr, &from->m_stack, &from->m_stackBytes);
    to->m_body();
}

void Fiber::switchTo(Fiber& next)
{
    from = this;
    to = &next;
    __sanitizer_start_switch_fiber(&m_fakeStack, next.m_stack, next.m_stackBytes);
    Context::go(*m_context, *next.m_context);
    __sanitizer_finish_switch_fiber(m_fakeStack, &from->m_stack, &from->m_stackBytes);
}

} // namespace inglenook::cuda_on_cpu
