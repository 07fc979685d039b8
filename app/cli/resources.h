#pragma once

#include <string>

namespace inglenook {

/// The guide that ships with the program: beside an installed nook, else in the source tree it was
/// built from. Throws std::runtime_error if it is in neither place.
[[nodiscard]] std::string starterModelPath();

/// The user's folder for what can be made again, the same as the window's; empty if there is none.
[[nodiscard]] std::string cacheFolder();

} // namespace inglenook
