#pragma once

#include "kernels/cuda/panels.cuh"
#include "kernels/cuda/reduce.cuh"

namespace inglenook::cuda {

/// Rows of x rounded to signed bytes in blocks of 32 (x = d q), as fragments of eight rows: of
/// blocks 2 u and 2 u + 1 of a tile, lane 4 g + t finds its two words of each (row g; k = 4 t ..
/// and 16 + 4 t ..) in 16 bytes. What a tile has beyond the last row is undefined.
struct RoundedRows {
    struct Scale {
        float d;
        float sum; // d times the sum of q
    };
    std::byte* quants = nullptr; // (tiles, units, 32 lanes)
    Scale* scales = nullptr; // (tiles, blocks, 8 rows)
    int units = 0;
    int blocks = 0;

    static constexpr int kTileRows = 8;

    __host__ __device__ static int unitsOf(int cols)
    {
        return (cols + 2 * kBlock - 1) / kBlock / 2;
    }
    static int tilesOf(int rows) { return (rows + kTileRows - 1) / kTileRows; }
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

    /// Two blocks of a tile, as lane 4 g + t multiplies them.
    __device__ uint4 unit(int tile, int index, int lane) const
    {
        return reinterpret_cast<const uint4*>(
            quants)[(static_cast<size_t>(tile) * units + index) * 32 + lane];
    }
    /// The scales of rows 2 t and 2 t + 1 of a tile: d, sum, d, sum.
    __device__ float4 scalePair(int tile, int block, int t) const
    {
        return reinterpret_cast<const float4*>(
            scales)[(static_cast<size_t>(tile) * blocks + block) * (kTileRows / 2) + t];
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

        const size_t tile = static_cast<size_t>(row / kTileRows);
        const int g = row % kTileRows;
        const size_t run = (tile * units + block / 2) * 32 + 4 * g + lane % 16 / 4;
        quants[run * kLaneRun + block % 2 * 8 + lane / 16 * 4 + lane % 4] =
            static_cast<std::byte>(q);
        if (lane == 0) {
            const float d = greatest / 127.f;
            scales[(tile * blocks + block) * kTileRows + g] = {d, d * static_cast<float>(sum)};
        }
    }
};

} // namespace inglenook::cuda
