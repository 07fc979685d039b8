#include "kernels/self_test/matrix.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace inglenook::self_test {

Matrix::Matrix(int rowCount, int colCount)
    : rows(rowCount)
    , cols(colCount)
    , values(static_cast<size_t>(rowCount) * static_cast<size_t>(colCount))
{
}

std::span<float> Matrix::row(int r)
{
    const auto width = static_cast<size_t>(cols);
    return std::span(values).subspan(static_cast<size_t>(r) * width, width);
}

std::span<const float> Matrix::row(int r) const
{
    const auto width = static_cast<size_t>(cols);
    return std::span(values).subspan(static_cast<size_t>(r) * width, width);
}

Matrix Matrix::chosen(std::span<const int> chosenRows) const
{
    Matrix result(static_cast<int>(chosenRows.size()), cols);
    for (int r = 0; r < result.rows; ++r)
        std::ranges::copy(row(chosenRows[static_cast<size_t>(r)]), result.row(r).begin());
    return result;
}

double Matrix::greatest() const
{
    double result = 0;
    for (const float v : values)
        result = std::max(result, std::fabs(static_cast<double>(v)));
    return result;
}

Matrix randomMatrix(uint32_t seed, int rows, int cols, float spread)
{
    Matrix result(rows, cols);
    std::mt19937 engine(seed);
    for (float& v : result.values) {
        const auto draw = static_cast<uint32_t>(engine()); // 32 bits
        v = (static_cast<float>(draw % 65536) / 32768.f - 1.f) * spread;
        if (draw / 65536 % 50 == 0)
            v *= 8.f;
    }
    return result;
}

std::vector<int> consecutive(int first, int count)
{
    std::vector<int> result(static_cast<size_t>(count));
    std::iota(result.begin(), result.end(), first);
    return result;
}

} // namespace inglenook::self_test
