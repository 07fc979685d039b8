#include "kernels/host_collective.h"

#include "kernels/wait.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace inglenook {

namespace {

/// Values from where on every member adds up only its part: below, reading all is cheaper than
/// meeting twice.
constexpr size_t kLong = 16 * 1024;

/// sums[i] = the values at i of all ranks that have some, in their order.
void addUp(std::span<float> sums, const std::vector<std::vector<float>>& values, size_t first)
{
    bool begun = false;
    for (const std::vector<float>& own : values) {
        if (own.empty())
            continue;
        const float* more = own.data() + first;
        for (size_t i = 0; i < sums.size(); ++i)
            sums[i] = begun ? sums[i] + more[i] : more[i];
        begun = true;
    }
}

} // namespace

class HostCollective::Member final : public GroupMember {
public:
    Member(HostCollective& group, int rank, bool listens)
        : m_group(group)
        , m_rank(rank)
        , m_listens(listens)
    {
    }

    void allReduce(std::span<float> values) override
    {
        m_group.allReduce(m_rank, values, m_listens);
    }

private:
    HostCollective& m_group;
    int m_rank;
    bool m_listens;
};

HostCollective::HostCollective(int ranks)
    : m_ranks(ranks)
    , m_times(static_cast<size_t>(ranks))
{
    assert(ranks > 0);
    for (int rank = 0; rank < ranks; ++rank) {
        m_members.push_back(std::make_unique<Member>(*this, rank, false));
        m_listeners.push_back(std::make_unique<Member>(*this, rank, true));
    }
    for (Round& round : m_rounds)
        round.values.resize(static_cast<size_t>(ranks));
}

HostCollective::~HostCollective() = default;

GroupMember& HostCollective::member(int rank)
{
    return *m_members[static_cast<size_t>(rank)];
}

GroupMember& HostCollective::listener(int rank)
{
    return *m_listeners[static_cast<size_t>(rank)];
}

void HostCollective::abandon()
{
    m_abandoned = true;
    // A waiter looks at the flag after every change of what it waits for.
    m_arrived += 1U << 31;
    m_added += 1U << 31;
    m_arrived.notify_all();
    m_added.notify_all();
}

/// Returns when all ranks have arrived as often as this one. The counters wrap; only differences
/// count.
void HostCollective::arrive(std::atomic<uint32_t>& arrived, uint32_t& times)
{
    const uint32_t wanted = ++times * static_cast<uint32_t>(m_ranks);
    if (arrived.fetch_add(1, std::memory_order_acq_rel) + 1 == wanted)
        arrived.notify_all();
    waitUntil(arrived, wanted, [this] { return m_abandoned.load(); });
    if (m_abandoned)
        throw GroupAbandoned();
}

void HostCollective::allReduce(int rank, std::span<float> values, bool listens)
{
    if (m_ranks == 1 || values.empty())
        return;
    Times& times = m_times[static_cast<size_t>(rank)];
    Round& here = m_rounds[times.rounds % 2];
    std::vector<float>& put = here.values[static_cast<size_t>(rank)];
    put.assign(values.begin(), listens ? values.begin() : values.end());
    const bool isLong = values.size() >= kLong;
    if (isLong && rank == 0)
        here.sums.resize(values.size());
    arrive(m_arrived, times.rounds);
    const auto fits = [&](const std::vector<float>& v) {
        return v.empty() || v.size() == values.size();
    };
    const auto speaks = [](const std::vector<float>& v) { return !v.empty(); };
    if (!std::ranges::all_of(here.values, fits) || std::ranges::none_of(here.values, speaks))
        throw std::logic_error("The devices of a group do not compute the same step.");
    if (!isLong)
        return addUp(values, here.values, 0);

    const auto ranks = static_cast<size_t>(m_ranks);
    const auto own = static_cast<size_t>(rank);
    const size_t first = values.size() * own / ranks;
    const size_t count = values.size() * (own + 1) / ranks - first;
    addUp(std::span(here.sums).subspan(first, count), here.values, first);
    arrive(m_added, times.longRounds);
    std::ranges::copy(here.sums, values.begin());
}

} // namespace inglenook
