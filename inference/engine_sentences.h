#pragma once

#include "inference/messages.h"

#include <exception>
#include <string>

namespace inglenook {

// What the engine says where something cannot be done.

/// What went wrong, for the user.
[[nodiscard]] std::string sentenceOf(const std::exception& error);

/// A prompt of `length` tokens is too long for a context of `context`.
[[nodiscard]] std::string tooLong(const ReplyRequest& request, int length, int context);

} // namespace inglenook
