#include "kernels/self_test/cases.h"

namespace inglenook::self_test {

namespace {

Preparation preparation(int rows, int cols)
{
    return [=](Workspace& on) -> RowWork {
        const Matrix x = randomMatrix(41, rows, cols);
        const Matrix y = randomMatrix(42, rows, cols, 100.f);
        return [=, &on](std::span<const int> chosen) {
            const Tensor sum = on.changing(x.chosen(chosen));
            on.backend().add(sum, on.input(y.chosen(chosen)));
            return on.read(sum);
        };
    };
}

} // namespace

void addAddCases(std::vector<OperatorCase>& cases)
{
    for (const RowsShape& s : kRowsShapes)
        cases.push_back({.operation = "add",
                         .format = "",
                         .shape = shapeText(s.rows, s.cols, s.placement),
                         .quick = s.rows == 17,
                         .run = [=](Trial& trial) {
                             trial.agree(preparation(s.rows, s.cols), s.rows, s.placement, exact);
                         }});
    cases.push_back({.operation = "add",
                     .format = "",
                     .shape = "each row alone",
                     .quick = false,
                     .run = [](Trial& trial) { trial.standAlone(preparation(64, 130), 64); }});
}

} // namespace inglenook::self_test
