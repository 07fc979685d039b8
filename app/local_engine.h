#pragma once

#include "app/engine_port.h"

namespace inglenook {

/// The engine in this process.
[[nodiscard]] std::unique_ptr<EnginePort> makeLocalEngine();

} // namespace inglenook
