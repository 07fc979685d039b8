#pragma once

#include <cstddef>
#include <span>

namespace inglenook {

/// How many of a conversation's oldest turns are left out so that the others fit into `room`
/// tokens; the last turn stays. `turns` are their sizes in tokens.
///
/// Cuts are made at multiples of a quarter of the room, counted from the beginning, so that between
/// three quarters and all of the room stay in use. As the conversation grows, the cut stays where
/// it is until the room is full again: what a device holds of the prompt stays of use from turn to
/// turn, whatever was asked in between. `further` quarters more are left out where sizes were
/// guessed too small.
[[nodiscard]] size_t turnsLeftOut(std::span<const int> turns, int room, int further = 0);

} // namespace inglenook
