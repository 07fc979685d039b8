#pragma once

#include <filesystem>
#include <vector>

namespace inglenook::cpu {

/// The processors that this process may use.
struct Cores {
    /// Physical cores among the allowed processors, but no more than the processor time that
    /// control groups grant (containers): what goes beyond is stopped for the rest of a period. At
    /// least 1.
    int count = 1;
    /// The allowed processors of each memory node; empty where there is only one.
    std::vector<std::vector<int>> nodes;
};

/// Of the processors in `allowed`, from the files that Linux keeps below `root`. What is not
/// written there counts as absent: siblings, nodes, limits.
[[nodiscard]] Cores readCores(const std::filesystem::path& root, const std::vector<int>& allowed);

/// Of this process.
[[nodiscard]] Cores readCores();

} // namespace inglenook::cpu
