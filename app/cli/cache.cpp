#include "app/cli/commands.h"
#include "app/cli/resources.h"
#include "inference/memory/memory_plan.h"
#include "inference/memory/store/page_store.h"

#include <cstdio>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace inglenook {
namespace {

struct Options {
    std::string folder;
    std::string to = "0";
    bool json = false;
};

std::filesystem::path pagesFolder(const Options& options)
{
    const std::string cache = options.folder.empty() ? cacheFolder() : options.folder;
    if (cache.empty())
        throw std::runtime_error("No folder for caches is known. Name one with --cache-dir DIR.");
    return std::filesystem::path(cache) / "pages";
}

/// The store as it lies there. Without a folder there is nothing to look at, and none is made.
PageStore openStore(const Options& options, bool readOnly)
{
    const std::filesystem::path folder = pagesFolder(options);
    std::error_code error;
    const bool there = std::filesystem::is_directory(folder, error);
    return PageStore({.folder = folder,
                      .quotaBytes = std::numeric_limits<uint64_t>::max(),
                      .readOnly = readOnly || !there});
}

/// "500M", "2G", "0": powers of ten, as disks are sold.
uint64_t bytesOf(const std::string& text)
{
    size_t end = 0;
    double value = -1;
    try {
        value = std::stod(text, &end);
    } catch (const std::exception&) {
        end = text.size() + 1;
    }
    const std::string unit = end <= text.size() ? text.substr(end) : "?";
    const double factor = unit.empty() || unit == "B" ? 1
        : unit == "K" || unit == "KB"                 ? 1e3
        : unit == "M" || unit == "MB"                 ? 1e6
        : unit == "G" || unit == "GB"                 ? 1e9
        : unit == "T" || unit == "TB"                 ? 1e12
                                                      : 0;
    if (!(value >= 0) || factor == 0 || value * factor > 1e18)
        throw std::runtime_error("\"" + text + "\" is no size. Write it like 500M or 2G.");
    return static_cast<uint64_t>(value * factor);
}

void print(const PageStore& store, const Options& options)
{
    const PageStore::Stats stats = store.stats();
    const std::string folder = pagesFolder(options).string();
    if (options.json) {
        const nlohmann::json report{{"folder", folder},
                                    {"pages", stats.pages},
                                    {"kept_pages", stats.keptPages},
                                    {"conversations", stats.conversations},
                                    {"payload_bytes", stats.payloadBytes},
                                    {"disk_bytes", stats.diskBytes},
                                    {"segments", stats.segments}};
        std::printf("%s\n",
                    report.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
        return;
    }
    std::printf("folder         %s\n", folder.c_str());
    std::printf("pages          %llu, of which conversations keep %llu\n",
                static_cast<unsigned long long>(stats.pages),
                static_cast<unsigned long long>(stats.keptPages));
    std::printf("conversations  %llu\n", static_cast<unsigned long long>(stats.conversations));
    std::printf("on disk        %s in %llu files\n", sizeText(stats.diskBytes).c_str(),
                static_cast<unsigned long long>(stats.segments));
}

void verify(const Options& options)
{
    PageStore store = openStore(options, false);
    const auto report = store.verify([&](uint64_t done, uint64_t total) {
        if (!options.json)
            std::fprintf(stderr, "\r%s of %s", sizeText(done).c_str(), sizeText(total).c_str());
        return true;
    });
    const bool dropped = store.mode() == PageStore::Mode::Write;
    if (options.json) {
        const nlohmann::json result{{"pages", report.pages},
                                    {"payload_bytes", report.payloadBytes},
                                    {"damaged", report.damaged},
                                    {"dropped", dropped ? report.damaged : 0}};
        std::printf("%s\n", result.dump().c_str());
        return;
    }
    std::fprintf(stderr, "\n");
    std::printf("%llu pages are whole (%s), %llu are damaged%s\n",
                static_cast<unsigned long long>(report.pages),
                sizeText(report.payloadBytes).c_str(),
                static_cast<unsigned long long>(report.damaged),
                report.damaged == 0 ? "."
                    : dropped       ? " and were removed."
                                    : "; the program that has the folder open will drop them.");
}

void prune(const Options& options)
{
    const uint64_t bytes = bytesOf(options.to);
    PageStore store = openStore(options, false);
    if (store.mode() == PageStore::Mode::Read && !store.note().empty())
        throw std::runtime_error("Nothing was removed. " + store.note());
    store.prune(bytes);
    store.compact();
    print(store, options);
}

CLI::App* addPart(CLI::App& command, const char* name, const char* what,
                  const std::shared_ptr<Options>& options, void (*run)(const Options&))
{
    CLI::App* part = command.add_subcommand(name, what);
    part->add_option("--cache-dir", options->folder, "the folder of caches, if not the user's own");
    part->add_flag("--json", options->json);
    part->callback([options, run] { run(*options); });
    return part;
}

} // namespace

void addCache(CLI::App& nook)
{
    auto options = std::make_shared<Options>();
    CLI::App* command =
        nook.add_subcommand("cache", "what is kept on disk so that nothing is read twice");
    command->require_subcommand(1);
    addPart(*command, "stats", "how much there is", options,
            [](const Options& wish) { print(openStore(wish, true), wish); });
    addPart(*command, "verify", "reads everything, removes what is damaged", options, verify);
    addPart(*command, "prune", "removes what was not used for longest", options, prune)
        ->add_option("--to", options->to, "until this much is left: 500M, 2G")
        ->capture_default_str();
}

} // namespace inglenook
