#include "app/cli/commands.h"
#include "app/cli/model_options.h"
#include "inference/model_files/model_file.h"

#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

namespace inglenook {
namespace {

constexpr size_t kShownElements = 8;

struct Options {
    std::string path;
    bool json = false;
};

/// A value as JSON; of long lists the beginning and the length.
nlohmann::json toJson(const Metadata::Value& value)
{
    return std::visit(
        [](const auto& v) -> nlohmann::json {
            if constexpr (requires {
                              v.begin();
                              v.push_back(v.front());
                          } &&
                          !std::is_same_v<std::decay_t<decltype(v)>, std::string>) {
                if (v.size() > kShownElements)
                    return {{"length", v.size()},
                            {"first", std::vector(v.begin(), v.begin() + kShownElements)}};
                return v;
            } else {
                return v;
            }
        },
        value);
}

nlohmann::json describe(const ModelFile& file)
{
    nlohmann::json metadata = nlohmann::json::object();
    for (const auto& [key, value] : file.metadata().all())
        metadata[key] = toJson(value);
    nlohmann::json arrays = nlohmann::json::array();
    for (const ModelArray& array : file.arrays())
        arrays.push_back({{"name", array.name},
                          {"type", array.typeName},
                          {"shape", array.dimensions},
                          {"bytes", array.byteCount},
                          {"supported", array.supported}});
    return {{"path", file.path()},
            {"bytes", file.fileBytes()},
            {"metadata", metadata},
            {"arrays", arrays}};
}

void print(const ModelFile& file)
{
    for (const auto& [key, value] : file.metadata().all()) {
        std::string text =
            toJson(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
        if (text.size() > 160)
            text = text.substr(0, 160) + " ...";
        std::printf("%-44s %s\n", key.c_str(), text.c_str());
    }
    std::map<std::string, uint64_t> bytesOfType;
    int64_t elements = 0;
    for (const ModelArray& array : file.arrays()) {
        std::printf("%-44s %-5s %8lld x %lld%s\n", array.name.c_str(), array.typeName.c_str(),
                    static_cast<long long>(array.rows), static_cast<long long>(array.cols),
                    array.supported ? "" : "  (not supported)");
        bytesOfType[array.typeName] += array.byteCount;
        elements += array.rows * array.cols;
    }
    std::printf("%zu arrays, %lld elements, %.1f MB\n", file.arrays().size(),
                static_cast<long long>(elements), static_cast<double>(file.fileBytes()) / 1e6);
    for (const auto& [type, bytes] : bytesOfType)
        std::printf("  %-6s %10.1f MB\n", type.c_str(), static_cast<double>(bytes) / 1e6);
}

void run(const Options& options)
{
    const auto file = openModelFile(options.path);
    if (options.json)
        std::printf(
            "%s\n",
            describe(*file).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    else
        print(*file);
}

} // namespace

void addInspect(CLI::App& nook)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = nook.add_subcommand("inspect", "what is in a model file");
    command->add_option("file", options->path, "a GGUF file")->required();
    command->add_flag("--json", options->json);
    command->callback([options] { run(*options); });
}

} // namespace inglenook
