#include "kernels/self_test/cases.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace inglenook::self_test {

namespace {

struct RouteShape {
    int rows = 1;
    int experts = 8;
    int picks = 2;
    Placement placement = Placement::Packed;
};

/// Few different numbers, so that many are equal; in row 1 zeros of both signs, in row 2 all one
/// number, in row 3 differences beyond what exp() can represent in f32.
Matrix routerLogits(int rows, int experts)
{
    Matrix logits = randomMatrix(61, rows, experts, 4.f);
    for (float& v : logits.values)
        v = std::round(v * 4.f) / 4.f;
    for (int e = 0; e < experts; ++e) {
        const auto at = static_cast<size_t>(e);
        if (rows > 1)
            logits.row(1)[at] = e % 2 == 0 ? -0.f : 0.f;
        if (rows > 2)
            logits.row(2)[at] = -3.5f;
        if (rows > 3)
            logits.row(3)[at] = static_cast<float>((e * 7) % experts) * 40.f - 60.f;
    }
    return logits;
}

/// Of each row the ids, then the weights.
Preparation preparation(const RouteShape& s)
{
    return [=](Workspace& on) -> RowWork {
        return [=, &on, all = routerLogits(s.rows, s.experts)](std::span<const int> chosen) {
            const Matrix logits = all.chosen(chosen);
            Tensor ids = on.output(logits.rows, s.picks);
            ids.type = DType::I32;
            const Tensor weights = on.output(logits.rows, s.picks);
            on.backend().routeExperts(ids, weights, on.input(logits));
            const Matrix bits = on.read(ids);
            const Matrix shares = on.read(weights);
            Matrix both(logits.rows, 2 * s.picks);
            for (int r = 0; r < both.rows; ++r) {
                std::ranges::transform(bits.row(r), both.row(r).begin(), [](float v) {
                    return static_cast<float>(std::bit_cast<int32_t>(v));
                });
                std::ranges::copy(shares.row(r), both.row(r).begin() + s.picks);
            }
            return both;
        };
    };
}

void agree(Trial& trial, const RouteShape& s)
{
    const Matrix all = routerLogits(s.rows, s.experts);
    // Ids are exact. exp(d) may be off by 2 + 2 |d| units and the sum by one per pick; what is
    // below the normal numbers may become zero.
    const auto tolerance = [&](int row, int col, double expected) {
        if (col < s.picks)
            return 0.;
        const auto [least, most] = std::ranges::minmax(all.row(row));
        const double spread = std::min(88., static_cast<double>(most) - least);
        return kRounding * (8 + 4 * spread + s.picks) * expected + 0x1p-125;
    };
    trial.agree(preparation(s), s.rows, s.placement, tolerance);
}

/// Logits that are no numbers or infinite still pick experts, each once.
void picksDiffer(Trial& trial)
{
    constexpr int kExperts = 12, kPicks = 5;
    Matrix logits(3, kExperts);
    for (int e = 0; e < kExperts; ++e) {
        logits.row(0)[static_cast<size_t>(e)] = std::nanf("");
        logits.row(1)[static_cast<size_t>(e)] = e % 3 == 0 ? std::nanf("") : 1.f;
        logits.row(2)[static_cast<size_t>(e)] = e % 2 == 0 ? INFINITY : -INFINITY;
    }
    Workspace on(trial.device(), Placement::Packed);
    Tensor ids = on.output(logits.rows, kPicks);
    ids.type = DType::I32;
    on.backend().routeExperts(ids, on.output(logits.rows, kPicks), on.input(logits));
    const Matrix bits = on.read(ids);
    for (int r = 0; r < bits.rows; ++r) {
        std::vector<int32_t> row;
        for (const float v : bits.row(r))
            row.push_back(std::bit_cast<int32_t>(v));
        std::ranges::sort(row);
        if (row.front() < 0 || row.back() >= kExperts ||
            std::ranges::adjacent_find(row) != row.end())
            return trial.fail("The picks of row " + std::to_string(r) + " are not " +
                              std::to_string(kPicks) + " experts");
    }
}

} // namespace

void addRouteExpertsCases(std::vector<OperatorCase>& cases)
{
    constexpr RouteShape shapes[] = {
        {1, 128, 8, Placement::Packed}, {2, 8, 2, Placement::Spread},
        {17, 64, 6, Placement::Packed}, {33, 60, 4, Placement::Spread},
        {5, 3, 3, Placement::Packed},   {4, 512, 10, Placement::Packed},
        {6, 1, 1, Placement::Spread},   {64, 5, 1, Placement::Packed},
    };
    for (const RouteShape& s : shapes)
        cases.push_back(
            {.operation = "routeExperts",
             .format = "",
             .shape = shapeText(s.rows, s.experts, s.placement) + " to " + std::to_string(s.picks),
             .quick = s.rows == 17,
             .run = [=](Trial& trial) { agree(trial, s); }});
    cases.push_back({.operation = "routeExperts",
                     .format = "",
                     .shape = "each row alone",
                     .quick = false,
                     .run = [](Trial& trial) {
                         trial.standAlone(preparation({.rows = 64, .experts = 40, .picks = 5}), 64);
                     }});
    cases.push_back({.operation = "routeExperts",
                     .format = "",
                     .shape = "what is no number",
                     .quick = false,
                     .run = picksDiffer});
}

} // namespace inglenook::self_test
