#pragma once

#include "kernels/cuda/rounded_rows.cuh"
#include "kernels/cuda/scratch.cuh"

#include <array>

namespace inglenook::cuda {

/// The rounded rows of the tensor that was rounded last. An operator that computes what a matmul
/// will read next leaves them beside its result, so that nobody reads it a second time.
class RoundedCopy {
public:
    explicit RoundedCopy(int device)
        : m_scratch{Scratch(device), Scratch(device)}
    {
    }

    /// Where to leave the rounded rows of `x`, which the caller is about to compute; from now on
    /// they are what find() finds; those before them keep their place until the next call. Without
    /// quants if x has no whole blocks.
    [[nodiscard]] RoundedRows leave(const Tensor& x);
    /// What leave() said for this very tensor; without quants if it was another or is outdated.
    [[nodiscard]] RoundedRows find(const Tensor& x) const;
    /// Somebody writes here.
    void outdate(const Tensor& written);
    void forget() { m_of = {}; }

private:
    std::array<Scratch, 2> m_scratch; // take turns: a kernel may read one and leave the next
    size_t m_turn = 0;
    Tensor m_of;
    RoundedRows m_rows;
};

} // namespace inglenook::cuda
