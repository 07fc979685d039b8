#include "kernels/cpu/cores.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace inglenook::cpu {
namespace {

namespace fs = std::filesystem;

std::string firstLine(const fs::path& path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::optional<double> number(const std::string& text)
{
    try {
        return std::stod(text);
    } catch (const std::exception&) {
        return std::nullopt;
    }
}

/// Logical processors of one core share their list of siblings.
int physicalCores(const fs::path& root, const std::vector<int>& allowed)
{
    std::set<std::string> cores;
    for (const int processor : allowed) {
        const std::string siblings =
            firstLine(root / "sys/devices/system/cpu" / ("cpu" + std::to_string(processor)) /
                      "topology/thread_siblings_list");
        cores.insert(siblings.empty() ? "only " + std::to_string(processor) : siblings);
    }
    return static_cast<int>(cores.size());
}

/// "0-3,8" holds 0, 1, 2, 3 and 8.
bool holds(const std::string& list, int processor)
{
    for (size_t at = 0; at < list.size(); at = std::min(list.find(',', at), list.size() - 1) + 1) {
        const std::optional<double> first = number(list.substr(at));
        const size_t dash = list.find_first_not_of("0123456789", at);
        const bool range = dash != std::string::npos && list[dash] == '-';
        const std::optional<double> last = range ? number(list.substr(dash + 1)) : first;
        if (first && last && *first <= processor && processor <= *last)
            return true;
    }
    return false;
}

std::vector<std::vector<int>> memoryNodes(const fs::path& root, const std::vector<int>& allowed)
{
    std::vector<std::vector<int>> nodes;
    for (int n = 0;; ++n) {
        const fs::path folder = root / "sys/devices/system/node" / ("node" + std::to_string(n));
        if (!fs::exists(folder))
            break;
        const std::string list = firstLine(folder / "cpulist");
        std::vector<int> node;
        std::ranges::copy_if(allowed, std::back_inserter(node),
                             [&](int processor) { return holds(list, processor); });
        if (!node.empty())
            nodes.push_back(std::move(node));
    }
    if (nodes.size() < 2)
        nodes.clear();
    return nodes;
}

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

/// Processors' worth of time that one control group grants: version 2 writes quota and period into
/// one file, "max 100000" or "150000 100000"; version 1 into two.
double granted(const fs::path& group)
{
    const std::string both = firstLine(group / "cpu.max");
    const size_t gap = both.find(' ');
    const auto quota =
        number(gap == std::string::npos ? firstLine(group / "cpu.cfs_quota_us") : both);
    const auto period = number(gap == std::string::npos ? firstLine(group / "cpu.cfs_period_us")
                                                        : both.substr(gap));
    if (!quota || !period || *quota <= 0. || *period <= 0.)
        return kUnlimited;
    return *quota / *period;
}

/// The least of what this process's groups and those around them grant.
double grantedToProcess(const fs::path& root)
{
    double least = kUnlimited;
    std::ifstream file(root / "proc/self/cgroup");
    for (std::string line; std::getline(file, line);) { // "4:cpu,cpuacct:/path" or "0::/path"
        const size_t first = line.find(':'), second = line.find(':', first + 1);
        if (second == std::string::npos)
            continue;
        const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
        const bool unified = controllers == ",,";
        if (!unified && controllers.find(",cpu,") == std::string::npos)
            continue;
        const fs::path mounted = root / "sys/fs/cgroup" / (unified ? "" : "cpu");
        fs::path group = fs::path(line.substr(second + 1)).relative_path();
        for (;; group = group.parent_path()) {
            least = std::min(least, granted(mounted / group));
            if (group.empty())
                break;
        }
    }
    return least;
}

} // namespace

Cores readCores(const std::filesystem::path& root, const std::vector<int>& allowed)
{
    Cores cores;
    const double most = std::min<double>(physicalCores(root, allowed), grantedToProcess(root));
    cores.count = std::max(1, static_cast<int>(most));
    cores.nodes = memoryNodes(root, allowed);
    return cores;
}

Cores readCores()
{
    std::vector<int> allowed;
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        for (int processor = 0; processor < CPU_SETSIZE; ++processor)
            if (CPU_ISSET(processor, &set))
                allowed.push_back(processor);
#endif
    if (allowed.empty()) {
        for (unsigned processor = 0; processor < std::thread::hardware_concurrency(); ++processor)
            allowed.push_back(static_cast<int>(processor));
    }
    return readCores("/", allowed);
}

} // namespace inglenook::cpu
