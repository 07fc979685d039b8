#pragma once

#include "kernels/cpu/instructions.h"

namespace inglenook::cpu {

/// The bodies for processors with a tile unit, on one written in plain loops. Needs AVX-512 VNNI.
extern const Instructions kEmulatedTiles;

} // namespace inglenook::cpu
