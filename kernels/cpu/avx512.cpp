#include "kernels/cpu/lanes_avx512.h"

#include "kernels/cpu/all_bodies.h"

namespace inglenook::cpu {

const Instructions kAvx512 = allBodies<NoTiles>();

} // namespace inglenook::cpu
