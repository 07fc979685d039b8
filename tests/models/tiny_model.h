#pragma once

#include "inference/model_files/model_file.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace inglenook::tests {

/// Models of two to seven layers and width 64 with random weights, one for every shape of decoder
/// that a family can have. They are the same bytes on every machine and are made in memory, so none
/// lies in the repository.
[[nodiscard]] std::vector<std::string> tinyModelNames();

/// The model of that name, as if read from a file. With `type`, its matrices are rounded to that
/// format.
[[nodiscard]] std::unique_ptr<ModelFile> tinyModel(std::string_view name, DType type = DType::F32);

/// Writes a model as GGUF. Throws std::runtime_error if it cannot be written.
void writeModel(const ModelFile& model, const std::string& path);

/// A prompt for tiny models: `count` ids of ordinary tokens that look random, the first of them
/// BOS.
[[nodiscard]] std::vector<int32_t> tinyPrompt(int count, uint64_t seed = 1);

} // namespace inglenook::tests
