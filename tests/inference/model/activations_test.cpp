#include "inference/model/activations.h"

#include "kernels/devices.h"

#include <QTest>
#include <array>
#include <set>

using namespace inglenook;

namespace {

/// Two layers of unlike widths, and one of experts.
ModelSpec unevenSpec()
{
    ModelSpec spec;
    spec.dim = 64;
    spec.vocabulary = 100;
    LayerSpec narrow;
    narrow.attention = {.heads = 2, .kvHeads = 1, .headSize = 32};
    narrow.feedForwardCols = 256;
    LayerSpec wide = narrow;
    wide.attention = {.heads = 4, .kvHeads = 2, .headSize = 32};
    wide.feedForwardCols = 128;
    LayerSpec experts = narrow;
    experts.feedForwardCols = 32;
    experts.experts = {.count = 12, .used = 3};
    spec.layers = {narrow, wide, experts};
    return spec;
}

std::array<Tensor, 13> tensorsOf(const Activations::Step& s)
{
    return {s.x,
            s.h,
            s.qkv,
            s.attention,
            s.mixed,
            s.gateUp,
            s.routerLogits,
            s.experts,
            s.expertWeights,
            s.expertResults,
            s.last,
            s.logits,
            s.candidates};
}

} // namespace

class ActivationsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_backend = createBackend({.kind = DeviceKind::Reference}); }
    void matricesFitTheWidestLayer();
    void stepIsTheFirstRowsOfTheSameMemory();
    void matricesDoNotShareMemory();
    void bytesAreWhatTheConstructorTakes();

private:
    std::unique_ptr<Backend> m_backend;
};

void ActivationsTest::matricesFitTheWidestLayer()
{
    const Activations activations(*m_backend, unevenSpec(), 32, 16);
    const Activations::Step step = activations.step(32, 16);

    QCOMPARE(step.x.cols, 64);
    QCOMPARE(step.qkv.cols, 4 * 32 + 2 * 2 * 32); // the second layer's
    QCOMPARE(step.attention.cols, 4 * 32);
    QCOMPARE(step.gateUp.cols, 2 * 256); // the first layer's
    QCOMPARE(step.routerLogits.cols, 12);
    QCOMPARE(step.experts.cols, 3);
    QCOMPARE(step.experts.type, DType::I32);
    QCOMPARE(step.expertResults.cols, 3 * 64);
    QCOMPARE(step.logits.cols, 100);
    QCOMPARE(step.logits.rows, 16);
    QCOMPARE(step.candidates.rows, 16);
    QCOMPARE(step.candidates.cols, kCandidateCols);
    QCOMPARE(step.candidates.type, DType::I32);
}

void ActivationsTest::stepIsTheFirstRowsOfTheSameMemory()
{
    const Activations activations(*m_backend, unevenSpec(), 32, 16);
    const auto whole = tensorsOf(activations.step(32, 16));
    const auto part = tensorsOf(activations.step(3, 2));

    for (size_t i = 0; i < whole.size(); ++i) {
        QCOMPARE(part[i].buffer, whole[i].buffer);
        QCOMPARE(part[i].offset, whole[i].offset);
        QCOMPARE(part[i].cols, whole[i].cols);
        QCOMPARE(part[i].rows, i < 10 ? 3 : 2);
    }
}

void ActivationsTest::matricesDoNotShareMemory()
{
    const Activations activations(*m_backend, unevenSpec(), 32, 16);
    std::set<const Buffer*> buffers;
    for (const Tensor& tensor : tensorsOf(activations.step(1, 1)))
        buffers.insert(tensor.buffer);
    QCOMPARE(buffers.size(), size_t{13});
}

void ActivationsTest::bytesAreWhatTheConstructorTakes()
{
    const Activations activations(*m_backend, unevenSpec(), 32, 16);
    size_t taken = 0;
    for (const Tensor& tensor : tensorsOf(activations.step(32, 16)))
        taken += tensor.buffer->bytes();
    QCOMPARE(taken, Activations::bytes(unevenSpec(), 32, 16));
}

QTEST_APPLESS_MAIN(ActivationsTest)
#include "activations_test.moc"
