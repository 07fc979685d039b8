#pragma once

#include "kernels/backend.h"

#include <memory>
#include <span>
#include <stdexcept>

namespace inglenook {

/// Thrown to those who wait for a member that will not come.
class GroupAbandoned : public std::runtime_error {
public:
    GroupAbandoned()
        : std::runtime_error("Another device of the group failed.")
    {
    }
};

/// Where the devices that compute one model together add up. One thread per member. All ways to do
/// so add in the order of the ranks, so all give the same bits.
class Collective {
public:
    virtual ~Collective() = default;

    /// The place of a rank, 0 and up, which lives as long as this.
    [[nodiscard]] virtual GroupMember& member(int rank) = 0;
    /// The same place, as that of a listener: its values are overwritten by the sum of the others.
    /// Where all but one listen, all have what that one has, bit for bit.
    [[nodiscard]] virtual GroupMember& listener(int rank) = 0;

    /// From now on nobody waits: every call, waiting or to come, throws GroupAbandoned; of a device
    /// that meets by itself, the next read(). For a member that fails; the group is of no use any
    /// more.
    virtual void abandon() = 0;
};

/// The fastest way for these devices, in the order of their ranks: among themselves where they can
/// (Backend::collectiveOf()), else in host memory. The backends outlive it.
[[nodiscard]] std::unique_ptr<Collective> makeCollective(std::span<Backend* const> group);

} // namespace inglenook
