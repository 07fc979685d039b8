#include "app/cli/commands.h"
#include "app/cli/model_options.h"
#include "app/cli/sampling_options.h"
#include "app/cli/stats_json.h"
#include "inference/session.h"
#include "inference/text/utf8_stream.h"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace inglenook {
namespace {

struct Options {
    ModelOptions model;
    SamplingSettings sampling;
    std::string prompt;
    std::string tokens;
    bool special = false;
    bool greedy = false;
    bool json = false;
    int count = 128;
};

void print(const std::string& text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void run(Options options)
{
    if (options.prompt.empty() == options.tokens.empty())
        throw std::runtime_error(
            "Give a prompt either as text with -p or as token ids with --tokens.");
    Session session(options.model.loadRequest());
    if (!session.facts().note.empty())
        std::fprintf(stderr, "nook: %s\n", session.facts().note.c_str());
    const Tokenizer& tokenizer = session.tokenizer();
    const std::vector<Token> prompt = options.tokens.empty()
        ? session.promptOf(options.prompt, options.special)
        : parseTokens(options.tokens);
    if (options.greedy)
        options.sampling.temperature = 0.f;

    Utf8Stream stream;
    const auto show = [&](Token token) {
        if (!options.json)
            print(stream.push(tokenizer.bytes(token)));
        return true;
    };
    const auto reply = session.generate(prompt, options.sampling, options.count, show);
    if (!options.json) {
        print(stream.finish() + "\n");
        return;
    }
    const nlohmann::ordered_json json{{"tokens", reply.tokens},
                                      {"text", validUtf8(tokenizer.decode(reply.tokens))},
                                      {"stats", jsonOf(reply.stats)}};
    std::printf("%s\n", json.dump().c_str());
}

} // namespace

void addGenerate(CLI::App& nook)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = nook.add_subcommand("generate", "continue a text, without a chat template");
    addModelOptions(*command, options->model);
    addSamplingOptions(*command, options->sampling);
    command->add_option("-p,--prompt", options->prompt, "the text to continue");
    command->add_option("--tokens", options->tokens, "the whole prompt as token ids: 1,2,3");
    command->add_option("-n,--count", options->count, "at most this many tokens")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    command->add_flag("--special", options->special, "read control tokens written in the prompt");
    command->add_flag("--greedy", options->greedy, "always the most likely token");
    command->add_flag("--json", options->json);
    command->callback([options] { run(*options); });
}

} // namespace inglenook
