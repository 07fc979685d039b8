#pragma once

#include "tests/models/tiny_model.h"
#include "tests/models/tiny_runner.h"

#include <string>
#include <vector>

namespace inglenook::tests {

/// A tiny model and the format of its matrices.
struct CheckedModel {
    std::string model;
    DType type = DType::F32;

    [[nodiscard]] std::string text() const; // "llama Q8_0"
    [[nodiscard]] std::unique_ptr<ModelFile> file() const { return tinyModel(model, type); }
    [[nodiscard]] bool canBeSplit(Split how) const; // by experts, if it has some
};

/// Shapes of decoder that differ in their operators, and one whose matrices are quantised.
[[nodiscard]] const std::vector<CheckedModel>& checkedModels();

// Row invariance of the whole decoder, bit for bit. Each check returns "" if it holds, else where
// the logits first differ. Plain C++, so that they also run where there is no Qt.

/// A prompt gives the same logits in slices of any size as at once.
[[nodiscard]] std::string checkSlicedPrompt(const TinyDevices& devices, const ModelFile& file);
/// Two sequences on shuffled pages, mixed in steps, give the logits that each gives alone.
[[nodiscard]] std::string checkMixedSequences(const TinyDevices& devices, const ModelFile& file);
/// Tokens decoded one by one, all but the first by replaying a recording, give the logits of the
/// prompt.
[[nodiscard]] std::string checkReplay(const TinyDevices& devices, const ModelFile& file);

/// The mean distance of logits from the expected ones, as a share of the mean size of these.
/// Infinite where their numbers differ.
[[nodiscard]] double meanDifference(const std::vector<float>& found,
                                    const std::vector<float>& expected);

/// Tokens of the prompts: more than one page, and no multiple of anything.
inline constexpr int kCheckedTokens = 75;

} // namespace inglenook::tests
