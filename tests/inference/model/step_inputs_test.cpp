#include "inference/model/step_inputs.h"

#include "kernels/devices.h"

#include <QTest>
#include <cmath>

using namespace inglenook;

namespace {

RopeSpec ropeOf(int dims, double base)
{
    RopeSpec spec;
    spec.dims = dims;
    spec.base = base;
    return spec;
}

template <typename T> std::vector<T> contentOf(Backend& backend, const Tensor& tensor)
{
    std::vector<T> values(static_cast<size_t>(tensor.rows) * static_cast<size_t>(tensor.cols));
    backend.read(std::as_writable_bytes(std::span(values)), tensor);
    return values;
}

using Ids = std::vector<int32_t>;

} // namespace

class StepInputsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_backend = createBackend({.kind = DeviceKind::Reference}); }
    void rowsArriveOnTheDevice();
    void missingRowsAreEmpty();
    void missingOutputsRepeatTheFirstRow();
    void nothingStaysOfAWiderStepBefore();
    void everyRopeTurnsByTheRowsPosition();
    void addressesStayTheSame();
    void bytesAreWhatTheConstructorTakes();

private:
    std::unique_ptr<Backend> m_backend;
    const std::vector<RopeSpec> m_specs = {ropeOf(8, 10000.), ropeOf(4, 500000.)};
    const std::vector<RopeTable> m_ropes{RopeTable(m_specs[0]), RopeTable(m_specs[1])};
};

void StepInputsTest::rowsArriveOnTheDevice()
{
    StepTensors tensors(*m_backend, m_ropes, 16, 16);
    const std::vector<StepRow> rows = {{.token = 7, .position = 3, .slot = 1, .output = false},
                                       {.token = 9, .position = 0, .slot = 2, .output = true}};

    const StepInputs in = tensors.write(*m_backend, rows, 2, 1, 64);

    QCOMPARE(contentOf<int32_t>(*m_backend, in.tokens), Ids({7, 9}));
    QCOMPARE(contentOf<int32_t>(*m_backend, in.positions), Ids({3, 0}));
    QCOMPARE(contentOf<int32_t>(*m_backend, in.slots), Ids({1, 2}));
    QCOMPARE(contentOf<int32_t>(*m_backend, in.outputRows), Ids({1}));
    QCOMPARE(in.contextBound, 64);
}

void StepInputsTest::missingRowsAreEmpty()
{
    StepTensors tensors(*m_backend, m_ropes, 16, 16);
    const std::vector<StepRow> rows = {{.token = 7, .position = 3, .slot = 0, .output = true}};

    const StepInputs in = tensors.write(*m_backend, rows, 4, 1, 64);

    QCOMPARE(contentOf<int32_t>(*m_backend, in.positions), Ids({3, -1, -1, -1}));
}

void StepInputsTest::missingOutputsRepeatTheFirstRow()
{
    StepTensors tensors(*m_backend, m_ropes, 16, 16);
    std::vector<StepRow> rows(3, StepRow{.position = 0});
    rows[2].output = true;

    const StepInputs in = tensors.write(*m_backend, rows, 4, 4, 64);

    QCOMPARE(contentOf<int32_t>(*m_backend, in.outputRows), Ids({2, 0, 0, 0}));
}

void StepInputsTest::nothingStaysOfAWiderStepBefore()
{
    StepTensors tensors(*m_backend, m_ropes, 4, 4);
    const std::vector<StepRow> wide(4,
                                    StepRow{.token = 5, .position = 9, .slot = 3, .output = true});
    tensors.write(*m_backend, wide, 4, 4, 64);

    const StepInputs in = tensors.write(*m_backend, std::span(wide).first(1), 2, 2, 64);

    QCOMPARE(contentOf<int32_t>(*m_backend, in.positions), Ids({9, -1}));
    QCOMPARE(contentOf<int32_t>(*m_backend, in.outputRows), Ids({0, 0}));
}

void StepInputsTest::everyRopeTurnsByTheRowsPosition()
{
    StepTensors tensors(*m_backend, m_ropes, 16, 16);
    std::vector<StepRow> rows(3);
    for (size_t r = 0; r < rows.size(); ++r)
        rows[r].position = static_cast<int>(11 * r);
    tensors.write(*m_backend, rows, 4, 1, 64);

    for (int rope = 0; rope < 2; ++rope) {
        const RopeTable& table = m_ropes[static_cast<size_t>(rope)];
        const Tensor rotation = tensors.rotation(rope, 3);
        QCOMPARE(rotation.rows, 3);
        std::vector<float> wanted;
        std::vector<float> row(static_cast<size_t>(table.dims()));
        for (const StepRow& r : rows) {
            table.fill(r.position, row);
            wanted.insert(wanted.end(), row.begin(), row.end());
        }
        QCOMPARE(contentOf<float>(*m_backend, rotation), wanted);
    }
}

/// A recorded step reads the same places at each replay.
void StepInputsTest::addressesStayTheSame()
{
    StepTensors tensors(*m_backend, m_ropes, 16, 16);
    const std::vector<StepRow> rows(5, StepRow{.position = 1});
    const StepInputs one = tensors.write(*m_backend, std::span(rows).first(1), 1, 1, 64);
    const StepInputs five = tensors.write(*m_backend, rows, 8, 8, 128);

    const auto samePlace = [](const Tensor& a, const Tensor& b) {
        return a.buffer == b.buffer && a.offset == b.offset;
    };
    QVERIFY(samePlace(one.tokens, five.tokens));
    QVERIFY(samePlace(one.positions, five.positions));
    QVERIFY(samePlace(one.slots, five.slots));
    QVERIFY(samePlace(one.outputRows, five.outputRows));
    QVERIFY(samePlace(one.tokens, tensors.firstToken()));
}

void StepInputsTest::bytesAreWhatTheConstructorTakes()
{
    const StepTensors tensors(*m_backend, m_ropes, 100, 16);
    QCOMPARE(tensors.firstToken().buffer->bytes(), StepTensors::bytes(m_specs, 100, 16));
}

QTEST_APPLESS_MAIN(StepInputsTest)
#include "step_inputs_test.moc"
