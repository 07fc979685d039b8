#pragma once

#include "inference/messages.h"

#include <CLI/App.hpp>

namespace inglenook {

/// Declares --seed, --temperature and the other settings of sampling. Without --seed every start
/// has another.
void addSamplingOptions(CLI::App& command, SamplingSettings& sampling);

} // namespace inglenook
