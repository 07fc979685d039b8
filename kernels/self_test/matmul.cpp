#include "kernels/self_test/cases.h"
#include "kernels/self_test/test_weight.h"

namespace inglenook::self_test {

namespace {

struct MatmulShape {
    std::vector<PartShape> parts;
    int in = 256;
    int rows = 1;
    bool bias = false;
    Placement placement = Placement::Packed;
};

Preparation preparation(const TestWeight& w, const Matrix& x, bool biased)
{
    return [&w, &x, biased](Workspace& on) -> RowWork {
        const Weight loaded = w.loadOn(on.backend());
        const Weight bias = biased ? on.vector(randomMatrix(23, 1, w.out()).values) : Weight();
        return [&on, &x, loaded, bias](std::span<const int> rows) {
            const Tensor y = on.output(static_cast<int>(rows.size()), loaded.out);
            on.backend().matmul(y, on.input(x.chosen(rows)), loaded, bias);
            return on.read(y);
        };
    };
}

void agree(Trial& trial, const MatmulShape& shape, const Matrix& x, InputRounding rounding)
{
    const TestWeight w(21, shape.parts, shape.in);
    const std::vector<double> tolerances = matmulTolerances(w, x, rounding);
    const auto tolerance = [&](int row, int col, double expected) {
        const auto index = static_cast<size_t>(row) * static_cast<size_t>(w.out());
        return tolerances[index + static_cast<size_t>(col)] + 4 * kRounding * std::abs(expected);
    };
    trial.agree(preparation(w, x, shape.bias), shape.rows, shape.placement, tolerance);
}

std::string text(const MatmulShape& shape)
{
    std::string out;
    for (const PartShape& part : shape.parts)
        out += (out.empty() ? "" : "+") + std::to_string(part.out);
    return shapeText(shape.rows, shape.in, shape.placement) + " -> " + out +
        (shape.bias ? " with bias" : "");
}

void addAgreement(std::vector<OperatorCase>& cases, const MatmulShape& shape, bool quick = false)
{
    cases.push_back({.operation = "matmul",
                     .format = formatText(shape.parts),
                     .shape = text(shape),
                     .quick = quick,
                     .run = [shape](Trial& trial) {
                         const Matrix x = randomMatrix(40, shape.rows, shape.in);
                         agree(trial, shape, x, InputRounding::EightBits);
                     }});
}

/// Row i of x has one number in each block of 32, at place i: a row's result is a sum of few
/// elements of the weight, and together the 32 rows show each of them.
void everyElement(Trial& trial, DType type)
{
    const MatmulShape shape{{{type, 33}}, 512, 32, true, Placement::Packed};
    const Matrix numbers = randomMatrix(42, shape.rows, shape.in);
    Matrix x(shape.rows, shape.in);
    for (int r = 0; r < x.rows; ++r)
        for (size_t c = static_cast<size_t>(r); c < x.row(r).size(); c += 32)
            x.row(r)[c] = numbers.row(r)[c];
    agree(trial, shape, x, InputRounding::None);
}

void addIndependence(std::vector<OperatorCase>& cases, const std::vector<PartShape>& parts, int in)
{
    cases.push_back({.operation = "matmul",
                     .format = formatText(parts),
                     .shape = "each row alone, " + std::to_string(in) + " wide",
                     .quick = false,
                     .run = [=](Trial& trial) {
                         const TestWeight w(24, parts, in);
                         const Matrix x = randomMatrix(41, 64, in);
                         trial.standAlone(preparation(w, x, true), 64);
                     }});
}

/// A row of zeros has no greatest value to scale by.
void zeroRow(Trial& trial, DType type)
{
    const MatmulShape shape{{{type, 40}}, 256, 3, true, Placement::Packed};
    Matrix x = randomMatrix(43, shape.rows, shape.in);
    for (float& v : x.row(1))
        v = 0.f;
    agree(trial, shape, x, InputRounding::EightBits);
}

void addCase(std::vector<OperatorCase>& cases, DType type, const char* text,
             void (*run)(Trial& trial, DType type))
{
    cases.push_back({.operation = "matmul",
                     .format = std::string(name(type)),
                     .shape = text,
                     .quick = false,
                     .run = [=](Trial& trial) { run(trial, type); }});
}

} // namespace

void addMatmulCases(std::vector<OperatorCase>& cases)
{
    constexpr Placement kPacked = Placement::Packed;
    constexpr Placement kSpread = Placement::Spread;
    // A bias where rows are packed and none where they are spread: half the variants to compile on
    // backends that compile as they go. F32 has the others too.
    for (const DType type : kWeightTypes) {
        addAgreement(cases, {{{type, 130}}, 256, 1, true, kPacked});
        addAgreement(cases, {{{type, 33}}, 512, 17, true, kPacked}, true);
        addAgreement(cases, {{{type, 150}}, 512, 100, true, kSpread}); // tiles on all sides
        addCase(cases, type, "every element of the weight", everyElement);
        if (96 % facts(type).blockElements == 0) {
            addAgreement(cases, {{{type, 65}}, 96, 16, false, kSpread});
            addAgreement(cases, {{{type, 40}}, 288, 40, true, kPacked});
        }
        if (keptAs(type) != type)
            continue; // what is left concerns the kernels, which are another format's
        addAgreement(cases, {{{type, 67}}, 768, 2, false, kSpread});
        addAgreement(cases, {{{type, 100}}, 256, 33, false, kSpread});
        addAgreement(cases, {{{type, 1}}, 2048, 5, true, kPacked});
        addAgreement(cases, {{{type, 768}}, 2048, 1, true, kPacked});
        addAgreement(cases, {{{type, 64}}, 256, 128, true, kPacked});
        if (896 % facts(type).blockElements == 0)
            addAgreement(cases, {{{type, 1152}}, 896, 3, true, kPacked});
        addIndependence(cases, {{type, 67}}, 512);
        addCase(cases, type, "a row of zeros", zeroRow);
    }
    addAgreement(cases, {{{DType::F32, 33}}, 256, 17, false, kPacked});
    addAgreement(cases, {{{DType::F32, 33}}, 256, 17, true, kSpread});
    addAgreement(cases, {{{DType::F32, 33}}, 31, 4, false, kSpread});
    addAgreement(cases, {{{DType::F16, 5}}, 67, 9, false, kSpread});

    const std::vector<PartShape> stacks[] = {
        {{DType::Q4_K, 64}, {DType::Q4_K, 32}, {DType::Q6_K, 32}},
        {{DType::F16, 33}, {DType::Q8_0, 17}, {DType::Q4_0, 5}},
        {{DType::BF16, 1}, {DType::F32, 70}},
        {{DType::Q5_K, 40}, {DType::Q8_0, 40}},
        {{DType::Q5_0, 33}, {DType::Q5_1, 17}, {DType::IQ4_NL, 5}, {DType::Q8_0, 20}},
        {{DType::Q2_K, 32}, {DType::Q3_K, 33}, {DType::IQ4_XS, 16}, {DType::MXFP4, 9}},
    };
    for (const std::vector<PartShape>& stack : stacks) {
        addAgreement(cases, {stack, 256, 1, true, kPacked});
        addAgreement(cases, {stack, 512, 2, false, kSpread});
        addAgreement(cases, {stack, 256, 33, false, kSpread});
        addIndependence(cases, stack, 256);
    }
}

} // namespace inglenook::self_test
