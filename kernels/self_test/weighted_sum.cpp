#include "kernels/self_test/cases.h"

#include <cmath>

namespace inglenook::self_test {

namespace {

constexpr int kPicks = 3;

/// Rows of x that belong to the chosen ones: kPicks each.
std::vector<int> picksOf(std::span<const int> chosen)
{
    std::vector<int> rows;
    for (const int r : chosen)
        for (int j = 0; j < kPicks; ++j)
            rows.push_back(kPicks * r + j);
    return rows;
}

Preparation preparation(const Matrix& x, const Matrix& weights)
{
    return [&](Workspace& on) -> RowWork {
        return [&](std::span<const int> chosen) {
            const Tensor y = on.output(static_cast<int>(chosen.size()), x.cols);
            on.backend().weightedSum(y, on.input(x.chosen(picksOf(chosen))),
                                     on.input(weights.chosen(chosen)));
            return on.read(y);
        };
    };
}

void agree(Trial& trial, const RowsShape& s)
{
    const Matrix x = randomMatrix(71, kPicks * s.rows, s.cols);
    const Matrix weights = randomMatrix(72, s.rows, kPicks);
    const auto tolerance = [&](int row, int col, double) {
        double terms = 0;
        for (int j = 0; j < kPicks; ++j)
            terms += std::fabs(static_cast<double>(weights.at(row, j)) *
                               static_cast<double>(x.at(kPicks * row + j, col)));
        return kRounding * (kPicks + 1) * terms;
    };
    trial.agree(preparation(x, weights), s.rows, s.placement, tolerance);
}

void standAlone(Trial& trial)
{
    const Matrix x = randomMatrix(73, kPicks * 64, 130);
    const Matrix weights = randomMatrix(74, 64, kPicks);
    trial.standAlone(preparation(x, weights), 64);
}

} // namespace

void addWeightedSumCases(std::vector<OperatorCase>& cases)
{
    for (const RowsShape& s : kRowsShapes)
        cases.push_back({.operation = "weightedSum",
                         .format = "",
                         .shape = shapeText(s.rows, s.cols, s.placement),
                         .quick = s.rows == 17,
                         .run = [=](Trial& trial) { agree(trial, s); }});
    cases.push_back({.operation = "weightedSum",
                     .format = "",
                     .shape = "each row alone",
                     .quick = false,
                     .run = standAlone});
}

} // namespace inglenook::self_test
