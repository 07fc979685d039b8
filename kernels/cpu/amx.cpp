// AVX-512 with the tile unit of Intel AMX for sixteen rows and more. *Never run on hardware*: the
// machine it was written on has none. tests/kernels/cpu runs the same body on a tile unit written
// in plain loops, and the assembler knows the instructions.

#include "kernels/cpu/lanes_avx512.h"

#include "kernels/cpu/all_bodies.h"

namespace inglenook::cpu {
namespace {

/// The compiler's names for these instructions do not say that they read and write memory.
inline void settleMemory()
{
    __asm__ volatile("" ::: "memory");
}

struct AmxTiles {
    static constexpr bool exist = true;

    /// Tile 0 (3) are the sums, 1 (4) the rows of x, 2 (5) the weights.
    static void begin(int groups)
    {
        struct alignas(64) {
            uint8_t palette = 1, startRow = 0, reserved[14] = {};
            uint16_t rowBytes[16] = {};
            uint8_t rows[16] = {};
        } configuration;
        static_assert(sizeof configuration == 64);
        for (int first = 0; first <= 3; first += 3) {
            configuration.rows[first] = configuration.rows[first + 1] = kUnitRows;
            configuration.rows[first + 2] = static_cast<uint8_t>(groups);
            configuration.rowBytes[first] = configuration.rowBytes[first + 2] = 4 * kPanelRows;
            configuration.rowBytes[first + 1] = static_cast<uint16_t>(4 * groups);
        }
        settleMemory();
        _tile_loadconfig(&configuration);
    }
    /// An unused unit costs the system nothing to save.
    static void end() { _tile_release(); }

    template <int which> static void multiply(int32_t* sums, const int8_t* x, const uint8_t* w)
    {
        constexpr int vector = 4 * kPanelRows, block = static_cast<int>(sizeof(RoundedBlock));
        settleMemory();
        if constexpr (which == 0) {
            _tile_zero(0);
            _tile_loadd(1, x, block);
            _tile_loadd(2, w, vector);
            _tile_dpbsud(0, 1, 2);
            _tile_stored(0, sums, vector);
        } else {
            _tile_zero(3);
            _tile_loadd(4, x, block);
            _tile_loadd(5, w, vector);
            _tile_dpbsud(3, 4, 5);
            _tile_stored(3, sums, vector);
        }
        settleMemory();
    }
};

} // namespace

const Instructions kAmx = allBodies<AmxTiles>();

} // namespace inglenook::cpu
