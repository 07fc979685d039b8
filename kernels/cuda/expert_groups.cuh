#pragma once

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/scratch.cuh"
#include "kernels/tensor.h"

namespace inglenook::cuda {

/// The picks of each expert put together, in tiles of kRows. A tile is its expert's number, -1
/// where there is none, and the places of its picks in ids, row by row; then kBeyond.
struct ExpertTiles {
    const int* words = nullptr;
    int count = 0;

    static constexpr int kRows = 32;
    static constexpr int kWords = 1 + kRows;
    static constexpr int kBeyond = 0x7fffffff;

    __device__ int expert(int tile) const { return words[static_cast<size_t>(tile) * kWords]; }
    __device__ const int* picks(int tile) const
    {
        return words + static_cast<size_t>(tile) * kWords + 1;
    }
    /// Tiles that so many picks take at most: each expert may leave one unfilled.
    static int most(int picks, int experts)
    {
        return (picks + (picks < experts ? picks : experts) * (kRows - 1)) / kRows;
    }
};

inline constexpr int kMostSortedExperts =
    1024; // their counts fit the shared memory of every device

/// Sorts on the device, as ids are known there alone; `experts` at most kMostSortedExperts. The
/// tiles are undefined behind the next call with this scratch memory.
[[nodiscard]] ExpertTiles sortPicks(Scratch& scratch, const Tensor& ids, int experts,
                                    const Queue& queue);

} // namespace inglenook::cuda
