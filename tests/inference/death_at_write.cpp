// Stands between the program and the system's calls: those of the same name in a program go before
// those of its libraries.

#include "tests/inference/death_at_write.h"

#include <atomic>
#include <csignal>
#include <cstdlib>

#ifdef __linux__

#include <algorithm>
#include <dlfcn.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vector>

namespace {

std::atomic<int> g_left = 0; // changes up to the end; 0: nobody dies
std::atomic<long> g_bytes = 0;

/// Whether the change that begins now is the last one.
bool isLast()
{
    return g_left > 0 && --g_left == 0;
}

[[noreturn]] void die()
{
    while (true)
        std::raise(SIGKILL);
}

template <class Call> Call next(const char* name)
{
    return reinterpret_cast<Call>(dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" {

ssize_t pwritev(int file, const iovec* parts, int count, off_t offset)
{
    static const auto call = next<ssize_t (*)(int, const iovec*, int, off_t)>("pwritev");
    if (!isLast())
        return call(file, parts, count, offset);
    std::vector<iovec> some;
    auto left = static_cast<size_t>(g_bytes);
    for (int i = 0; i < count && left > 0; ++i) {
        some.push_back({parts[i].iov_base, std::min(parts[i].iov_len, left)});
        left -= some.back().iov_len;
    }
    if (!some.empty())
        static_cast<void>(call(file, some.data(), static_cast<int>(some.size()), offset));
    die();
}

int ftruncate(int file, off_t bytes) noexcept
{
    static const auto call = next<int (*)(int, off_t)>("ftruncate");
    if (isLast())
        die();
    return call(file, bytes);
}

int fallocate(int file, int mode, off_t offset, off_t bytes)
{
    static const auto call = next<int (*)(int, int, off_t, off_t)>("fallocate");
    if (isLast())
        die();
    return call(file, mode, offset, bytes);
}
}

namespace inglenook::tests {

void dieAtWrite(int writes, long bytes)
{
    g_bytes = bytes;
    g_left = writes;
}

} // namespace inglenook::tests

#else

namespace inglenook::tests {

void dieAtWrite(int, long)
{
    std::abort();
}

} // namespace inglenook::tests

#endif
