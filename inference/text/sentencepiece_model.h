#pragma once

#include "inference/text/vocabulary.h"

namespace inglenook {

/// Writes the vocabulary as a model file of the sentencepiece library: a BPE model that leaves the
/// text as it is (no normalisation, no added or removed spaces). Token ids stay what they are.
/// Throws std::runtime_error with a sentence if scores or byte pieces are missing.
[[nodiscard]] std::string sentencepieceModel(const Vocabulary& vocabulary,
                                             const Metadata& metadata);

} // namespace inglenook
