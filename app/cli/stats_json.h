#pragma once

#include "inference/messages.h"

#include <nlohmann/json_fwd.hpp>

namespace inglenook {

/// The figures of a reply as `--json` gives them, the same for every command.
[[nodiscard]] nlohmann::ordered_json jsonOf(const ReplyStats& stats);

} // namespace inglenook
