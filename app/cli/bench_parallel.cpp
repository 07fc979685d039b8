#include "app/cli/bench_parallel.h"

#include "app/cli/bench_pass.h"
#include "inference/generation/generator.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

namespace inglenook {

namespace {

using Clock = std::chrono::steady_clock;

/// Tokens of each conversation so far.
struct Counting {
    std::vector<int> tokens;
    int begun = 0;
    int ended = 0;
};

void step(Generator& generator, int reply, Counting& counting)
{
    for (const GeneratorEvent& event : generator.step()) {
        if (const auto* failed = std::get_if<SequenceFailed>(&event))
            throw std::runtime_error(failed->sentence);
        const auto* chosen = std::get_if<TokenChosen>(&event);
        if (!chosen)
            continue;
        int& count = counting.tokens[chosen->id];
        ++count;
        counting.begun += count == 1 ? 1 : 0;
        if (count == reply) {
            ++counting.ended;
            generator.remove(chosen->id);
        }
    }
}

/// Tokens per second of all, from where the last one has begun to where the first one ends.
double rateOf(LoadedModel& model, const ParallelWish& wish, int count)
{
    Generator generator(model);
    std::mt19937 random(1);
    for (uint64_t id = 0; id < static_cast<uint64_t>(count); ++id) {
        std::vector<int32_t> prompt(static_cast<size_t>(wish.prompt));
        for (int32_t& token : prompt)
            token = static_cast<int32_t>(random() % static_cast<unsigned>(model.spec.vocabulary));
        generator.add(id, std::move(prompt), {.temperature = 0.f});
    }
    // conversations that began earlier may answer longer, so that none ends before the last begins
    Counting counting{.tokens = std::vector<int>(static_cast<size_t>(count))};
    while (counting.begun < count)
        step(generator, -1, counting);
    std::fill(counting.tokens.begin(), counting.tokens.end(), 0);
    const Clock::time_point start = Clock::now();
    while (counting.ended == 0)
        step(generator, wish.reply, counting);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    int tokens = 0;
    for (const int of : counting.tokens)
        tokens += of;
    for (uint64_t id = 0; id < static_cast<uint64_t>(count); ++id)
        generator.remove(id);
    return tokens / seconds;
}

} // namespace

ParallelFigures measureParallel(const ParallelWish& wish)
{
    LoadRequest request = wish.model;
    request.sequences = std::ranges::max(wish.counts);
    request.draft = "none"; // guessing ahead fills steps too, of one conversation more than of many
    if (request.contextTokens == 0)
        // while the last prompts are read, the first conversations answer already
        request.contextTokens = 2 * (wish.prompt + wish.reply) + 64;
    ModelLoading loading(request);
    while (!loading.finished())
        loading.advance();
    const std::unique_ptr<LoadedModel> model = loading.take();

    ParallelFigures result{.model = model->facts.name, .device = model->facts.device};
    for (const int count : wish.counts)
        result.figures.push_back({.count = count});
    (void)rateOf(*model, wish, 1); // warms caches and clocks up
    for (int pass = 0; pass < wish.passes; ++pass) {
        for (ParallelFigure& figure : result.figures) {
            model->pages->forgetAll();
            figure.rates.push_back(rateOf(*model, wish, figure.count));
            figure.gains.push_back(figure.rates.back() / result.figures.front().rates.back());
        }
    }
    return result;
}

std::string tableOf(const ParallelFigures& figures)
{
    std::string text =
        figures.model + " on " + figures.device + "\nat once   tokens/s of all      gain\n";
    for (const ParallelFigure& figure : figures.figures) {
        char line[64];
        std::snprintf(line, sizeof line, "%7d   %15.1f   %7.2f\n", figure.count,
                      median(figure.rates), median(figure.gains));
        text += line;
    }
    text.pop_back();
    return text;
}

std::string jsonOf(const ParallelFigures& figures)
{
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const ParallelFigure& figure : figures.figures)
        rows.push_back({{"conversations", figure.count},
                        {"tokens_per_second", median(figure.rates)},
                        {"gain", median(figure.gains)}});
    return nlohmann::ordered_json{
        {"model", figures.model}, {"device", figures.device}, {"parallel", rows}}
        .dump();
}

} // namespace inglenook
