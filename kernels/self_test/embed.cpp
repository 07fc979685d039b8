#include "kernels/self_test/cases.h"
#include "kernels/self_test/test_weight.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inglenook::self_test {

namespace {

constexpr int kTokens = 37;

struct EmbedShape {
    int rows = 1;
    int cols = 256;
    float scale = 1.f;
    Placement placement = Placement::Packed;
};

/// Ids within the table, its borders, and some outside of it.
int32_t idOfRow(int row)
{
    constexpr int32_t kFirst[] = {0,
                                  kTokens - 1,
                                  5,
                                  -1,
                                  kTokens,
                                  5,
                                  std::numeric_limits<int32_t>::max(),
                                  std::numeric_limits<int32_t>::min()};
    return row < static_cast<int>(std::size(kFirst)) ? kFirst[row] : row * 7 % kTokens;
}

Preparation preparation(const TestWeight& table, float scale)
{
    return [&table, scale](Workspace& on) -> RowWork {
        return [&on, scale, loaded = table.loadOn(on.backend())](std::span<const int> rows) {
            std::vector<int32_t> ids(rows.size());
            std::ranges::transform(rows, ids.begin(), idOfRow);
            const Tensor y = on.output(static_cast<int>(rows.size()), loaded.in);
            on.backend().embed(y, loaded, on.input(ids, y.rows), scale);
            return on.read(y);
        };
    };
}

void agree(Trial& trial, const std::vector<PartShape>& parts, const EmbedShape& shape)
{
    const TestWeight table(3, parts, shape.cols);
    const auto tolerance = [&](int row, int col, double) {
        const int32_t id = idOfRow(row);
        if (id < 0 || id >= kTokens)
            return 0.;
        const float magnitude = table.magnitudes(id)[static_cast<size_t>(col)];
        return 4 * kRounding * std::fabs(shape.scale) * magnitude;
    };
    trial.agree(preparation(table, shape.scale), shape.rows, shape.placement, tolerance);
}

} // namespace

void addEmbedCases(std::vector<OperatorCase>& cases)
{
    constexpr EmbedShape kShapes[] = {{1, 256, 1.f, Placement::Packed},
                                      {2, 768, 27.7f, Placement::Spread},
                                      {17, 2048, 1.f, Placement::Packed},
                                      {33, 256, 0.5f, Placement::Spread}};
    std::vector<std::vector<PartShape>> tables;
    for (const DType type : kWeightTypes)
        tables.push_back({{type, kTokens}});
    tables.push_back({{DType::Q4_K, 20}, {DType::F16, kTokens - 20}});

    for (const std::vector<PartShape>& parts : tables) {
        for (const EmbedShape& shape : kShapes)
            cases.push_back({.operation = "embed",
                             .format = formatText(parts),
                             .shape = shapeText(shape.rows, shape.cols, shape.placement),
                             .quick = shape.rows == 17,
                             .run = [=](Trial& trial) { agree(trial, parts, shape); }});
        cases.push_back({.operation = "embed",
                         .format = formatText(parts),
                         .shape = "each row alone",
                         .quick = false,
                         .run = [=](Trial& trial) {
                             const TestWeight table(3, parts, 256);
                             trial.standAlone(preparation(table, 1.5f), 64);
                         }});
    }
}

} // namespace inglenook::self_test
