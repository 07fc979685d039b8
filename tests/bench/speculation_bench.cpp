// What guessing ahead does on this machine.
//
//     speculation_bench check MODEL [QUESTIONS.jsonl [DEVICE [TEMPERATURE]]]
//         answers are the same, token for token, greedy and at 0.8 or at one temperature
//     speculation_bench texts MODEL [TOKENS [DEVICE [NAME]]]
//         speed with and without, text by text, or of one of them
//     speculation_bench rules MODEL
//         acceptance of two lossless rules
//
// The draft is found beside the model. Without one, only the conversation itself is looked up.

#include "inference/generation/generator.h"
#include "inference/generation/model_drafter.h"
#include "inference/generation/ngram_drafter.h"
#include "inference/generation/prompt_builder.h"
#include "tests/bench/speculation_texts.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <stdexcept>
#include <string>

using namespace inglenook;

namespace {

using Clock = std::chrono::steady_clock;
using Tokens = std::vector<int32_t>;

constexpr int kTokens = 256; // of an answer

std::unique_ptr<LoadedModel> load(const std::string& path, const std::string& device)
{
    LoadRequest request;
    request.path = path;
    request.device = device;
    request.contextTokens = 640;
    ModelLoading loading(request);
    while (!loading.finished())
        loading.advance();
    std::unique_ptr<LoadedModel> model = loading.take();
    std::printf("%s on %s, draft: %s\n", model->facts.name.c_str(), model->facts.device.c_str(),
                model->draft ? model->facts.draftName.c_str() : "none");
    return model;
}

Tokens encoded(const LoadedModel& model, const char* text)
{
    Tokens tokens = model.tokenizer->encode(text, false);
    if (model.tokenizer->addsBos())
        tokens.insert(tokens.begin(), model.tokenizer->bos());
    return tokens;
}

SamplingSettings samplingOf(float temperature, uint64_t seed)
{
    SamplingSettings sampling;
    sampling.temperature = temperature;
    sampling.seed = seed;
    return sampling;
}

/// Answers to some prompts at once, each of so many tokens.
struct Answers {
    std::vector<Tokens> tokens;
    double seconds = 0.; // from the first token to the last
    SpeculationStats speculation;
};

Answers answer(Generator& generator, std::span<const Tokens> prompts, float temperature,
               size_t count = kTokens)
{
    Answers answers;
    for (size_t i = 0; i < prompts.size(); ++i)
        generator.add(i, prompts[i], samplingOf(temperature, i));
    answers.tokens.resize(prompts.size());
    Clock::time_point first;
    while (generator.busy()) {
        for (const GeneratorEvent& event : generator.step()) {
            const auto* chosen = std::get_if<TokenChosen>(&event);
            if (!chosen || answers.tokens[chosen->id].size() == count)
                continue;
            if (first == Clock::time_point{})
                first = Clock::now();
            Tokens& tokens = answers.tokens[chosen->id];
            tokens.push_back(chosen->token);
            if (tokens.size() < count)
                continue;
            const SpeculationStats stats = generator.speculation(chosen->id);
            answers.speculation.proposed += stats.proposed;
            answers.speculation.accepted += stats.accepted;
            generator.remove(chosen->id);
        }
    }
    answers.seconds = std::chrono::duration<double>(Clock::now() - first).count();
    return answers;
}

SpeculationSetup setupOf(LoadedModel& model, bool lookup, bool draft, std::optional<int> length)
{
    SpeculationSetup setup{.length = length};
    if (lookup)
        setup.drafters.push_back(std::make_unique<NgramDrafter>());
    if (draft && model.draft)
        setup.drafters.push_back(std::make_unique<ModelDrafter>(*model.draft));
    return setup;
}

/// 64 prompts: the texts, then questions as the chat template puts them.
std::vector<Tokens> promptsOf(const LoadedModel& model, const char* questions)
{
    std::vector<Tokens> prompts;
    for (const BenchText& text : kBenchTexts)
        prompts.push_back(encoded(model, text.text));
    std::ifstream file(questions ? questions : "");
    const ChatTemplate* form = model.chatTemplate ? &*model.chatTemplate : nullptr;
    const PromptBuilder builder(*model.tokenizer, form);
    for (std::string line; prompts.size() < 64 && std::getline(file, line);) {
        const ChatMessage question{.role = "user", .text = nlohmann::json::parse(line)["question"]};
        prompts.push_back(builder.build({&question, 1}).tokens);
    }
    for (size_t i = 0; prompts.size() < 64; ++i) {
        Tokens two = prompts[i];
        two.insert(two.end(), prompts[i + 7].begin(), prompts[i + 7].end());
        prompts.push_back(two);
    }
    return prompts;
}

int check(LoadedModel& model, const char* questions, std::span<const float> temperatures)
{
    const std::vector<Tokens> prompts = promptsOf(model, questions);
    int wrong = 0;
    for (const float temperature : temperatures) {
        Generator plain(model, SpeculationSetup{});
        std::vector<Tokens> expected;
        for (size_t i = 0; i < prompts.size(); ++i)
            expected.push_back(answer(plain, {&prompts[i], 1}, temperature).tokens.front());
        for (const size_t together : {size_t{1}, size_t{4}}) {
            // alone every prompt has the seed 0, together 0 to 3
            std::vector<Tokens> wanted = expected;
            if (together > 1 && temperature > 0.f) {
                wanted.clear();
                for (size_t i = 0; i < prompts.size(); i += together)
                    for (Tokens& tokens :
                         answer(plain, std::span(prompts).subspan(i, together), temperature).tokens)
                        wanted.push_back(std::move(tokens));
            }
            for (const char* drafters : {"lookup", "model", "both"}) {
                for (const std::optional<int> length :
                     {std::optional<int>(3), std::optional<int>(15), std::optional<int>()}) {
                    const std::string name = drafters;
                    Generator generator(model,
                                        setupOf(model, name != "model", name != "lookup", length));
                    int same = 0;
                    SpeculationStats sum;
                    for (size_t i = 0; i < prompts.size(); i += together) {
                        model.pages->forgetAll();
                        const Answers got =
                            answer(generator, std::span(prompts).subspan(i, together), temperature);
                        for (size_t j = 0; j < together; ++j)
                            same += got.tokens[j] == wanted[i + j];
                        sum.proposed += got.speculation.proposed;
                        sum.accepted += got.speculation.accepted;
                    }
                    wrong += static_cast<int>(prompts.size()) - same;
                    std::printf("temperature %.1f, %zu at once, %-6s, length %s: %d of %zu the "
                                "same, %d of %d guesses right\n",
                                static_cast<double>(temperature), together, drafters,
                                length ? std::to_string(*length).c_str() : "learned", same,
                                prompts.size(), sum.accepted, sum.proposed);
                    std::fflush(stdout);
                }
            }
        }
    }
    return wrong == 0 ? 0 : 1;
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// One text, plain and guessing in turn as A B B A, so that a machine that changes its mind treats
/// both alike.
struct Compared {
    double plain = 0.; // tokens/s, medians
    double guessing = 0.;
    double gain = 0.; // the median of the rounds
    SpeculationStats speculation; // of the last answer
};

Compared compare(LoadedModel& model, Generator& plain, Generator& guessing, const Tokens& prompt,
                 float temperature, size_t count)
{
    constexpr double kEnough = 0.9; // seconds, and at least one round
    Compared compared;
    std::vector<double> seconds[2];
    std::vector<double> gains;
    for (double spent = 0.; spent < kEnough;) {
        double round[2] = {};
        for (const bool guesses : {false, true, true, false}) {
            model.pages->forgetAll();
            if (model.draft)
                model.draft->pages->forgetAll();
            const Answers got =
                answer(guesses ? guessing : plain, {&prompt, 1}, temperature, count);
            seconds[guesses].push_back(got.seconds);
            round[guesses] += got.seconds;
            spent += got.seconds;
            if (guesses)
                compared.speculation = got.speculation;
        }
        gains.push_back(round[0] / round[1]);
    }
    const auto timed = static_cast<double>(count - 1);
    compared.plain = timed / median(seconds[0]);
    compared.guessing = timed / median(seconds[1]);
    compared.gain = median(gains);
    return compared;
}

void texts(LoadedModel& model, size_t count, const std::string& name)
{
    for (const float temperature : {0.f, 0.8f}) {
        Generator plain(model, SpeculationSetup{});
        Generator guessing(model);
        std::vector<double> gains;
        for (const BenchText& text : kBenchTexts) {
            if (!name.empty() && text.name != name)
                continue;
            const Compared c =
                compare(model, plain, guessing, encoded(model, text.text), temperature, count);
            gains.push_back(c.gain);
            std::printf("%.1f %-16s %-13s %7.1f tokens/s plain, %7.1f guessing, gain %.2f, %d of "
                        "%d right\n",
                        static_cast<double>(temperature), text.name,
                        text.predictable ? "predictable" : "prose", c.plain, c.guessing, c.gain,
                        c.speculation.accepted, c.speculation.proposed);
        }
        if (!name.empty())
            continue;
        std::printf("%.1f: predictable %.2f, prose %.2f (medians), least %.2f\n",
                    static_cast<double>(temperature),
                    median({gains.begin(), gains.begin() + kBenchTexts.size() / 2}),
                    median({gains.begin() + kBenchTexts.size() / 2, gains.end()}),
                    *std::ranges::min_element(gains));
    }
}

/// The logits of the row behind each of the tokens.
std::vector<float> logitsOf(LoadedModel& model, const Tokens& tokens)
{
    const auto vocabulary = static_cast<size_t>(model.spec.vocabulary);
    std::vector<int> pages;
    std::vector<float> all(tokens.size() * vocabulary);
    for (size_t i = 0; i < tokens.size(); ++i) {
        if (i % kPageTokens == 0)
            pages.push_back(model.pages->take().value());
        const StepRow row{
            .token = tokens[i], .position = static_cast<int>(i), .slot = 0, .output = true};
        model.group->setPages(0, pages, model.pages->windowPagesOf(pages));
        model.group->run({&row, 1});
        model.group->readLogits(std::span(all).subspan(i * vocabulary, vocabulary));
    }
    model.pages->release(pages, {});
    return all;
}

std::vector<double> probabilities(std::span<const float> logits, double temperature)
{
    const double most = *std::ranges::max_element(logits);
    std::vector<double> p;
    double sum = 0.;
    for (const float x : logits)
        sum += p.emplace_back(std::exp((static_cast<double>(x) - most) / temperature));
    for (double& x : p)
        x /= sum;
    return p;
}

/// How often a guess of the draft is accepted at one place of a plain answer: when both models
/// choose with the same noise, and by rejection sampling (Leviathan et al. 2023), whose chance is
/// the sum of min(p, q).
void rules(LoadedModel& model)
{
    if (!model.draft)
        throw std::runtime_error("There is no draft beside the model.");
    SamplingSettings sampling = samplingOf(0.8f, 0);
    sampling.topK = 0;
    sampling.topP = 1.f;
    sampling.minP = 0.f;
    double sums[2][3] = {}; // predictable; same noise, rejection, places
    const auto vocabulary = static_cast<size_t>(model.spec.vocabulary);
    Sampler sampler;
    for (const BenchText& text : kBenchTexts) {
        const Tokens prompt = encoded(model, text.text);
        Tokens tokens = prompt;
        {
            Generator plain(model, SpeculationSetup{});
            plain.add(0, prompt, sampling);
            while (tokens.size() < prompt.size() + kTokens)
                for (const GeneratorEvent& event : plain.step())
                    if (const auto* chosen = std::get_if<TokenChosen>(&event))
                        tokens.push_back(chosen->token);
        }
        const std::vector<float> target = logitsOf(model, tokens);
        const std::vector<float> draft = logitsOf(*model.draft, tokens);
        double* sum = sums[text.predictable];
        for (size_t i = prompt.size() - 1; i + 1 < tokens.size(); ++i) {
            const auto t = std::span(target).subspan(i * vocabulary, vocabulary);
            const auto d = std::span(draft).subspan(i * vocabulary, vocabulary);
            sum[0] += sampler.pick(d, sampling, std::span(tokens).first(i + 1)) == tokens[i + 1];
            const std::vector<double> p = probabilities(t, 0.8);
            const std::vector<double> q = probabilities(d, 0.8);
            for (size_t k = 0; k < p.size(); ++k)
                sum[1] += std::min(p[k], q[k]);
            sum[2] += 1.;
        }
    }
    for (const int predictable : {1, 0})
        std::printf("%-11s %.0f places: same noise %.3f, rejection sampling %.3f accepted\n",
                    predictable ? "predictable" : "prose", sums[predictable][2],
                    sums[predictable][0] / sums[predictable][2],
                    sums[predictable][1] / sums[predictable][2]);
}

} // namespace

int main(int argc, char** argv)
{
    try {
        const std::string what = argc > 2 ? argv[1] : "";
        const char* extra = argc > 3 ? argv[3] : nullptr;
        const char* device = argc > 4 ? argv[4] : "cpu";
        if (what == "check") {
            const std::vector<float> both{0.f, 0.8f};
            return check(*load(argv[2], device), extra,
                         argc > 5 ? std::vector{std::stof(argv[5])} : both);
        }
        if (what == "texts")
            texts(*load(argv[2], device), extra ? std::stoul(extra) : kTokens,
                  argc > 5 ? argv[5] : "");
        else if (what == "rules")
            rules(*load(argv[2], "cpu"));
        else
            throw std::runtime_error("usage: speculation_bench check|texts|rules MODEL [...]");
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
