#include "kernels/self_test/cases.h"
#include "kernels/self_test/test_weight.h"

#include <cmath>
#include <iterator>

namespace inglenook::self_test {

namespace {

enum class Inputs { PerRow, PerPick };

/// Spread: some experts are picked by many rows, some by few; of neighbouring rows neither the same
/// nor in the same order. Crowded: every row picks the last one, the first ones share what is left,
/// and those between are never picked.
enum class Choice { Spread, Crowded };

struct ExpertShape {
    DType type = DType::F32;
    int experts = 4;
    int out = 32;
    int in = 256;
    int rows = 1;
    int picks = 2;
    Inputs inputs = Inputs::PerRow;
    Placement placement = Placement::Packed;
    Choice choice = Choice::Spread;
    bool bias = false;

    [[nodiscard]] int inputRows() const { return inputs == Inputs::PerRow ? rows : rows * picks; }
};

TestWeight testWeight(const ExpertShape& s)
{
    return {81, std::vector<PartShape>(static_cast<size_t>(s.experts), {s.type, s.out}), s.in};
}

int expertOf(const ExpertShape& s, int row, int pick)
{
    if (s.choice == Choice::Crowded)
        return pick == 0 ? s.experts - 1 : 2 * (pick - 1) + row % 2;
    const int first = row % 3 == 0 ? 0 : row * row;
    return (first + 3 * pick) % s.experts;
}

std::vector<int32_t> idsOf(const ExpertShape& s, std::span<const int> rows)
{
    std::vector<int32_t> ids;
    for (const int r : rows)
        for (int j = 0; j < s.picks; ++j)
            ids.push_back(expertOf(s, r, j));
    return ids;
}

/// Of each row the results of its picks beside each other.
Preparation preparation(const ExpertShape& s, const TestWeight& w, const Matrix& x)
{
    return [=, &w, &x](Workspace& on) -> RowWork {
        const Weight bias =
            s.bias ? on.vector(randomMatrix(86, 1, s.experts * s.out).row(0)) : Weight();
        return [=, &on, &x, loaded = w.loadOn(on.backend())](std::span<const int> chosen) {
            const auto rows = static_cast<int>(chosen.size());
            std::vector<int> inputs;
            for (const int r : chosen) {
                if (s.inputs == Inputs::PerRow)
                    inputs.push_back(r);
                else
                    std::ranges::copy(consecutive(r * s.picks, s.picks),
                                      std::back_inserter(inputs));
            }
            const Tensor y = on.output(rows * s.picks, s.out);
            on.backend().expertMatmul(y, on.input(x.chosen(inputs)), loaded,
                                      on.input(idsOf(s, chosen), rows, s.picks), bias);
            Matrix result = on.read(y);
            result.rows = rows;
            result.cols = s.picks * s.out;
            return result;
        };
    };
}

void agree(Trial& trial, const ExpertShape& s)
{
    const TestWeight w = testWeight(s);
    const Matrix x = randomMatrix(82, s.inputRows(), s.in);
    const std::vector<double> tolerances = matmulTolerances(w, x, InputRounding::EightBits);
    const auto tolerance = [&](int row, int col, double expected) {
        const int pick = col / s.out;
        const int input = s.inputs == Inputs::PerRow ? row : row * s.picks + pick;
        const int output = expertOf(s, row, pick) * s.out + col % s.out;
        const auto index = static_cast<size_t>(input) * static_cast<size_t>(w.out());
        return tolerances[index + static_cast<size_t>(output)] +
            4 * kRounding * (std::abs(expected) + (s.bias ? 4. : 0.));
    };
    trial.agree(preparation(s, w, x), s.rows, s.placement, tolerance);
}

void standAlone(Trial& trial, const ExpertShape& s)
{
    const TestWeight w = testWeight(s);
    const Matrix x = randomMatrix(83, s.inputRows(), s.in);
    trial.standAlone(preparation(s, w, x), s.rows);
}

/// A row has the bits that a matmul with its expert's matrix gives it.
void equalsMatmul(Trial& trial, const ExpertShape& s)
{
    const TestWeight w = testWeight(s);
    const Matrix x = randomMatrix(84, s.inputRows(), s.in);
    Workspace on(trial.device(), Placement::Packed);
    const Matrix all = preparation(s, w, x)(on)(consecutive(0, s.rows));
    for (int e = 0; e < s.experts; ++e) {
        const Weight one = w.partOn(on.backend(), static_cast<size_t>(e));
        const Tensor y = on.output(x.rows, s.out);
        on.backend().matmul(y, on.input(x), one);
        const Matrix products = on.read(y);
        for (int r = 0; r < s.rows; ++r)
            for (int j = 0; j < s.picks; ++j) {
                if (expertOf(s, r, j) != e)
                    continue;
                Matrix found(1, s.out);
                std::copy_n(all.row(r).begin() + j * s.out, s.out, found.row(0).begin());
                const int input = s.inputs == Inputs::PerRow ? r : r * s.picks + j;
                trial.same(found, products.chosen({&input, 1}),
                           "than by matmul, row " + std::to_string(r) + " and expert " +
                               std::to_string(e));
            }
    }
}

/// A recording knows nothing of the picks: each replay has others.
void replaysPickAnew(Trial& trial, const ExpertShape& s)
{
    constexpr int kSteps = 4;
    const TestWeight w = testWeight(s);
    const Matrix x = randomMatrix(85, s.inputRows(), s.in);
    Workspace on(trial.device(), Placement::Packed);
    const Weight loaded = w.loadOn(on.backend());
    const Tensor input = on.input(x);
    const Tensor ids =
        on.input(std::vector<int32_t>(static_cast<size_t>(s.rows * s.picks)), s.rows, s.picks);
    const Tensor y = on.output(s.rows * s.picks, s.out);
    const Tensor expected = on.output(s.rows * s.picks, s.out);
    std::unique_ptr<Recording> recording;
    for (int step = 0; step < kSteps; ++step) {
        ExpertShape other = s;
        other.choice = step % 2 == 0 ? Choice::Crowded : Choice::Spread;
        on.rewrite(ids, idsOf(other, consecutive(step, s.rows)));
        if (step == 0)
            recording =
                on.backend().record([&] { on.backend().expertMatmul(y, input, loaded, ids); });
        else
            on.backend().replay(*recording);
        on.backend().expertMatmul(expected, input, loaded, ids);
        trial.same(on.read(y), on.read(expected),
                   "than without recording, step " + std::to_string(step));
    }
}

void addCase(std::vector<OperatorCase>& cases, const ExpertShape& s, const std::string& text,
             bool quick, void (*run)(Trial& trial, const ExpertShape& s))
{
    cases.push_back({.operation = "expertMatmul",
                     .format = std::string(name(s.type)),
                     .shape = text,
                     .quick = quick,
                     .run = [=](Trial& trial) { run(trial, s); }});
}

void addAgreement(std::vector<OperatorCase>& cases, const ExpertShape& s, bool quick = false)
{
    addCase(cases, s,
            shapeText(s.rows, s.in, s.placement) + " -> " + std::to_string(s.picks) + " of " +
                std::to_string(s.experts) + " times " + std::to_string(s.out) +
                (s.inputs == Inputs::PerPick ? ", each of its own" : "") +
                (s.choice == Choice::Crowded ? ", one by all" : "") + (s.bias ? ", bias" : ""),
            quick, agree);
}

} // namespace

void addExpertMatmulCases(std::vector<OperatorCase>& cases)
{
    constexpr Placement kPacked = Placement::Packed;
    constexpr Placement kSpread = Placement::Spread;
    for (const DType type : kWeightTypes) {
        addAgreement(cases, {type, 8, 48, 256, 1, 3, Inputs::PerRow, kPacked});
        addAgreement(cases, {type, 4, 33, 512, 17, 2, Inputs::PerPick, kPacked}, true);
        if (keptAs(type) != type)
            continue; // the same kernels as of what it is kept as
        addAgreement(cases, {type, 3, 20, 768, 2, 3, Inputs::PerRow, kSpread});
        addAgreement(cases, {type, 5, 64, 256, 70, 2, Inputs::PerRow, kSpread});
        addAgreement(cases, {type, 2, 17, 256, 40, 1, Inputs::PerRow, kPacked});
        const ExpertShape own{type, 6, 24, 256, 64, 2, Inputs::PerPick, kPacked};
        addCase(cases, own, "each row alone", false, standAlone);
        const ExpertShape some{type, 4, 19, 512, 21, 2, Inputs::PerRow, kPacked};
        addCase(cases, some, "the same as matmul", false, equalsMatmul);
        ExpertShape crowd{type, 9, 37, 256, 66, 3, Inputs::PerRow, kPacked, Choice::Crowded};
        addAgreement(cases, crowd);
        addCase(cases, crowd, "one by all, the same as matmul", false, equalsMatmul);
        crowd.inputs = Inputs::PerPick;
        addCase(cases, crowd, "one by all, each row alone", false, standAlone);
        ExpertShape biased = some;
        biased.bias = true;
        addAgreement(cases, biased);
        crowd.bias = true;
        addAgreement(cases, crowd);
        addCase(cases, crowd, "one by all with a bias, each row alone", false, standAlone);
        const ExpertShape recorded{type, 7, 40, 256, 31, 3, Inputs::PerRow, kPacked};
        addCase(cases, recorded, "replayed with other picks", false, replaysPickAnew);
    }
    addAgreement(cases, {DType::F32, 3, 7, 31, 9, 2, Inputs::PerPick, kSpread});
    addAgreement(cases, {DType::Q8_0, 4, 65, 96, 5, 2, Inputs::PerRow, kSpread});
    const ExpertShape many{DType::Q4_0, 70, 20, 64, 180, 3, Inputs::PerPick, kSpread};
    addAgreement(cases, many);
    ExpertShape far = many;
    far.choice = Choice::Crowded;
    addAgreement(cases, far);
}

} // namespace inglenook::self_test
