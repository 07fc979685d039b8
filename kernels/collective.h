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
/// part for all. One thread per member.
class Collective {
public:
    explicit Collective(int ranks);
    ~Collective();
    Collective(const Collective&) = delete;
    Collective& operator=(const Collective&) = delete;

    [[nodiscard]] int ranks() const { return m_ranks; }
    /// The place of rank 0 .. ranks() - 1, which lives as long as this.
    [[nodiscard]] GroupMember& member(int rank);

    /// From now on nobody waits: every call, waiting or to come, throws GroupAbandoned. For a
    /// member that fails; the group is of no use any more.
    void abandon();

private:
    class Member;

    void allReduce(int rank, std::span<float> values, Member& self);
    void arrive(std::atomic<uint32_t>& arrived, uint32_t& times);

    const int m_ranks;
    std::vector<std::unique_ptr<Member>> m_members;
    // Two sets, used in turn: a member that is a round ahead does not overwrite what another reads,
    // and two rounds ahead it cannot be.
    struct Round {
        std::vector<std::vector<float>> values; // of each rank
        std::vector<float> sums; // of long lists
    };
    Round m_rounds[2];
    alignas(64) std::atomic<uint32_t> m_arrived = 0; // ranks() more per round
    alignas(64) std::atomic<uint32_t> m_added = 0; // ranks() more per round of long lists
    std::atomic<bool> m_abandoned = false;
};

} // namespace inglenook
