#include "kernels/collective.h"

#include <algorithm>
#include <cassert>
#include <stdexcept>

namespace inglenook {

namespace {

/// Values from where on every member adds up only its part: below, reading all is cheaper than
/// meeting twice.
constexpr size_t kLong = 16 * 1024;

/// Turns of waiting that a member spends awake: the others are rarely far behind.
constexpr int kSpins = 2000;

void pause()
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

/// sums[i] = the values at i of all ranks, in their order.
void addUp(std::span<float> sums, const std::vector<std::vector<float>>& values, size_t first)
{
    std::copy_n(values[0].begin() + static_cast<std::ptrdiff_t>(first), sums.size(), sums.begin());
    for (size_t rank = 1; rank < values.size(); ++rank) {
        const float* more = values[rank].data() + first;
        for (size_t i = 0; i < sums.size(); ++i)
            sums[i] += more[i];
    }
}

} // namespace

class Collective::Member final : public GroupMember {
public:
    Member(Collective& group, int rank)
        : m_group(group)
        , m_rank(rank)
    {
    }

    void allReduce(std::span<float> values) override { m_group.allReduce(m_rank, values, *this); }

    uint32_t round = 0;
    uint32_t longRound = 0;

private:
    Collective& m_group;
    int m_rank;
};

Collective::Collective(int ranks)
    : m_ranks(ranks)
{
    assert(ranks > 0);
    for (int rank = 0; rank < ranks; ++rank)
        m_members.push_back(std::make_unique<Member>(*this, rank));
    for (Round& round : m_rounds)
        round.values.resize(static_cast<size_t>(ranks));
}

Collective::~Collective() = default;

GroupMember& Collective::member(int rank)
{
    return *m_members[static_cast<size_t>(rank)];
}

void Collective::abandon()
{
    m_abandoned = true;
    // A waiter looks at the flag after every change of what it waits for.
    m_arrived += 1U << 31;
    m_added += 1U << 31;
    m_arrived.notify_all();
    m_added.notify_all();
}

void Collective::reset()
{
    m_arrived = 0;
    m_added = 0;
    for (const auto& member : m_members)
        member->round = member->longRound = 0;
    m_abandoned = false;
}

/// Returns when all ranks have arrived as often as this one. The counters wrap; only differences
/// count.
void Collective::arrive(std::atomic<uint32_t>& arrived, uint32_t& times)
{
    const uint32_t wanted = ++times * static_cast<uint32_t>(m_ranks);
    uint32_t now = arrived.fetch_add(1, std::memory_order_acq_rel) + 1;
    if (now == wanted)
        arrived.notify_all();
    for (int spins = 0; static_cast<int32_t>(now - wanted) < 0 && !m_abandoned; ++spins) {
        if (spins < kSpins)
            pause();
        else
            arrived.wait(now, std::memory_order_acquire);
        now = arrived.load(std::memory_order_acquire);
    }
    if (m_abandoned)
        throw std::runtime_error("Another device of the group failed.");
}

void Collective::allReduce(int rank, std::span<float> values, Member& self)
{
    if (m_ranks == 1 || values.empty())
        return;
    Round& here = m_rounds[self.round % 2];
    here.values[static_cast<size_t>(rank)].assign(values.begin(), values.end());
    const bool isLong = values.size() >= kLong;
    if (isLong && rank == 0)
        here.sums.resize(values.size());
    arrive(m_arrived, self.round);
    const bool sameSize = std::ranges::all_of(
        here.values, [&](const std::vector<float>& v) { return v.size() == values.size(); });
    if (!sameSize)
        throw std::logic_error("The devices of a group do not compute the same step.");
    if (!isLong)
        return addUp(values, here.values, 0);

    const auto ranks = static_cast<size_t>(m_ranks);
    const auto own = static_cast<size_t>(rank);
    const size_t first = values.size() * own / ranks;
    const size_t count = values.size() * (own + 1) / ranks - first;
    addUp(std::span(here.sums).subspan(first, count), here.values, first);
    arrive(m_added, self.longRound);
    std::ranges::copy(here.sums, values.begin());
}

} // namespace inglenook
