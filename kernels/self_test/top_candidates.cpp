#include "kernels/self_test/cases.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

namespace inglenook::self_test {

namespace {

/// Row by row in turn: smooth numbers; few different ones; zeros of both signs between others; a
/// slope; the greatest all in one class; numbers beside zero and the largest there are; what is no
/// number; infinity; one number everywhere.
Matrix candidateLogits(int rows, int cols)
{
    constexpr float least = std::numeric_limits<float>::denorm_min();
    constexpr float most = std::numeric_limits<float>::max();
    Matrix logits = randomMatrix(71, rows, cols, 4.f);
    for (int r = 0; r < rows; ++r) {
        const std::span<float> row = logits.row(r);
        for (int c = 0; c < cols; ++c) {
            float& v = row[static_cast<size_t>(c)];
            const int step = (c * 7 + r) % cols;
            switch (r % 9) {
            case 1:
                v = std::round(v * 4.f) / 4.f;
                break;
            case 2:
                v = step % 3 == 0 ? -std::fabs(v) : step % 3 == 1 ? 0.f : -0.f;
                break;
            case 3:
                v = static_cast<float>(c + r) * 0.25f - 60.f;
                break;
            case 4:
                v += c % kCandidateClasses == 3 ? 100.f : 0.f;
                break;
            case 5:
                v = step < 20 ? -most / static_cast<float>(1 + step)
                              : least * static_cast<float>(30 - step);
                break;
            case 8:
                v = -3.5f;
                break;
            default:
                break;
            }
        }
        if (r % 9 == 5)
            row.front() = most;
        if (r % 9 == 6)
            row[static_cast<size_t>(r * 31 % cols)] = std::nanf("");
        if (r % 9 == 7)
            row.back() = r % 2 == 0 ? INFINITY : -INFINITY;
    }
    return logits;
}

Matrix found(Workspace& on, const Matrix& logits)
{
    Tensor result = on.output(logits.rows, kCandidateCols);
    result.type = DType::I32;
    on.backend().topCandidates(result, on.input(logits));
    return on.read(result);
}

/// Whether the candidates are in a crowd (candidates.h).
bool crowded(std::span<const float> row)
{
    std::vector<float> greatest(kCandidateClasses, -INFINITY);
    for (size_t c = 0; c < row.size(); ++c)
        greatest[c % kCandidateClasses] = std::max(greatest[c % kCandidateClasses], row[c]);
    std::ranges::sort(greatest, std::greater());
    return std::ranges::count_if(row, [bound = greatest[kCandidates - 1]](float v) {
               return v >= bound;
           }) > kCandidateCrowd;
}

/// Whether a row says that its logits are finite, and nothing else.
bool gaveUp(std::span<const float> row)
{
    return std::bit_cast<int32_t>(row.front()) == 1 &&
        std::ranges::all_of(row.subspan(1), [](float v) { return std::bit_cast<int32_t>(v) == 0; });
}

void agree(Trial& trial, const RowsShape& s)
{
    const Matrix logits = candidateLogits(s.rows, s.cols);
    Workspace device(trial.device(), s.placement);
    Workspace reference(trial.reference(), Placement::Packed);
    Matrix actual = found(device, logits);
    const Matrix expected = found(reference, logits);
    for (int r = 0; r < s.rows; ++r)
        if (gaveUp(actual.row(r)) && crowded(logits.row(r)))
            std::ranges::copy(expected.row(r), actual.row(r).begin());
    trial.same(actual, expected, "than the reference's");
    device.checkGuards();
}

Preparation preparation(int rows, int cols)
{
    return [=](Workspace& on) -> RowWork {
        return [&on, all = candidateLogits(rows, cols)](std::span<const int> chosen) {
            return found(on, all.chosen(chosen));
        };
    };
}

} // namespace

void addTopCandidatesCases(std::vector<OperatorCase>& cases)
{
    constexpr RowsShape shapes[] = {{9, 1, Placement::Packed},     {9, 63, Placement::Spread},
                                    {9, 64, Placement::Packed},    {9, 65, Placement::Spread},
                                    {17, 257, Placement::Packed},  {9, 1000, Placement::Spread},
                                    {18, 3001, Placement::Packed}, {9, 8192, Placement::Packed},
                                    {9, 32003, Placement::Spread}, {1, 151936, Placement::Packed}};
    for (const RowsShape& s : shapes)
        cases.push_back({.operation = "topCandidates",
                         .format = "",
                         .shape = shapeText(s.rows, s.cols, s.placement),
                         .quick = s.cols == 3001,
                         .run = [=](Trial& trial) { agree(trial, s); }});
    cases.push_back({.operation = "topCandidates",
                     .format = "",
                     .shape = "each row alone",
                     .quick = false,
                     .run = [](Trial& trial) { trial.standAlone(preparation(64, 700), 64); }});
}

} // namespace inglenook::self_test
