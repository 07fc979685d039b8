#include "app/cli/commands.h"
#include "app/cli/model_options.h"
#include "inference/session.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>

namespace inglenook {
namespace {

struct Options {
    ModelOptions model;
    std::string tokens;
    int top = 32;
    bool json = false;
};

/// ln(sum(exp(logits))): what turns logits into log-probabilities.
double logSum(std::span<const float> logits)
{
    const double greatest = *std::ranges::max_element(logits);
    const double sum = std::accumulate(logits.begin(), logits.end(), 0., [=](double s, float x) {
        return s + std::exp(x - greatest);
    });
    return greatest + std::log(sum);
}

/// The most likely ids first; of equal ones the lower first.
std::vector<Token> mostLikely(std::span<const float> logits, int count)
{
    std::vector<Token> ids(logits.size());
    std::iota(ids.begin(), ids.end(), 0);
    const auto likelier = [&](Token a, Token b) {
        const float x = logits[static_cast<size_t>(a)];
        const float y = logits[static_cast<size_t>(b)];
        return x > y || (x == y && a < b);
    };
    const auto middle = ids.begin() + std::min<std::ptrdiff_t>(count, std::ssize(ids));
    std::partial_sort(ids.begin(), middle, ids.end(), likelier);
    ids.erase(middle, ids.end());
    return ids;
}

void run(const Options& options)
{
    const std::vector<Token> tokens = parseTokens(options.tokens);
    LoadRequest request = options.model.loadRequest();
    request.pageFolder.clear(); // logits of every position are computed
    Session session(request);
    session.logits(tokens, [&](int position, std::span<const float> logits) {
        const double sum = logSum(logits);
        auto top = nlohmann::json::array();
        for (const Token id : mostLikely(logits, options.top))
            top.push_back({id, logits[static_cast<size_t>(id)] - sum});
        if (options.json) {
            std::printf(
                "%s\n",
                nlohmann::ordered_json{{"position", position}, {"top", top}}.dump().c_str());
            return;
        }
        std::printf("%d:\n", position);
        for (const auto& entry : top)
            std::printf("%8.4f  %6d  %s\n", entry[1].get<double>(), entry[0].get<Token>(),
                        session.tokenizer().piece(entry[0]).c_str());
    });
}

} // namespace

void addLogits(CLI::App& nook)
{
    auto options = std::make_shared<Options>();
    CLI::App* command =
        nook.add_subcommand("logits", "log-probabilities of what follows each position");
    addModelOptions(*command, options->model);
    command->add_option("--tokens", options->tokens, "token ids: 1,2,3")->required();
    command->add_option("--top", options->top, "how many tokens per position")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    command->add_flag("--json", options->json, "one object per line");
    command->callback([options] { run(*options); });
}

} // namespace inglenook
