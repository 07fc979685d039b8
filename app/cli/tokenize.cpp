#include "app/cli/commands.h"
#include "app/cli/model_options.h"
#include "inference/model_files/model_file.h"
#include "inference/text/tokenizer.h"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

namespace inglenook {
namespace {

struct Options {
    ModelOptions model;
    bool special = false;
    bool json = false;
};

void run(const Options& options)
{
    const auto file = openModelFile(options.model.path);
    const auto tokenizer = createTokenizer(file->metadata());
    const std::vector<Token> tokens = tokenizer->encode(readInput(), options.special);
    if (options.json) {
        std::printf("%s\n", nlohmann::json{{"tokens", tokens}}.dump().c_str());
        return;
    }
    for (const Token token : tokens)
        std::printf("%6d  %s\n", token, tokenizer->piece(token).c_str());
}

} // namespace

void addTokenize(CLI::App& nook)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = nook.add_subcommand("tokenize", "the tokens of the text on standard input");
    addModelOptions(*command, options->model);
    command->add_flag("--special", options->special, "read control tokens written in the text");
    command->add_flag("--json", options->json);
    command->callback([options] { run(*options); });
}

} // namespace inglenook
