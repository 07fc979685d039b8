#include "app/cli/resources.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#ifdef _WIN32
#include <windows.h>
#endif

namespace fs = std::filesystem;

namespace inglenook {
namespace {

constexpr const char* kGuide = "guide-6m-q8_0.gguf";

fs::path programFolder()
{
#ifdef _WIN32
    wchar_t path[32768];
    const DWORD length = GetModuleFileNameW(nullptr, path, 32768);
    return fs::path(std::wstring(path, length)).parent_path();
#else
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).parent_path();
#endif
}

/// A folder that the environment names. The rules for such folders (XDG base directories) pass over
/// relative ones.
fs::path folderNamed(const char* variable)
{
    const char* text = std::getenv(variable);
    const fs::path folder = text ? text : "";
    return folder.is_absolute() ? folder : fs::path();
}

fs::path userCacheFolder()
{
#ifdef _WIN32
    const fs::path local = folderNamed("LOCALAPPDATA");
    return local.empty() ? local : local / "cache";
#else
    if (const fs::path cache = folderNamed("XDG_CACHE_HOME"); !cache.empty())
        return cache;
    const fs::path home = folderNamed("HOME");
    return home.empty() ? home : home / ".cache";
#endif
}

} // namespace

std::string starterModelPath()
{
    std::error_code error;
    const fs::path installed = programFolder() / "../share/inglenook/starter_model" / kGuide;
    if (fs::exists(installed, error))
        return fs::weakly_canonical(installed).string();

    // A build folder lies inside the source tree.
    for (fs::path folder = programFolder(); folder.has_relative_path();
         folder = folder.parent_path()) {
        const fs::path candidate = folder / "resources/starter_model" / kGuide;
        if (fs::exists(candidate, error))
            return candidate.string();
    }
    throw std::runtime_error(
        "The model that ships with Inglenook is missing. Name one with -m FILE.");
}

std::string cacheFolder()
{
    const fs::path cache = userCacheFolder();
    return cache.empty() ? "" : (cache / "inglenook").string();
}

} // namespace inglenook
