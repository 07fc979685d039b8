#include "kernels/self_test/cases.h"

#include <algorithm>

namespace inglenook::self_test {

namespace {

void writtenIsRead(Trial& trial, const RowsShape& shape)
{
    const Matrix values = randomMatrix(1, shape.rows, shape.cols);
    const Matrix others = randomMatrix(2, shape.rows, shape.cols);
    Workspace on(trial.device(), shape.placement);
    const Tensor tensor = on.changing(values);
    trial.same(on.read(tensor), values, "after the first write");
    on.rewrite(tensor, others);
    trial.same(on.read(tensor), others, "after the second write");
    on.checkGuards();
}

void newMemoryIsZero(Trial& trial)
{
    // freed and taken again, so that memory which is used a second time is seen
    for (int round = 0; round < 2; ++round) {
        const std::shared_ptr<Buffer> buffer = trial.device().allocate(4 * 1000);
        const Tensor tensor = wholeTensor(*buffer, 1, 1000);
        Matrix values(1, 1000);
        trial.device().read(std::as_writable_bytes(std::span(values.values)), tensor);
        trial.same(values, Matrix(1, 1000), "in new memory");
        std::ranges::fill(values.values, 1.f);
        trial.device().write(tensor, std::as_bytes(std::span(values.values)));
    }
}

} // namespace

void addCopyCases(std::vector<OperatorCase>& cases)
{
    for (const RowsShape& shape : kRowsShapes)
        cases.push_back({.operation = "copy",
                         .format = "",
                         .shape = shapeText(shape.rows, shape.cols, shape.placement),
                         .quick = shape.rows == 2,
                         .run = [shape](Trial& trial) { writtenIsRead(trial, shape); }});
    cases.push_back({.operation = "copy",
                     .format = "",
                     .shape = "new memory",
                     .quick = false,
                     .run = newMemoryIsZero});
}

} // namespace inglenook::self_test
