#include "kernels/self_test/cases.h"

namespace inglenook::self_test {

namespace {

/// A group of this device and one that always holds the same values.
class FixedPartner final : public GroupMember {
public:
    explicit FixedPartner(Matrix values)
        : m_values(std::move(values))
    {
    }

    void allReduce(std::span<float> values) override
    {
        for (size_t i = 0; i < values.size(); ++i)
            values[i] += m_values.values[i];
        ++calls;
    }

    int calls = 0;

private:
    Matrix m_values;
};

Preparation preparation(int rows, int cols)
{
    return [=](Workspace& on) -> RowWork {
        const Matrix x = randomMatrix(51, rows, cols);
        const Matrix y = randomMatrix(52, rows, cols, 100.f);
        return [=, &on](std::span<const int> chosen) {
            FixedPartner partner(y.chosen(chosen));
            const Tensor sum = on.changing(x.chosen(chosen));
            on.backend().allReduce(sum, partner);
            return on.read(sum);
        };
    };
}

/// What stands before the sum is in it, what stands behind it sees it, and a replay meets the
/// partner again.
void standsInOrder(Trial& trial, bool recorded)
{
    constexpr int kRows = 4;
    constexpr int kCols = 96;
    Workspace on(trial.device(), Placement::Packed);
    Workspace reference(trial.reference(), Placement::Packed);
    FixedPartner partner(randomMatrix(53, kRows, kCols));
    FixedPartner again(randomMatrix(53, kRows, kCols));
    const Matrix more = randomMatrix(54, kRows, kCols);
    const auto step = [](Workspace& workspace, Tensor x, Tensor y, GroupMember& member) {
        workspace.backend().add(x, y);
        workspace.backend().allReduce(x, member);
        workspace.backend().add(y, x);
        workspace.backend().allReduce(y, member);
        workspace.backend().add(x, y);
    };
    const Tensor x = on.changing(Matrix(kRows, kCols));
    const Tensor y = on.changing(more);
    const Tensor expectedX = reference.changing(Matrix(kRows, kCols));
    const Tensor expectedY = reference.changing(more);
    std::unique_ptr<Recording> recording;
    for (int round = 0; round < 3; ++round) {
        const Matrix start = randomMatrix(55 + static_cast<uint32_t>(round), kRows, kCols);
        on.rewrite(x, start);
        on.rewrite(y, more);
        reference.rewrite(expectedX, start);
        reference.rewrite(expectedY, more);
        if (!recorded)
            step(on, x, y, partner);
        else if (!recording)
            recording = on.backend().record([&] { step(on, x, y, partner); });
        else
            on.backend().replay(*recording);
        step(reference, expectedX, expectedY, again);
        trial.same(on.read(x), reference.read(expectedX), "in round " + std::to_string(round));
        trial.same(on.read(y), reference.read(expectedY), "in round " + std::to_string(round));
    }
    if (partner.calls != again.calls)
        trial.fail("The group met " + std::to_string(partner.calls) + " times, not " +
                   std::to_string(again.calls));
}

/// Ever wider sums with nobody waiting between them.
void growsWithoutWaiting(Trial& trial)
{
    constexpr int kRows[] = {1, 3, 40, 200};
    constexpr int kCols = 256;
    Workspace on(trial.device(), Placement::Packed);
    std::vector<Tensor> sums;
    std::vector<FixedPartner> partners;
    for (const int rows : kRows) {
        sums.push_back(on.changing(randomMatrix(60, rows, kCols)));
        partners.emplace_back(randomMatrix(61, rows, kCols));
    }
    for (size_t i = 0; i < sums.size(); ++i)
        on.backend().allReduce(sums[i], partners[i]);
    for (size_t i = 0; i < sums.size(); ++i) {
        Matrix expected = randomMatrix(60, kRows[i], kCols);
        FixedPartner(randomMatrix(61, kRows[i], kCols)).allReduce(expected.values);
        trial.same(on.read(sums[i]), expected, "of " + std::to_string(kRows[i]) + " rows");
    }
    on.checkGuards();
}

} // namespace

void addAllReduceCases(std::vector<OperatorCase>& cases)
{
    for (const RowsShape& s : kRowsShapes) {
        if (s.placement == Placement::Packed)
            cases.push_back({.operation = "allReduce",
                             .format = "",
                             .shape = shapeText(s.rows, s.cols, s.placement),
                             .quick = s.rows == 17,
                             .run = [=](Trial& trial) {
                                 trial.agree(preparation(s.rows, s.cols), s.rows, s.placement,
                                             exact);
                             }});
    }
    cases.push_back({.operation = "allReduce",
                     .format = "",
                     .shape = "ever wider, nobody waits",
                     .quick = false,
                     .run = growsWithoutWaiting});
    for (const bool recorded : {false, true})
        cases.push_back({.operation = "allReduce",
                         .format = "",
                         .shape = recorded ? "between others, replayed" : "between others",
                         .quick = recorded,
                         .run = [=](Trial& trial) { standsInOrder(trial, recorded); }});
}

} // namespace inglenook::self_test
