#pragma once

#include "inference/model/model_spec.h"
#include "inference/model_files/model_file.h"

#include <string_view>
#include <vector>

namespace inglenook {

class SpecReader;

/// One family of models: the name its files bear and how their metadata become a ModelSpec.
struct Architecture {
    std::string_view name; // "general.architecture"
    ModelSpec (*read)(SpecReader& file);
};

[[nodiscard]] std::vector<Architecture> allArchitectures();

/// Reads what a file says of its model. Throws std::runtime_error with a sentence if the family is
/// unknown, a key is missing or out of range, or a key is there whose effect we do not know.
[[nodiscard]] ModelSpec readModelSpec(const ModelFile& file);

// One file each
ModelSpec readLlama(SpecReader& file);
ModelSpec readQwen2(SpecReader& file);
ModelSpec readQwen3(SpecReader& file);
ModelSpec readQwen3Moe(SpecReader& file);
ModelSpec readPhi3(SpecReader& file);
ModelSpec readGptOss(SpecReader& file);
ModelSpec readGemma2(SpecReader& file);
ModelSpec readGemma3(SpecReader& file);

} // namespace inglenook
