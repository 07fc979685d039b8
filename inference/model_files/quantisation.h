#pragma once

#include "inference/model_files/model_file.h"

#include <string>

namespace inglenook {

/// How a file's arrays are stored, as people call it: "Q4_K_M". From what the file says of itself,
/// else the format of most of its bytes; "" if it has no arrays.
[[nodiscard]] std::string quantisationName(const ModelFile& file);

} // namespace inglenook
