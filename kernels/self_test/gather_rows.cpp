#include "kernels/self_test/cases.h"

namespace inglenook::self_test {

namespace {

constexpr int kRowsOfX = 19;

Preparation preparation(int cols)
{
    return [=](Workspace& on) -> RowWork {
        const Tensor x = on.input(randomMatrix(51, kRowsOfX, cols));
        return [=, &on](std::span<const int> chosen) {
            std::vector<int32_t> rows; // not in order, some twice
            for (const int r : chosen)
                rows.push_back((kRowsOfX - 1 + 7 * r) % kRowsOfX);
            const Tensor y = on.output(static_cast<int>(chosen.size()), cols);
            on.backend().gatherRows(y, x, on.input(rows, y.rows));
            return on.read(y);
        };
    };
}

} // namespace

void addGatherRowsCases(std::vector<OperatorCase>& cases)
{
    for (const RowsShape& s : kRowsShapes)
        cases.push_back({.operation = "gatherRows",
                         .format = "",
                         .shape = shapeText(s.rows, s.cols, s.placement),
                         .quick = s.rows == 17,
                         .run = [=](Trial& trial) {
                             trial.agree(preparation(s.cols), s.rows, s.placement, exact);
                         }});
    cases.push_back({.operation = "gatherRows",
                     .format = "",
                     .shape = "each row alone",
                     .quick = false,
                     .run = [](Trial& trial) { trial.standAlone(preparation(130), 64); }});
}

} // namespace inglenook::self_test
