#include "kernels/self_test/cases.h"

#include <cmath>

namespace inglenook::self_test {

namespace {

constexpr float kEps = 1e-5f;

enum class Target { Apart, InPlace };

Preparation preparation(int rows, int cols, Target target)
{
    return [=](Workspace& on) -> RowWork {
        const Matrix x = randomMatrix(11, rows, cols, 2.f);
        const Weight weight = on.vector(randomMatrix(12, 1, cols).values);
        return [=, &on](std::span<const int> chosen) {
            const Matrix from = x.chosen(chosen);
            const bool inPlace = target == Target::InPlace;
            const Tensor y = inPlace ? on.changing(from) : on.output(from.rows, cols);
            on.backend().rmsNorm(y, inPlace ? y : on.input(from), weight, kEps);
            return on.read(y);
        };
    };
}

/// The sum of squares has `cols` terms of one sign; its root halves the relative error.
Tolerance tolerance(int cols)
{
    return [=](int, int, double expected) {
        return kRounding * (cols / 2. + 8) * std::fabs(expected);
    };
}

/// A row of zeros must not divide by zero, and a tiny one is dominated by eps.
void smallRows(Trial& trial)
{
    const auto prepare = [](Workspace& on) -> RowWork {
        const Weight weight = on.vector(randomMatrix(12, 1, 256).values);
        return [=, &on](std::span<const int>) {
            Matrix x = randomMatrix(13, 2, 256, 1e-4f);
            for (float& v : x.row(0))
                v = 0.f;
            const Tensor y = on.output(2, 256);
            on.backend().rmsNorm(y, on.input(x), weight, kEps);
            return on.read(y);
        };
    };
    trial.agree(prepare, 2, Placement::Packed, tolerance(256));
}

} // namespace

void addRmsNormCases(std::vector<OperatorCase>& cases)
{
    for (const RowsShape& s : kRowsShapes)
        for (const Target target : {Target::Apart, Target::InPlace})
            cases.push_back({.operation = "rmsNorm",
                             .format = "",
                             .shape = shapeText(s.rows, s.cols, s.placement) +
                                 (target == Target::InPlace ? ", in place" : ""),
                             .quick = s.rows == 17,
                             .run = [=](Trial& trial) {
                                 trial.agree(preparation(s.rows, s.cols, target), s.rows,
                                             s.placement, tolerance(s.cols));
                             }});
    cases.push_back({.operation = "rmsNorm",
                     .format = "",
                     .shape = "zeros and small numbers",
                     .quick = false,
                     .run = smallRows});
    cases.push_back(
        {.operation = "rmsNorm",
         .format = "",
         .shape = "each row alone",
         .quick = false,
         .run = [](Trial& trial) { trial.standAlone(preparation(64, 896, Target::Apart), 64); }});
}

} // namespace inglenook::self_test
