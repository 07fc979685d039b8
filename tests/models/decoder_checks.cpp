#include "tests/models/decoder_checks.h"

#include "inference/architectures/architecture.h"
#include "tests/models/tiny_runner.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace inglenook::tests {

namespace {

/// Where two lists of logits first differ.
std::string difference(const std::vector<float>& found, const std::vector<float>& expected,
                       int vocabulary)
{
    const auto [a, b] = std::mismatch(found.begin(), found.end(), expected.begin(), expected.end());
    if (a == found.end() && b == expected.end())
        return {};
    const auto index = static_cast<int>(a - found.begin());
    char text[160];
    std::snprintf(
        text, sizeof text, "row %d, logit %d: %.9g instead of %.9g; %zu and %zu numbers",
        index / vocabulary, index % vocabulary, a == found.end() ? 0. : static_cast<double>(*a),
        b == expected.end() ? 0. : static_cast<double>(*b), found.size(), expected.size());
    return text;
}

StepRow rowOf(const std::vector<int32_t>& tokens, int position, int slot)
{
    return {.token = tokens[static_cast<size_t>(position)],
            .position = position,
            .slot = slot,
            .output = true};
}

} // namespace

std::string CheckedModel::text() const
{
    return model + " " + std::string(name(type));
}

bool CheckedModel::canBeSplit(Split how) const
{
    return how != Split::Experts || readModelSpec(*file()).layers.front().experts.count > 0;
}

const std::vector<CheckedModel>& checkedModels()
{
    static const std::vector<CheckedModel> models = {{"llama"},
                                                     {"mistral-window"},
                                                     {"qwen2"},
                                                     {"qwen3"},
                                                     {"gemma2"},
                                                     {"gemma3"},
                                                     {"qwen3moe"},
                                                     {"mixtral", DType::Q8_0},
                                                     {"phi-longrope"},
                                                     {"llama", DType::Q8_0},
                                                     {"gpt-oss", DType::MXFP4}};
    return models;
}

std::string checkSlicedPrompt(const TinyDevices& devices, const ModelFile& file)
{
    TinyRunner runner(devices, file);
    const std::vector<int32_t> tokens = tinyPrompt(kCheckedTokens);
    const std::vector<float> expected = runner.runSlices(tokens, 0, kCheckedTokens);
    for (const int slice : {1, 3, 16, 33}) {
        const std::vector<float> found = runner.runSlices(tokens, 1, slice);
        const std::string problem = difference(found, expected, runner.spec().vocabulary);
        if (!problem.empty())
            return "slices of " + std::to_string(slice) + ": " + problem;
    }
    return {};
}

std::string checkMixedSequences(const TinyDevices& devices, const ModelFile& file)
{
    TinyRunner runner(devices, file);
    const std::vector<int32_t> a = tinyPrompt(kCheckedTokens, 1);
    const std::vector<int32_t> b = tinyPrompt(kCheckedTokens, 2);
    const std::vector<float> aloneA = runner.runSlices(a, 0, kCheckedTokens);
    const std::vector<float> aloneB = runner.runSlices(b, 1, kCheckedTokens);
    const auto vocabulary = static_cast<size_t>(runner.spec().vocabulary);

    runner.setPages(2, {13, 2, 7, 5});
    runner.setPages(3, {4, 11, 0, 9});
    std::vector<float> foundA(aloneA.size());
    std::vector<float> foundB(aloneB.size());
    // a runs ahead of b; the last step of one is shorter
    for (int first = 0; first < kCheckedTokens + 10; first += 10) {
        std::vector<StepRow> rows;
        for (int i = 0; i < 10; ++i) {
            if (first + i < kCheckedTokens)
                rows.push_back(rowOf(a, first + i, 2));
            if (const int behind = first + i - 10; behind >= 0 && behind < kCheckedTokens)
                rows.push_back(rowOf(b, behind, 3));
        }
        const std::vector<float> logits = runner.run(rows);
        for (size_t r = 0; r < rows.size(); ++r) {
            std::vector<float>& found = rows[r].slot == 2 ? foundA : foundB;
            const size_t at = static_cast<size_t>(rows[r].position) * vocabulary;
            std::copy_n(logits.begin() + static_cast<std::ptrdiff_t>(r * vocabulary), vocabulary,
                        found.begin() + static_cast<std::ptrdiff_t>(at));
        }
    }
    const std::string problem = difference(foundA, aloneA, runner.spec().vocabulary);
    return problem.empty() ? difference(foundB, aloneB, runner.spec().vocabulary) : problem;
}

std::string checkReplay(const TinyDevices& devices, const ModelFile& file)
{
    constexpr int kSteps = 7;
    TinyRunner runner(devices, file);
    const std::vector<int32_t> tokens = tinyPrompt(kCheckedTokens);
    const std::vector<float> expected = runner.runSlices(tokens, 0, kCheckedTokens);
    const std::span<const int32_t> prompt = std::span(tokens).first(kCheckedTokens - kSteps);
    static_cast<void>(runner.runSlices(prompt, 1, kCheckedTokens));
    const int recordingsBefore = runner.group().recordings();

    std::vector<float> found;
    for (int position = kCheckedTokens - kSteps; position < kCheckedTokens; ++position) {
        const std::vector<float> logits = runner.run({rowOf(tokens, position, 1)});
        found.insert(found.end(), logits.begin(), logits.end());
    }

    const int recorded = runner.group().recordings() - recordingsBefore;
    if (recorded != 1)
        return std::to_string(recorded) + " recordings were made, not one";
    const auto tail = static_cast<std::ptrdiff_t>(kSteps * runner.spec().vocabulary);
    return difference(found, {expected.end() - tail, expected.end()}, runner.spec().vocabulary);
}

double meanDifference(const std::vector<float>& found, const std::vector<float>& expected)
{
    if (found.size() != expected.size())
        return std::numeric_limits<double>::infinity();
    double sum = 0.;
    double size = 0.;
    for (size_t i = 0; i < expected.size(); ++i) {
        sum += std::abs(static_cast<double>(found[i]) - static_cast<double>(expected[i]));
        size += std::abs(static_cast<double>(expected[i]));
    }
    return sum / size;
}

} // namespace inglenook::tests
