#pragma once

#include <exception>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace inglenook::tests {

/// What rank puts down in a round; sums of three such numbers depend on their order.
inline std::vector<float> valuesOf(int rank, int round, size_t count)
{
    std::vector<float> values(count);
    for (size_t i = 0; i < count; ++i)
        values[i] = 1e7f / static_cast<float>(1 + rank + 3 * static_cast<int>(i % 97) + 7 * round);
    return values;
}

inline std::vector<float> sumOf(int ranks, int round, size_t count)
{
    std::vector<float> sum = valuesOf(0, round, count);
    for (int rank = 1; rank < ranks; ++rank) {
        const std::vector<float> more = valuesOf(rank, round, count);
        for (size_t i = 0; i < count; ++i)
            sum[i] += more[i];
    }
    return sum;
}

/// Runs work(rank) on a thread each and returns the sentences of those that threw.
inline std::vector<std::string> onThreads(int ranks, const std::function<void(int)>& work)
{
    std::vector<std::string> failures(static_cast<size_t>(ranks));
    std::vector<std::thread> threads;
    for (int rank = 0; rank < ranks; ++rank)
        threads.emplace_back([&, rank] {
            try {
                work(rank);
            } catch (const std::exception& failure) {
                failures[static_cast<size_t>(rank)] = failure.what();
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    return failures;
}

} // namespace inglenook::tests
