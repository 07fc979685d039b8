#pragma once

#include "kernels/cuda/panels.cuh"
#include "kernels/cuda/reduce.cuh"

namespace inglenook::cuda {

/// Rows of x rounded to signed bytes in blocks of 32 (x = d q), as fragments of eight rows: of
/// blocks 2 u and 2 u + 1 of a tile, lane 4 g + t finds its two words of each (row g; k = 4 t ..
/// and 16 + 4 t ..) in 16 bytes. What a tile has beyond the last row is undefined. The tiles of a
/// unit lie side by side, so that those that a warp multiplies together differ by a constant.
struct RoundedRows {
    struct Scale {
        float d;
        float sum; // d times the sum of q
    };
    std::byte* quants = nullptr; // (units, tiles, 32 lanes)
    Scale* scales = nullptr; // (blocks, tiles, 8 rows)
    int tiles = 0;
    int blocks = 0;

    static constexpr int kTileRows = 8;
    /// Tiles that a prompt is multiplied by at once: more rows than half of them take whole sets.
    static constexpr int kSetTiles = 8;

    __host__ __device__ static int unitsOf(int cols)
    {
        return (cols + 2 * kBlock - 1) / kBlock / 2;
    }
    static int tilesOf(int rows)
    {
        const int tiles = (rows + kTileRows - 1) / kTileRows;
        return 2 * tiles <= kSetTiles ? tiles : (tiles + kSetTiles - 1) / kSetTiles * kSetTiles;
    }
    static size_t quantBytes(int rows, int cols)
    {
        return static_cast<size_t>(tilesOf(rows)) * static_cast<size_t>(unitsOf(cols)) * kWarpRun;
    }
    static size_t bytes(int rows, int cols)
    {
        return quantBytes(rows, cols) +
            static_cast<size_t>(tilesOf(rows)) * static_cast<size_t>(cols / kBlock) * kTileRows *
            sizeof(Scale);
    }

    /// Two blocks of a tile, as a lane multiplies them, where x has so many tiles.
    __device__ uint4 unit(int ofTiles, int tile, int index, int lane) const
    {
        return reinterpret_cast<const uint4*>(
            quants)[(static_cast<size_t>(index) * ofTiles + tile) * 32 + lane];
    }
    /// The scales of rows 2 t and 2 t + 1 of a tile: d, sum, d, sum.
    __device__ float4 scalePair(int ofTiles, int tile, int block, int t) const
    {
        return reinterpret_cast<const float4*>(
            scales)[(static_cast<size_t>(block) * ofTiles + tile) * (kTileRows / 2) + t];
    }

    /// Rounds and stores a block of a row; called by a warp, whose lane i has element i.
    __device__ void store(int row, int block, float value) const
    {
        const int lane = static_cast<int>(threadIdx.x) % 32;
        const float greatest = warpMax(fabsf(value));
        const float perStep = greatest > 0.f ? 127.f / greatest : 0.f;
        const int q = __float2int_rn(value * perStep);
        int sum = q;
        for (int step = 16; step > 0; step >>= 1)
            sum += __shfl_xor_sync(0xffffffffu, sum, step);

        const int tile = row / kTileRows;
        const int g = row % kTileRows;
        const size_t run =
            (static_cast<size_t>(block / 2) * tiles + tile) * 32 + 4 * g + lane % 16 / 4;
        quants[run * kLaneRun + block % 2 * 8 + lane / 16 * 4 + lane % 4] =
            static_cast<std::byte>(q);
        if (lane == 0) {
            const float d = greatest / 127.f;
            scales[(static_cast<size_t>(block) * tiles + tile) * kTileRows + g] = {
                d, d * static_cast<float>(sum)};
        }
    }
};

} // namespace inglenook::cuda
