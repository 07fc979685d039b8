#pragma once

#include "kernels/collective.h"

#include <atomic>
#include <memory>
#include <span>
#include <vector>

namespace inglenook {

/// A one-shot exchange in host memory, between any kinds of device. Each member puts its values
/// down, waits until all have, and adds them up in the order of the ranks; long lists are shared
/// out, each member adding up a part for all. A listener puts nothing down.
class HostCollective final : public Collective {
public:
    explicit HostCollective(int ranks);
    ~HostCollective() override;
    HostCollective(const HostCollective&) = delete;
    HostCollective& operator=(const HostCollective&) = delete;

    [[nodiscard]] GroupMember& member(int rank) override;
    [[nodiscard]] GroupMember& listener(int rank) override;
    void abandon() override;

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
