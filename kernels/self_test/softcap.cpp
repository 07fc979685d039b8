#include "kernels/self_test/cases.h"

#include <cmath>

namespace inglenook::self_test {

namespace {

constexpr float kCap = 30.f;

/// Random values and, in the first row, some far beyond the cap.
Matrix values(int rows, int cols)
{
    constexpr float kFirst[] = {0.f, 1e-3f, -1e-3f, 29.f, -31.f, 300.f, -300.f, 1e5f, -1e5f, 3e38f};
    Matrix x = randomMatrix(61, rows, cols, 40.f);
    for (size_t i = 0; i < std::size(kFirst) && i < static_cast<size_t>(cols); ++i)
        x.row(0)[i] = kFirst[i];
    return x;
}

Preparation preparation(int rows, int cols, float cap)
{
    return [=](Workspace& on) -> RowWork {
        return [=, &on, all = values(rows, cols)](std::span<const int> chosen) {
            const Tensor x = on.changing(all.chosen(chosen));
            on.backend().softcap(x, cap);
            return on.read(x);
        };
    };
}

} // namespace

void addSoftcapCases(std::vector<OperatorCase>& cases)
{
    for (const RowsShape& s : kRowsShapes)
        cases.push_back({.operation = "softcap",
                         .format = "",
                         .shape = shapeText(s.rows, s.cols, s.placement),
                         .quick = s.rows == 17,
                         .run = [=](Trial& trial) {
                             trial.agree(preparation(s.rows, s.cols, kCap), s.rows, s.placement,
                                         [](int, int, double expected) {
                                             // tanh by exp() has an absolute error
                                             return 8 * kRounding * (kCap + std::fabs(expected));
                                         });
                         }});
    cases.push_back(
        {.operation = "softcap",
         .format = "",
         .shape = "each row alone",
         .quick = false,
         .run = [](Trial& trial) { trial.standAlone(preparation(64, 130, 50.f), 64); }});
}

} // namespace inglenook::self_test
