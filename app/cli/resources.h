#pragma once

#include <string>

namespace inglenook {

/// The guide that ships with the program: beside an installed nook, else in the source tree it was
/// built from. Throws std::runtime_error if it is in neither place.
[[nodiscard]] std::string starterModelPath();

/// Where what was measured of this machine is kept: machine.json in the user's folder for what can
/// be made again. "" if the user has none.
[[nodiscard]] std::string machineFiguresPath();

} // namespace inglenook
