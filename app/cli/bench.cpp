#include "app/cli/bench_matrix.h"
#include "app/cli/bench_parallel.h"
#include "app/cli/bench_pass.h"
#include "app/cli/bench_reopen.h"
#include "app/cli/commands.h"
#include "app/cli/model_options.h"
#include "inference/session.h"
#include "kernels/backend.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

namespace inglenook {
namespace {

using Clock = std::chrono::steady_clock;

struct Options {
    ModelOptions model;
    int prompt = 512;
    int reply = 128;
    int passes = 5;
    bool json = false;

    std::vector<int> parallel; // conversations at once

    bool matrix = false;
    std::vector<std::string> backends;
    std::vector<std::string> kvTypes;
    std::vector<int> rows = {1, 2, 4, 8, 16};
    std::vector<int> contexts = {0, 4096, 32768};
    double limit = 5.; // seconds
    std::string csv;
    std::string picture;

    std::vector<int> reopen; // tokens of conversations
    std::string firstDevice; // that computes them; "": the same
};

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One pass over prompt and reply.
struct Pass {
    double prefill = 0.; // tokens/s
    double decode = 0.; // tokens/s
    double readBandwidth = 0.; // bytes/s, measured right before and right after decoding
};

Pass measure(Session& session, std::span<const Token> prompt, int reply)
{
    session.forgetCache();
    Pass pass;
    const Clock::time_point start = Clock::now();
    Clock::time_point first;
    int count = 0;
    (void)session.generateOn(prompt, {.temperature = 0.f}, reply, [&](Token) {
        if (count++ == 0) {
            pass.prefill = static_cast<double>(prompt.size()) / secondsSince(start);
            pass.readBandwidth = session.measureReadBandwidth() / 2.;
            first = Clock::now();
        }
        return true;
    });
    if (count > 1)
        pass.decode = (count - 1) / secondsSince(first);
    pass.readBandwidth += session.measureReadBandwidth() / 2.;
    return pass;
}

/// How a model was loaded.
struct Load {
    double seconds = 0.;
    double longest = 0.; // seconds of one unit of work: as late may a cancelled load end
};

void runPasses(const Options& options)
{
    LoadRequest request = options.model.loadRequest();
    request.pageFolder.clear(); // everything is computed
    if (request.contextTokens == 0)
        request.contextTokens = options.prompt + options.reply + 1;
    request.sequences = 1;
    Load load;
    const Clock::time_point start = Clock::now();
    Session session(request, [&](float) {
        const double now = secondsSince(start);
        load.longest = std::max(load.longest, now - load.seconds);
        load.seconds = now;
    });
    const double loadRate = static_cast<double>(session.facts().weightBytes) / load.seconds;

    std::mt19937 random(1);
    std::vector<Token> prompt(static_cast<size_t>(options.prompt));
    for (Token& token : prompt)
        token = static_cast<Token>(random() % static_cast<unsigned>(session.vocabulary()));

    // Other programs come and go, and with them the bandwidth: the share is taken pass by pass, and
    // the medians count.
    const auto bytes = static_cast<double>(session.weightBytesPerToken());
    std::vector<double> prefill;
    std::vector<double> decode;
    std::vector<double> bandwidth;
    std::vector<double> shares;
    (void)measure(session, prompt, std::min(options.reply, 16)); // warms caches and clocks up
    for (int i = 0; i < options.passes; ++i) {
        const Pass pass = measure(session, prompt, options.reply);
        prefill.push_back(pass.prefill);
        decode.push_back(pass.decode);
        bandwidth.push_back(pass.readBandwidth);
        shares.push_back(pass.readBandwidth > 0. ? pass.decode * bytes / pass.readBandwidth : 0.);
    }
    const double read = median(bandwidth);
    const double share = median(shares);
    if (options.json) {
        std::printf("%s\n",
                    nlohmann::ordered_json{{"prefill", median(prefill)},
                                           {"decode", median(decode)},
                                           {"bytes_per_token", session.weightBytesPerToken()},
                                           {"read_bandwidth", read},
                                           {"share", share},
                                           {"load_rate", loadRate},
                                           {"load_longest_unit", load.longest}}
                        .dump()
                        .c_str());
        return;
    }
    std::printf("%s on %s\n", session.facts().name.c_str(), session.facts().device.c_str());
    std::printf("load     %9.2f GB/s, the longest unit of work %.0f ms\n", loadRate / 1e9,
                load.longest * 1e3);
    std::printf("prefill  %9.1f tokens/s  (%d tokens)\n", median(prefill), options.prompt);
    std::printf("decode   %9.1f tokens/s  (%d tokens)\n", median(decode), options.reply);
    std::printf("weights  %9.1f MB per token\n", bytes / 1e6);
    if (read > 0.)
        std::printf("memory   %9.1f GB/s read, of which decoding uses %.0f %%\n", read / 1e9,
                    share * 100.);
}

void writeFile(const std::string& path, const std::string& text)
{
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file)
        throw std::runtime_error("The file \"" + path + "\" cannot be written.");
}

void runMatrix(const Options& options)
{
    const Matrix matrix = measureMatrix(
        {.model = options.model.loadRequest(),
         .devices =
             options.backends.empty() ? std::vector{options.model.backend} : options.backends,
         .kvTypes = options.kvTypes.empty() ? std::vector{options.model.kvType} : options.kvTypes,
         .rows = options.rows,
         .contexts = options.contexts,
         .prompt = options.prompt,
         .passes = options.passes,
         .limit = options.limit});
    if (!options.csv.empty())
        writeFile(options.csv, csvOf(matrix));
    if (!options.picture.empty())
        writeFile(options.picture, pictureOf(matrix));
    std::printf("%s\n", (options.json ? jsonOf(matrix) : tableOf(matrix)).c_str());
}

void runReopening(const Options& options)
{
    LoadRequest request = options.model.loadRequest();
    const ReopenFigures figures =
        measureReopening(request, request.pageFolder, options.firstDevice, options.reopen);
    if (!options.picture.empty())
        writeFile(options.picture, pictureOf(figures));
    std::printf("%s\n", (options.json ? jsonOf(figures) : tableOf(figures)).c_str());
}

void runParallel(const Options& options)
{
    const ParallelFigures figures = measureParallel({.model = options.model.loadRequest(),
                                                     .counts = options.parallel,
                                                     .prompt = options.prompt,
                                                     .reply = options.reply,
                                                     .passes = options.passes});
    std::printf("%s\n", (options.json ? jsonOf(figures) : tableOf(figures)).c_str());
}

void run(const Options& options)
{
    if (!options.reopen.empty())
        runReopening(options);
    else if (options.matrix)
        runMatrix(options);
    else if (!options.parallel.empty())
        runParallel(options);
    else
        runPasses(options);
}

void addMatrixOptions(CLI::App& command, Options& options)
{
    CLI::Option* matrix = command.add_flag(
        "--matrix", options.matrix, "single steps of several sizes, contexts and devices, in turn");
    command.add_option("--backends", options.backends, "devices to compare, as cpu,vulkan:0")
        ->delimiter(',')
        ->needs(matrix);
    command.add_option("--kvs", options.kvTypes, "types of cache to compare, as f16,q8_0,q4")
        ->delimiter(',')
        ->needs(matrix);
    command.add_option("--rows", options.rows, "tokens that a step computes together")
        ->delimiter(',')
        ->check(CLI::Range(1, kDecodeRows))
        ->capture_default_str()
        ->needs(matrix);
    command.add_option("--contexts", options.contexts, "tokens before them")
        ->delimiter(',')
        ->check(CLI::Range(0, 1 << 24))
        ->capture_default_str()
        ->needs(matrix);
    command.add_option("--limit", options.limit, "leave out steps that take more seconds")
        ->check(CLI::PositiveNumber)
        ->capture_default_str()
        ->needs(matrix);
    command.add_option("--csv", options.csv, "write the figures to this file")->needs(matrix);
    command.add_option("--picture", options.picture, "draw them into this SVG file");
}

} // namespace

void addBench(CLI::App& nook)
{
    auto options = std::make_shared<Options>();
    CLI::App* command =
        nook.add_subcommand("bench", "how fast a model runs here: medians of several passes");
    options->model.draft = "none"; // guessing would measure the prompt, not the machine
    addModelOptions(*command, options->model);
    command->add_option("-p,--prompt", options->prompt, "tokens of the prompt")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    command->add_option("-n,--reply", options->reply, "tokens of the reply")
        ->capture_default_str()
        ->check(CLI::Range(2, 1 << 20));
    command->add_option("-r,--passes", options->passes)
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    command->add_flag("--json", options->json);
    CLI::Option* parallel = command
                                ->add_option("--parallel", options->parallel,
                                             "conversations that answer at once, as 1,2,4,8: the "
                                             "tokens of all together")
                                ->delimiter(',')
                                ->check(CLI::Range(1, kDecodeRows));
    addMatrixOptions(*command, *options);
    command->get_option("--matrix")->excludes(parallel);
    CLI::Option* reopen =
        command
            ->add_option(
                "--reopen", options->reopen,
                "come back to conversations of so many tokens after a restart, as 1024,8192")
            ->delimiter(',')
            ->check(CLI::Range(kPageTokens, 1 << 24));
    command
        ->add_option("--computed-on", options->firstDevice,
                     "the device that computes those conversations, where it is another one")
        ->needs(reopen);
    command->callback([options] { run(*options); });
}

} // namespace inglenook
