#include "app/cli/driver_guard.h"

#include "app/cli/resources.h"
#include "kernels/devices.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#ifdef _WIN32

namespace inglenook {

// There a driver is found by the registry, and nothing hides a single one.
std::optional<int> triedDriver(int, char**)
{
    return std::nullopt;
}

std::vector<std::string> hideBrokenDrivers()
{
    return {};
}

} // namespace inglenook

#else

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace fs = std::filesystem;

namespace inglenook {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kTry = "--try-driver";
constexpr const char* kVulkan = "vulkan";
constexpr const char* kCuda = "cuda";
constexpr const char* kNvidia = "/proc/driver/nvidia/version";
constexpr auto kPatience = std::chrono::seconds(20);

std::vector<std::string> parted(const char* list)
{
    std::vector<std::string> parts;
    std::istringstream rest(list ? list : "");
    for (std::string part; std::getline(rest, part, ':');)
        if (!part.empty())
            parts.push_back(part);
    return parts;
}

std::string contentsOf(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The files that describe Vulkan drivers, as the Vulkan loader finds them: those that the
/// environment names, else those in the folders of the system and the user.
std::vector<std::string> vulkanManifests()
{
    for (const char* variable : {"VK_DRIVER_FILES", "VK_ICD_FILENAMES"})
        if (std::getenv(variable))
            return parted(std::getenv(variable));
    std::vector<std::string> manifests = parted(std::getenv("VK_ADD_DRIVER_FILES"));
    const char* home = std::getenv("HOME");
    for (const std::string& base :
         {std::string("/etc"), std::string("/usr/local/etc"), std::string("/usr/local/share"),
          std::string("/usr/share"), std::string(home ? home : "") + "/.local/share",
          std::string(home ? home : "") + "/.config"}) {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(fs::path(base) / "vulkan/icd.d", error))
            if (entry.path().extension() == ".json")
                manifests.push_back(entry.path().string());
    }
    std::ranges::sort(manifests);
    return manifests;
}

/// Path, size and time of a file: another file has others.
std::string stampOf(const std::string& path)
{
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error)
        return path;
    const auto time = fs::last_write_time(path, error).time_since_epoch().count();
    return path + " " + std::to_string(size) + " " + std::to_string(time);
}

/// What tells a driver from an older one: its description, its library and NVIDIA's version.
std::string versionOf(const std::string& manifest)
{
    std::string version = stampOf(manifest) + "\n" + contentsOf(kNvidia);
    const auto json = nlohmann::json::parse(contentsOf(manifest), nullptr, false);
    if (json.is_object() && json.contains("ICD") && json["ICD"].is_object())
        if (const auto path = json["ICD"].find("library_path");
            path != json["ICD"].end() && path->is_string())
            version +=
                stampOf((fs::path(manifest).parent_path() / path->get<std::string>()).string());
    return version;
}

/// One driver, and the variables of the environment under which only it is found.
struct Driver {
    std::string kind;
    std::string name; // for the user
    std::string version;
    std::string manifest; // of a Vulkan driver
    bool works = true;
};

std::vector<Driver> installedDrivers()
{
    std::vector<Driver> drivers;
    for (const std::string& manifest : vulkanManifests())
        drivers.push_back({.kind = kVulkan,
                           .name = "The Vulkan driver of " + manifest,
                           .version = versionOf(manifest),
                           .manifest = manifest});
    if (const std::string version = contentsOf(kNvidia); !version.empty())
        drivers.push_back({.kind = kCuda, .name = "The CUDA driver", .version = version});
    return drivers;
}

/// The same program, trying one driver; `end` is closed when it ends, however it does.
struct Trial {
    pid_t process = -1;
    int end = -1;
};

Trial start(const Driver& driver)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return {};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    for (const int standard : {0, 1, 2})
        posix_spawn_file_actions_addopen(&files, standard, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&files, ends[1], 3);

    std::vector<std::string> settings;
    for (char** setting = environ; *setting; ++setting)
        if (std::strncmp(*setting, "VK_", 3) != 0)
            settings.emplace_back(*setting);
    settings.push_back("VK_DRIVER_FILES=" + driver.manifest);
    settings.push_back("VK_ICD_FILENAMES=" + driver.manifest);
    std::vector<char*> environment;
    for (std::string& setting : settings)
        environment.push_back(setting.data());
    environment.push_back(nullptr);
    std::vector<std::string> words{"nook", kTry, driver.kind};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), nullptr};

    Trial trial{.end = ends[0]};
    if (posix_spawn(&trial.process, "/proc/self/exe", &files, nullptr, arguments,
                    environment.data()) != 0)
        trial.process = -1;
    posix_spawn_file_actions_destroy(&files);
    close(ends[1]);
    return trial;
}

/// Waits until a trial ends or the time is over. A trial that could not be made says nothing
/// against the driver.
bool finish(const Trial& trial, Clock::time_point deadline)
{
    if (trial.process < 0)
        return true;
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd end{.fd = trial.end, .events = POLLIN};
    if (poll(&end, 1, static_cast<int>(std::max<int64_t>(0, left))) == 0)
        kill(trial.process, SIGKILL);
    close(trial.end);
    int status = 0;
    return waitpid(trial.process, &status, 0) == trial.process && WIFEXITED(status) &&
        WEXITSTATUS(status) == 0;
}

/// Which versions of drivers work, as a list of [version, works].
std::map<std::string, bool> readVerdicts(const std::string& path)
{
    std::map<std::string, bool> verdicts;
    const auto json = nlohmann::json::parse(contentsOf(path), nullptr, false);
    for (const auto& entry : json.is_array() ? json : nlohmann::json::array())
        if (entry.is_array() && entry.size() == 2 && entry[0].is_string() && entry[1].is_boolean())
            verdicts[entry[0]] = entry[1];
    return verdicts;
}

void writeVerdicts(const std::string& path, const std::vector<Driver>& drivers)
{
    auto json = nlohmann::json::array();
    for (const Driver& driver : drivers)
        json.push_back({driver.version, driver.works});
    std::error_code error;
    fs::create_directories(fs::path(path).parent_path(), error);
    // A file that cannot be written, or is torn, costs another trial
    std::ofstream(path, std::ios::binary)
        << json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Tries all that are new at once: most of the time a driver waits for its device.
bool tryNew(std::vector<Driver>& drivers, const std::map<std::string, bool>& verdicts)
{
    std::vector<std::pair<Driver*, Trial>> trials;
    for (Driver& driver : drivers) {
        const auto known = verdicts.find(driver.version);
        if (known != verdicts.end())
            driver.works = known->second;
        else
            trials.emplace_back(&driver, start(driver));
    }
    const Clock::time_point deadline = Clock::now() + kPatience;
    for (const auto& [driver, trial] : trials)
        driver->works = finish(trial, deadline);
    return !trials.empty();
}

} // namespace

std::optional<int> triedDriver(int argc, char** argv)
{
    if (argc != 3 || std::string(argv[1]) != kTry)
        return std::nullopt;
    const rlimit none{};
    setrlimit(RLIMIT_CORE, &none); // a crash is expected here: it leaves no file
    const bool cuda = std::string(argv[2]) == kCuda;
    (void)describeDevice({cuda ? DeviceKind::Cuda : DeviceKind::Vulkan, 0});
    std::_Exit(0); // what drivers leave behind at the end is no reason against them
}

std::vector<std::string> hideBrokenDrivers()
{
    std::vector<Driver> drivers = installedDrivers();
    const std::string folder = cacheFolder();
    const std::string path = folder.empty() ? "" : folder + "/drivers.json";
    if (tryNew(drivers, readVerdicts(path)) && !path.empty())
        writeVerdicts(path, drivers);

    std::vector<std::string> sentences;
    std::string working;
    bool hidden = false;
    for (const Driver& driver : drivers) {
        if (driver.works && driver.kind == kVulkan)
            working += (working.empty() ? "" : ":") + driver.manifest;
        if (driver.works)
            continue;
        sentences.push_back(driver.name +
                            " fails when it is tried, so it is not used. Update or remove it.");
        if (driver.kind == kCuda)
            setenv("CUDA_VISIBLE_DEVICES", "", 1);
        else
            hidden = true;
    }
    if (hidden) {
        unsetenv("VK_ADD_DRIVER_FILES");
        setenv("VK_DRIVER_FILES", working.empty() ? "/dev/null" : working.c_str(), 1);
        setenv("VK_ICD_FILENAMES", working.empty() ? "/dev/null" : working.c_str(), 1);
    }
    return sentences;
}

} // namespace inglenook

#endif
