#include "kernels/self_test/cases.h"

#include <algorithm>
#include <cmath>

namespace inglenook::self_test {

namespace {

constexpr float kEps = 1e-6f;

enum class Body { OfDevice, Default };

/// Rows of x after the sum, then its norm beside it.
Preparation preparation(int rows, int cols, Body body)
{
    return [=](Workspace& on) -> RowWork {
        const Matrix x = randomMatrix(71, rows, cols, 3.f);
        const Matrix y = randomMatrix(72, rows, cols, 2.f);
        const Weight weight = on.vector(randomMatrix(73, 1, cols).values);
        return [=, &on](std::span<const int> chosen) {
            const Tensor sum = on.changing(x.chosen(chosen));
            const Tensor more = on.input(y.chosen(chosen));
            const Tensor h = on.output(sum.rows, cols);
            if (body == Body::OfDevice)
                on.backend().addRmsNorm(h, sum, more, weight, kEps);
            else
                on.backend().Backend::addRmsNorm(h, sum, more, weight, kEps);

            const Matrix sums = on.read(sum);
            const Matrix norms = on.read(h);
            Matrix both(sum.rows, 2 * cols);
            for (int r = 0; r < both.rows; ++r) {
                std::ranges::copy(sums.row(r), both.row(r).begin());
                std::ranges::copy(norms.row(r), both.row(r).begin() + cols);
            }
            return both;
        };
    };
}

Tolerance tolerance(int cols)
{
    return [=](int, int col, double expected) { // the sum is exact, see rms_norm.cpp for its norm
        return col < cols ? 0 : kRounding * (cols / 2. + 8) * std::fabs(expected);
    };
}

/// The fused operator against its definition on the same device.
void keepItsDefinition(Trial& trial, const RowsShape& s)
{
    const std::vector<int> all = consecutive(0, s.rows);
    Workspace on(trial.device(), s.placement);
    const Matrix fused = preparation(s.rows, s.cols, Body::OfDevice)(on)(all);
    const Matrix plain = preparation(s.rows, s.cols, Body::Default)(on)(all);
    on.checkGuards();
    trial.compare(fused, plain, [&](int row, int col, double expected) {
        return 2 * tolerance(s.cols)(row, col, expected);
    });
}

} // namespace

void addAddRmsNormCases(std::vector<OperatorCase>& cases)
{
    for (const RowsShape& s : kRowsShapes) {
        const std::string shape = shapeText(s.rows, s.cols, s.placement);
        cases.push_back({.operation = "addRmsNorm",
                         .format = "",
                         .shape = shape,
                         .quick = s.rows == 17,
                         .run = [=](Trial& trial) {
                             trial.agree(preparation(s.rows, s.cols, Body::OfDevice), s.rows,
                                         s.placement, tolerance(s.cols));
                         }});
        cases.push_back({.operation = "addRmsNorm",
                         .format = "",
                         .shape = shape + ", against its default body",
                         .quick = false,
                         .run = [=](Trial& trial) { keepItsDefinition(trial, s); }});
    }
    cases.push_back(
        {.operation = "addRmsNorm",
         .format = "",
         .shape = "each row alone",
         .quick = false,
         .run = [](Trial& trial) { trial.standAlone(preparation(64, 896, Body::OfDevice), 64); }});
}

} // namespace inglenook::self_test
