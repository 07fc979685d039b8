#include "app/cli/model_options.h"

#include "app/cli/resources.h"
#include "kernels/backend.h"

#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <stdexcept>

namespace inglenook {

namespace {

/// The folder of cache pages that an option names.
std::string pageFolder(const std::string& option)
{
    if (option == "none")
        return {};
    if (!option.empty())
        return option;
    const std::string folder = cacheFolder();
    return folder.empty() ? folder : folder + "/pages";
}

} // namespace

LoadRequest ModelOptions::loadRequest() const
{
    return {.path = path.empty() ? starterModelPath() : path,
            .device = backend,
            .split = split,
            .threads = threads,
            .contextTokens = context,
            .rope = rope,
            .sequences = parallel,
            .draft = draft,
            .kvType = kvType,
            .cacheFolder = cacheFolder(),
            .pageFolder = pageFolder(pages)};
}

void addModelOptions(CLI::App& command, ModelOptions& options, bool modelRequired)
{
    command.add_option("-m,--model", options.path, "a GGUF file")->required(modelRequired);
    command
        .add_option("--backend,--devices", options.backend,
                    "auto, reference, cpu, vulkan[:i] or cuda[:i]; several: cuda:0,cuda:1")
        ->capture_default_str();
    command
        .add_option("--split", options.split,
                    "over several devices: auto, tensor, layer, experts, or shares like 0.6,0.4")
        ->capture_default_str();
    command.add_option("--threads", options.threads, "CPU threads; 0: one per core")
        ->check(CLI::Range(0, 1024));
    command
        .add_option("--cache-dir", options.pages,
                    "where to keep what was read, so that it is not read twice; none: nowhere")
        ->default_str("the user's cache folder");
    command.add_option("--ctx", options.context, "context in tokens; 0: automatic")
        ->check(CLI::Range(0, 1 << 24));
    command.add_option("--kv", options.kvType, "how the cache is kept: auto, f16, q8_0 or q4")
        ->check(CLI::IsMember({"auto", "f16", "q8_0", "q4"}))
        ->capture_default_str();
    command
        .add_option("--draft", options.draft,
                    "a smaller GGUF file that guesses ahead; auto: one beside the model, if any "
                    "fits; none: nothing is guessed")
        ->capture_default_str();
    command
        .add_option("--rope", options.rope,
                    "for contexts beyond the trained one: auto (as the file says), none, linear:2, "
                    "yarn:4, ntk:2, or ntk to follow --ctx")
        ->capture_default_str();
}

void addParallelOption(CLI::App& command, ModelOptions& options)
{
    command.add_option("--parallel", options.parallel, "answers that are computed at once")
        ->check(CLI::Range(1, kDecodeRows))
        ->capture_default_str();
}

void addPolicyOption(CLI::App& command, ContextPolicy& policy)
{
    static const std::map<std::string, ContextPolicy> kNames{{"stop", ContextPolicy::Stop},
                                                             {"roll", ContextPolicy::Roll},
                                                             {"middle", ContextPolicy::Middle}};
    command
        .add_option("--policy", policy,
                    "where a conversation is longer than the context: stop, roll (forget the "
                    "oldest) or middle (forget the middle)")
        ->transform(CLI::CheckedTransformer(kNames).description(""))
        ->default_str("stop");
}

std::vector<int32_t> parseTokens(const std::string& list)
{
    std::vector<int32_t> tokens;
    const char* at = list.data();
    const char* const end = at + list.size();
    while (at != end) {
        int32_t token = 0;
        const auto [next, error] = std::from_chars(at, end, token);
        if (error != std::errc{} || token < 0 || (next != end && *next != ','))
            throw std::runtime_error("\"" + list + "\" is not a list of token ids like 1,2,3.");
        tokens.push_back(token);
        at = next == end ? end : next + 1;
    }
    if (tokens.empty())
        throw std::runtime_error("The list of token ids is empty.");
    return tokens;
}

std::string readInput()
{
    return {std::istreambuf_iterator<char>(std::cin), {}};
}

std::string readFile(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw std::runtime_error("The file " + path + " cannot be read.");
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace inglenook
