#pragma once

#include "inference/model/model_spec.h"

#include <string>

namespace inglenook {

/// How a context that is longer than the trained one is wished to be reached.
struct RopeChoice {
    enum class Kind { File, None, Linear, Ntk, Yarn };
    Kind kind = Kind::File; // File: as the model file says
    double factor = 0.; // of the context, or NTK's alpha; 0: NTK follows the context
};

/// Reads "auto", "none", "linear:2", "yarn:4", "ntk:2" or "ntk". Throws std::runtime_error with a
/// sentence.
[[nodiscard]] RopeChoice readRopeChoice(const std::string& text);

/// Puts a choice in the place of what the file says, in the rotary embeddings of layers that see
/// the whole context, and stretches the spec's context accordingly.
void applyRopeChoice(ModelSpec& spec, const RopeChoice& choice);

/// Settles what depends on the context that the model is loaded with: which of LongRoPE's sets is
/// in force, and the alpha that follows the context. May be called again with another.
void settleRope(RopeSpec& rope, int contextTokens);

/// Every number that changes a rotation, for the names of stored keys: different exactly where keys
/// would be.
[[nodiscard]] std::string describeRotation(const RopeSpec& rope);

} // namespace inglenook
