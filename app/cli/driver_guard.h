#pragma once

#include <optional>
#include <string>
#include <vector>

namespace inglenook {

// Graphics drivers are foreign code that runs inside this program as soon as its devices are looked
// for, and a broken one ends it there. So each is tried once in a process of its own, anew when its
// files change; those that crash or hang are then hidden from this process.

/// The first call in main(): in a process that was started to try a driver, does so and returns the
/// exit status; in any other, nothing.
[[nodiscard]] std::optional<int> triedDriver(int argc, char** argv);

/// Tries the drivers that are new and hides those that fail, before any thread is started. Returns
/// a sentence for each that is hidden. What was learned is kept in the user's cache folder.
std::vector<std::string> hideBrokenDrivers();

} // namespace inglenook
