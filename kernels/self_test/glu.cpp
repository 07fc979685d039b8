#include "kernels/self_test/cases.h"

#include <cmath>
#include <limits>

namespace inglenook::self_test {

namespace {

enum class Target { Apart, InPlace };

/// Gates from deep in the flat part to far beyond what exp() can represent in f32, then random.
Matrix gateUp(int rows, int cols)
{
    constexpr float kGates[] = {0.f,  -0.f,  1e-6f, -1e-6f, 1.f,  -1.f,  5.f,  -5.f,
                                12.f, -12.f, 30.f,  -30.f,  95.f, -95.f, 1e4f, -1e4f};
    Matrix values = randomMatrix(31, rows, 2 * cols, 3.f);
    for (size_t i = 0; i < std::size(kGates) && i < static_cast<size_t>(cols); ++i)
        values.row(0)[i] = kGates[i];
    return values;
}

Preparation preparation(int rows, int cols, Activation activation, Target target)
{
    return [=](Workspace& on) -> RowWork {
        return [=, &on, all = gateUp(rows, cols)](std::span<const int> chosen) {
            const Matrix from = all.chosen(chosen);
            const bool inPlace = target == Target::InPlace;
            const Tensor x = inPlace ? on.changing(from) : on.input(from);
            const Tensor y = inPlace ? x.columns(0, cols) : on.output(from.rows, cols);
            on.backend().glu(y, x, activation);
            return on.read(y);
        };
    };
}

void agree(Trial& trial, const RowsShape& s, Activation activation, Target target)
{
    const Matrix all = gateUp(s.rows, s.cols);
    // exp(g) may be off by 3 + 2 |g| units, but where |g| is large its weight is small; a tanh
    // near -1 loses what it is subtracted from, so that only the error against |g u| is bounded.
    // What is below the normal numbers may become zero. A limited up is one greater in the product.
    const auto tolerance = [&](int row, int col, double) {
        const double product = std::fabs(static_cast<double>(all.at(row, col))) *
            (std::fabs(static_cast<double>(all.at(row, s.cols + col))) +
             (activation == Activation::ClampedSilu ? 1. : 0.));
        return 16 * kRounding * product + 0x1p-126 * (1 + product);
    };
    trial.agree(preparation(s.rows, s.cols, activation, target), s.rows, s.placement, tolerance);
}

/// What is no number stays so, as a gate and as an up: it is to be found before a token is chosen.
void keepsNoNumbers(Trial& trial, Activation activation)
{
    constexpr int kCols = 70;
    Workspace on(trial.device(), Placement::Packed);
    for (const int first : {0, kCols}) { // gates, ups
        Matrix x = randomMatrix(32, 1, 2 * kCols);
        for (int c = first; c < first + kCols; ++c)
            x.row(0)[static_cast<size_t>(c)] = std::numeric_limits<float>::quiet_NaN();
        const Tensor y = on.output(1, kCols);
        on.backend().glu(y, on.input(x), activation);
        const Matrix found = on.read(y);
        for (const float value : found.row(0))
            if (!std::isnan(value))
                trial.fail("what is no number became " + std::to_string(value));
    }
}

std::string activationText(Activation activation)
{
    switch (activation) {
    case Activation::Silu:
        return "silu, ";
    case Activation::GeluTanh:
        return "gelu, ";
    case Activation::ClampedSilu:
        break;
    }
    return "clamped silu, ";
}

} // namespace

void addGluCases(std::vector<OperatorCase>& cases)
{
    for (const Activation activation :
         {Activation::Silu, Activation::GeluTanh, Activation::ClampedSilu}) {
        for (const RowsShape& s : kRowsShapes)
            for (const Target target : {Target::Apart, Target::InPlace})
                cases.push_back(
                    {.operation = "glu",
                     .format = "",
                     .shape = activationText(activation) + shapeText(s.rows, s.cols, s.placement) +
                         (target == Target::InPlace ? ", in place" : ""),
                     .quick = s.rows == 17,
                     .run = [=](Trial& trial) { agree(trial, s, activation, target); }});
        cases.push_back({.operation = "glu",
                         .format = "",
                         .shape = activationText(activation) + "no numbers",
                         .quick = false,
                         .run = [=](Trial& trial) { keepsNoNumbers(trial, activation); }});
        cases.push_back({.operation = "glu",
                         .format = "",
                         .shape = activationText(activation) + "each row alone",
                         .quick = false,
                         .run = [=](Trial& trial) {
                             trial.standAlone(preparation(64, 130, activation, Target::Apart), 64);
                         }});
    }
}

} // namespace inglenook::self_test
