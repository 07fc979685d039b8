#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace inglenook::self_test {

/// Half of the distance from 1 to the next float: the relative error of one rounding.
inline constexpr double kRounding = 0x1p-24;

/// A matrix on the host.
struct Matrix {
    Matrix() = default;
    Matrix(int rowCount, int colCount);

    int rows = 0;
    int cols = 0;
    std::vector<float> values; // row-major

    [[nodiscard]] std::span<float> row(int r);
    [[nodiscard]] std::span<const float> row(int r) const;
    [[nodiscard]] float at(int r, int c) const { return row(r)[static_cast<size_t>(c)]; }
    /// The rows named, in that order.
    [[nodiscard]] Matrix chosen(std::span<const int> chosenRows) const;
    [[nodiscard]] double greatest() const; // absolute value
};

/// Numbers around 0 of magnitude `spread`, one in fifty of them eight times as large. The same
/// arguments give the same numbers.
[[nodiscard]] Matrix randomMatrix(uint32_t seed, int rows, int cols, float spread = 1.f);

/// first, first + 1, ... (count numbers)
[[nodiscard]] std::vector<int> consecutive(int first, int count);

} // namespace inglenook::self_test
