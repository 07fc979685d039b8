#include "kernels/self_test/cases.h"
#include "kernels/self_test/test_weight.h"

#include <algorithm>

namespace inglenook::self_test {

namespace {

enum class Body { OfDevice, Default };

struct GluShape {
    std::vector<PartShape> parts; // gates, ups; or one of both
    int in = 256;
    int rows = 1;
    Activation activation = Activation::Silu;
    Placement placement = Placement::Packed;

    [[nodiscard]] int cols() const
    {
        int out = 0;
        for (const PartShape& part : parts)
            out += part.out;
        return out / 2;
    }
};

/// Rows of the results, and of their product with another weight beside them: what a device leaves
/// for it besides the results is of use.
Preparation preparation(const GluShape& s, Body body)
{
    return [=](Workspace& on) -> RowWork {
        const Weight w = TestWeight(81, s.parts, s.in).loadOn(on.backend());
        const Weight down = TestWeight(82, {{DType::F32, 3}}, s.cols()).loadOn(on.backend());
        const Weight narrow = s.cols() % 32 == 0
            ? TestWeight(83, {{DType::Q8_0, 5}}, s.cols()).loadOn(on.backend())
            : down;
        const Matrix x = randomMatrix(84, s.rows, s.in, 2.f);
        return [=, &on](std::span<const int> chosen) {
            const auto rows = static_cast<int>(chosen.size());
            const Tensor gateUp = on.changing(Matrix(rows, 2 * s.cols()));
            const Tensor input = on.input(x.chosen(chosen));
            if (body == Body::OfDevice)
                on.backend().matmulGlu(gateUp, input, w, s.activation);
            else
                on.backend().Backend::matmulGlu(gateUp, input, w, s.activation);
            const Tensor gated = gateUp.columns(0, s.cols());
            const Tensor next = on.output(rows, down.out);
            const Tensor rounded = on.output(rows, narrow.out);
            on.backend().matmul(rounded, gated, narrow);
            on.backend().matmul(next, gated, down);

            Matrix all(rows, s.cols() + next.cols + rounded.cols);
            int first = 0;
            for (const Tensor& part : {gated, next, rounded}) {
                const Matrix values = on.read(part);
                for (int r = 0; r < rows; ++r)
                    std::ranges::copy(values.row(r), all.row(r).begin() + first);
                first += part.cols;
            }
            return all;
        };
    };
}

/// The fused operator has the bits of its definition on the same device.
void keepItsDefinition(Trial& trial, const GluShape& s)
{
    Workspace on(trial.device(), s.placement);
    const std::vector<int> all = consecutive(0, s.rows);
    const Matrix fused = preparation(s, Body::OfDevice)(on)(all);
    const Matrix plain = preparation(s, Body::Default)(on)(all);
    on.checkGuards();
    trial.same(fused, plain, "than by matmul and glu");
}

std::string text(const GluShape& s)
{
    return shapeText(s.rows, s.in, s.placement) + " -> " + std::to_string(s.cols()) +
        (s.parts.size() == 1 ? " in one part" : "") +
        (s.activation == Activation::Silu           ? ", silu"
             : s.activation == Activation::GeluTanh ? ", gelu"
                                                    : ", clamped silu");
}

std::vector<PartShape> halves(DType type, int cols)
{
    return {{type, cols}, {type, cols}};
}

} // namespace

void addMatmulGluCases(std::vector<OperatorCase>& cases)
{
    std::vector<GluShape> shapes = {
        {.parts = {{DType::Q4_K, 192}}, .in = 512, .rows = 3},
        {.parts = {{DType::Q8_0, 32}}, .in = 32, .rows = 16, .activation = Activation::GeluTanh},
        {.parts = halves(DType::Q5_K, 64), .in = 768, .rows = 5, .placement = Placement::Spread},
        {.parts = {{DType::Q4_K, 64}, {DType::Q6_K, 64}}, .in = 256, .rows = 2},
        {.parts = halves(DType::Q8_0, 48), .in = 96, .rows = 7, .placement = Placement::Spread},
        {.parts = {{DType::Q4_K, 64}, {DType::Q4_K, 32}, {DType::Q4_K, 32}}, .rows = 4},
        {.parts = halves(DType::F16, 64), .in = 256, .rows = 9},
        {.parts = halves(DType::Q4_K, 64), .rows = 6, .activation = Activation::ClampedSilu},
        {.parts = halves(DType::Q4_0, 67), .in = 64, .rows = 1},
    };
    for (const DType type : kWeightTypes) {
        if (keptAs(type) != type || !quantised(type))
            continue;
        for (const int rows : {1, 8, 9, 17})
            shapes.push_back({.parts = halves(type, 96),
                              .in = rows == 9 ? 2304 : 1024,
                              .rows = rows,
                              .activation = rows == 8 ? Activation::GeluTanh : Activation::Silu});
    }
    for (const GluShape& s : shapes)
        cases.push_back({.operation = "matmulGlu",
                         .format = formatText(s.parts),
                         .shape = text(s),
                         .quick = s.rows == 8 || s.rows == 9,
                         .run = [=](Trial& trial) { keepItsDefinition(trial, s); }});
    cases.push_back({.operation = "matmulGlu",
                     .format = "Q4_K+Q4_K",
                     .shape = "each row alone",
                     .quick = false,
                     .run = [](Trial& trial) {
                         const GluShape s{.parts = halves(DType::Q4_K, 64), .rows = 33};
                         trial.standAlone(preparation(s, Body::OfDevice), s.rows);
                     }});
}

} // namespace inglenook::self_test
