#pragma once

#include "inference/messages.h"

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace inglenook {

/// Which model, on which device: the options that every command with a model shares.
struct ModelOptions {
    std::string path;
    std::string backend = "auto";
    std::string split = "auto";
    int threads = 0;
    int context = 0;
    std::string kvType = "auto";
    std::string pages; // folder of cache pages, "none", or "" for the user's
    std::string rope = "auto";
    int parallel = 4;
    std::string draft = "auto";

    [[nodiscard]] LoadRequest loadRequest() const;
};

/// Declares -m, --backend (or --devices), --split, --threads, --ctx, --rope, --cache-dir and
/// --draft. Where the model may be left out, the guide answers.
void addModelOptions(CLI::App& command, ModelOptions& options, bool modelRequired = true);

/// Declares --parallel, for commands that answer several at once.
void addParallelOption(CLI::App& command, ModelOptions& options);

/// Declares --policy.
void addPolicyOption(CLI::App& command, ContextPolicy& policy);

/// Reads "1,2,3". Throws std::runtime_error naming what is not a token id.
[[nodiscard]] std::vector<int32_t> parseTokens(const std::string& list);

/// All of standard input.
[[nodiscard]] std::string readInput();

/// A whole file. Throws std::runtime_error naming it.
[[nodiscard]] std::string readFile(const std::string& path);

} // namespace inglenook
