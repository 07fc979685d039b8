#include "kernels/cpu/lanes_avx512.h"

#include "kernels/cpu/all_bodies.h"

#include "tests/kernels/cpu/emulated_tiles.h"

namespace inglenook::cpu {
namespace {

/// As AmxTiles promises, and every product begins with begin(): without it nothing is multiplied.
struct EmulatedTiles {
    static constexpr bool exist = true;
    static thread_local int s_groups;

    static void begin(int groups) { s_groups = groups; }
    static void end() { s_groups = 0; }

    template <int which> static void multiply(int32_t* sums, const int8_t* x, const uint8_t* w)
    {
        for (int row = 0; row < kUnitRows; ++row)
            for (int lane = 0; lane < kPanelRows; ++lane) {
                int32_t sum = 0;
                for (int k = 0; k < 4 * s_groups; ++k)
                    sum += x[static_cast<int>(sizeof(RoundedBlock)) * row + k] *
                        w[4 * kPanelRows * (k / 4) + 4 * lane + k % 4];
                sums[kPanelRows * row + lane] = sum;
            }
    }
};

thread_local int EmulatedTiles::s_groups = 0;

} // namespace

const Instructions kEmulatedTiles = allBodies<EmulatedTiles>();

} // namespace inglenook::cpu
