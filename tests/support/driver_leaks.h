#pragma once

namespace inglenook {

/// The Vulkan loader unloads drivers with the last instance. The leak checker then no longer knows
/// whose a leak was, and tests/support/leaks.txt cannot excuse it. Call before devices are listed.
void keepLeakyDriversLoaded();

} // namespace inglenook
