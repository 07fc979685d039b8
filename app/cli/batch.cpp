#include "app/cli/batch_run.h"
#include "app/cli/commands.h"
#include "app/cli/model_options.h"
#include "app/cli/sampling_options.h"

#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace inglenook {
namespace {

struct Options {
    ModelOptions model;
    ReplyRequest defaults{.maxTokens = 512};
    std::string requests;
    bool greedy = false;
    bool json = false;
};

void load(Engine& engine, const LoadRequest& request)
{
    engine.load(request);
    while (engine.busy()) {
        for (const EngineEvent& event : engine.step())
            if (const auto* failed = std::get_if<LoadFailed>(&event))
                throw std::runtime_error(failed->sentence);
    }
}

void print(const BatchAnswer& answer, bool json)
{
    if (json)
        std::printf("%s\n", jsonOf(answer).dump().c_str());
    else if (answer.problem.empty())
        std::printf("%s\n", answer.text.c_str());
    else
        std::fprintf(stderr, "nook: %s\n", answer.problem.c_str());
    std::fflush(stdout);
}

void run(Options options)
{
    std::ifstream file(options.requests, std::ios::binary);
    if (!file || file.peek() == std::ifstream::traits_type::eof())
        throw std::runtime_error(
            "The file \"" + options.requests + "\" " +
            (file.eof() ? "is empty: it needs one request per line." : "cannot be read."));
    if (options.greedy)
        options.defaults.sampling.temperature = 0.f;
    Engine engine;
    load(engine, options.model.loadRequest());
    const int count =
        BatchRun(engine, options.model.parallel, options.defaults)
            .run(file, [&](const BatchAnswer& answer) { print(answer, options.json); });
    if (count == 0)
        throw std::runtime_error("The file \"" + options.requests + "\" holds only blank lines.");
}

} // namespace

void addBatch(CLI::App& nook)
{
    auto options = std::make_shared<Options>();
    CLI::App* command = nook.add_subcommand(
        "batch", "answer the requests of a file, one JSON object a line, several at once");
    addModelOptions(*command, options->model);
    addParallelOption(*command, options->model);
    addPolicyOption(*command, options->defaults.policy);
    addSamplingOptions(*command, options->defaults.sampling);
    command
        ->add_option("--requests", options->requests,
                     R"({"prompt": text} or {"messages": [{"role", "content"}]}, also with "id", )"
                     R"("max_tokens", "seed", "temperature", "top_k", "top_p", "min_p", "stop")")
        ->required();
    command
        ->add_option("-n,--count", options->defaults.maxTokens,
                     "at most this many tokens where a line does not say; 0: until the model ends")
        ->capture_default_str()
        ->check(CLI::NonNegativeNumber);
    command->add_flag("--greedy", options->greedy,
                      "the most likely token where a line says nothing");
    command->add_flag("--json", options->json, "answers as one JSON object a line");
    command->callback([options] { run(*options); });
}

} // namespace inglenook
