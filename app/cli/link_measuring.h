#pragma once

#include "inference/model/machine_figures.h"

namespace inglenook {

/// Measures two unlike devices that add up a row together, in about a tenth of a second. Opens both
/// for itself. Throws std::runtime_error with a sentence if one of them fails.
[[nodiscard]] LinkFigures measureLink(DeviceId first, DeviceId second);

} // namespace inglenook
