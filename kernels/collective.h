#pragma once

#include "kernels/backend.h"

#include <atomic>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

namespace inglenook {

/// Thrown to those who wait for a member that will not come.
class GroupAbandoned : public std::runtime_error {
public:
    GroupAbandoned()
        : std::runtime_error("Another device of the group failed.")
    {
    }
};

/// The devices that compute one model together, meeting in host memory: a one-shot exchange that
/// works between any two kinds of device. Each member puts its values down, waits until all have,
/// and adds them up in the order of the ranks; long lists are shared out, each member adding up a
/// part for all. A member may meet as a listener: then it puts nothing down and hears the sum of
/// the others. One thread per member.
class Collective {
public:
    explicit Collective(int ranks);
    ~Collective();
    Collective(const Collective&) = delete;
    Collective& operator=(const Collective&) = delete;

    [[nodiscard]] int ranks() const { return m_ranks; }
    /// The place of rank 0 .. ranks() - 1, which lives as long as this.
    [[nodiscard]] GroupMember& member(int rank);
    /// The same place, as that of a listener: its values are overwritten. Where all but one listen,
    /// all have what that one has, bit for bit.
    [[nodiscard]] GroupMember& listener(int rank);

    /// From now on nobody waits: every call, waiting or to come, throws GroupAbandoned. For a
    /// member that fails; the group is of no use any more.
    void abandon();

private:
    class Member;

    /// How often a rank has met the others.
    struct Times {
        uint32_t rounds = 0;
        uint32_t longRounds = 0;
    };

    void allReduce(int rank, std::span<float> values, bool listens);
    void arrive(std::atomic<uint32_t>& arrived, uint32_t& times);

    const int m_ranks;
    std::vector<std::unique_ptr<Member>> m_members;
    std::vector<std::unique_ptr<Member>> m_listeners;
    std::vector<Times> m_times; // of each rank
    // Two sets, used in turn: a member that is a round ahead does not overwrite what another reads,
    // and two rounds ahead it cannot be.
    struct Round {
        std::vector<std::vector<float>> values; // of each rank; of a listener none
        std::vector<float> sums; // of long lists
    };
    Round m_rounds[2];
    alignas(64) std::atomic<uint32_t> m_arrived = 0; // ranks() more per round
    alignas(64) std::atomic<uint32_t> m_added = 0; // ranks() more per round of long lists
    std::atomic<bool> m_abandoned = false;
};

} // namespace inglenook
