#include "kernels/cpu/lanes_avx2.h"

#include "kernels/cpu/all_bodies.h"

namespace inglenook::cpu {

const Instructions kAvxVnni = allBodies<NoTiles>();

} // namespace inglenook::cpu
