#include "inference/model/device_thread.h"
#include "inference/model/machine_figures.h"
#include "kernels/collective.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <functional>
#include <mutex>
#include <vector>

namespace inglenook {
namespace {

constexpr int kRow = 4096; // numbers: the width of an 8B model
constexpr int kWarmUps = 10;
constexpr int kRounds = 200;

/// One device's side: takes part in every round. Returns the median of a round.
double meet(Backend& backend, GroupMember& self)
{
    const auto buffer = backend.allocate(size_t{kRow} * 4);
    const Tensor row = wholeTensor(*buffer, 1, kRow);
    const auto sum = backend.record([&] { backend.allReduce(row, self); });
    std::vector<double> rounds;
    float waited = 0.f;
    for (int i = 0; i < kWarmUps + kRounds; ++i) {
        const auto start = std::chrono::steady_clock::now();
        backend.replay(*sum);
        backend.read(std::as_writable_bytes(std::span(&waited, 1)), row.columns(0, 1));
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        if (i >= kWarmUps)
            rounds.push_back(took.count());
    }
    std::ranges::sort(rounds);
    return rounds[rounds.size() / 2];
}

} // namespace

LinkFigures measureLink(DeviceId first, DeviceId second)
{
    const std::unique_ptr<Backend> backends[] = {createBackend(first), createBackend(second)};
    Backend* const members[] = {backends[0].get(), backends[1].get()};
    const std::unique_ptr<Collective> group = makeCollective(members);
    std::mutex mutex;
    std::exception_ptr failure; // the first: whom it wakes complains of being woken only
    const auto tryToMeet = [&](int rank) {
        try {
            return meet(*members[rank], group->member(rank));
        } catch (...) {
            const std::scoped_lock lock(mutex);
            if (!failure)
                failure = std::current_exception();
            group->abandon();
            return 0.;
        }
    };
    DeviceThread other;
    const std::function<void()> theirs = [&] { tryToMeet(1); };
    other.start(theirs);
    const double seconds = tryToMeet(0);
    static_cast<void>(other.finish());
    if (failure)
        std::rethrow_exception(failure);
    return {.first = toString(first), .second = toString(second), .exchangeSeconds = seconds};
}

} // namespace inglenook
