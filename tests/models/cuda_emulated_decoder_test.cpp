#include "kernels/devices.h"
#include "tests/models/decoder_checks.h"
#include "tests/models/tiny_runner.h"
#include "tests/support/cuda_on_cpu/emulated_device.h"

#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;
using namespace inglenook::cuda_on_cpu;

namespace {

constexpr double kQuantisedLimit = 3e-2;

} // namespace

/// Whole decoders on the CUDA kernels compiled for the CPU.
class CudaEmulatedDecoderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsStandAlone_data();
    void rowsStandAlone();
    void logitsAgreeWithTheReference_data();
    void logitsAgreeWithTheReference();
    void groupsComputeTheSame_data();
    void groupsComputeTheSame();
    void takesNoMoreThanItsWorkspaceBesides();

private:
    static void addModel(const CheckedModel& model, Architecture architecture,
                         KvType kv = KvType::F16);
};

void CudaEmulatedDecoderTest::addModel(const CheckedModel& model, Architecture architecture,
                                       KvType kv)
{
    const bool turing = architecture == Architecture::Turing;
    QTest::addRow("%s, cache %s, %s", model.text().c_str(), std::string(name(kv)).c_str(),
                  turing ? "Turing" : "Ampere")
        << static_cast<int>(architecture) << QString::fromStdString(model.model)
        << static_cast<int>(model.type) << static_cast<int>(kv);
}

/// Quantised, because those are the products that matter and that are quick to emulate.
void CudaEmulatedDecoderTest::rowsStandAlone_data()
{
    QTest::addColumn<int>("architecture");
    QTest::addColumn<QString>("model");
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("kv");
    addModel({"llama", DType::Q8_0}, Architecture::Turing);
    addModel({"mistral-window", DType::Q4_0}, Architecture::Ampere);
    addModel({"qwen3", DType::Q8_0}, Architecture::Ampere);
    addModel({"gemma2", DType::Q4_0}, Architecture::Ampere);
    addModel({"llama", DType::Q8_0}, Architecture::Ampere, KvType::Q8_0);
    addModel({"qwen3", DType::Q8_0}, Architecture::Turing, KvType::Q4);
}

void CudaEmulatedDecoderTest::logitsAgreeWithTheReference_data()
{
    QTest::addColumn<int>("architecture");
    QTest::addColumn<QString>("model");
    QTest::addColumn<int>("type");
    QTest::addColumn<int>("kv");
    bool turing = true;
    for (const CheckedModel& model : checkedModels()) {
        addModel(model, turing ? Architecture::Turing : Architecture::Ampere);
        turing = !turing;
    }
}

void CudaEmulatedDecoderTest::rowsStandAlone()
{
    QFETCH(int, architecture);
    QFETCH(QString, model);
    QFETCH(int, type);
    const auto backend = openBackend(static_cast<Architecture>(architecture));
    const auto file = tinyModel(model.toStdString(), static_cast<DType>(type));
    QFETCH(int, kv);
    TinyDevices device(*backend);
    device.kvType = static_cast<KvType>(kv);

    const std::string sliced = checkSlicedPrompt(device, *file);
    const std::string mixed = checkMixedSequences(device, *file);
    const std::string replayed = checkReplay(device, *file);

    QCOMPARE(sliced, std::string());
    QCOMPARE(mixed, std::string());
    QCOMPARE(replayed, std::string());
}

void CudaEmulatedDecoderTest::logitsAgreeWithTheReference()
{
    QFETCH(int, architecture);
    QFETCH(QString, model);
    QFETCH(int, type);
    const auto backend = openBackend(static_cast<Architecture>(architecture));
    const auto reference = createBackend({DeviceKind::Reference, 0});
    const auto file = tinyModel(model.toStdString(), static_cast<DType>(type));
    const std::vector<int32_t> tokens = tinyPrompt(kCheckedTokens);

    TinyRunner ours(*backend, *file);
    TinyRunner theirs(*reference, *file);
    const std::vector<float> found = ours.runSlices(tokens, 0, kCheckedTokens);
    const std::vector<float> expected = theirs.runSlices(tokens, 0, kCheckedTokens);

    // Activations rounded to 8 bits move the logits of quantised models by more
    const double limit = static_cast<DType>(type) == DType::F32 ? 1e-4 : kQuantisedLimit;
    const double difference = meanDifference(found, expected);
    QVERIFY2(difference <= limit, qPrintable(QString("mean difference %1").arg(difference)));
}

/// Two streams of one GPU, two unlike GPUs, a GPU and the processor.
void CudaEmulatedDecoderTest::groupsComputeTheSame_data()
{
    QTest::addColumn<int>("split");
    QTest::addColumn<double>("share");
    QTest::addColumn<bool>("processor");
    const auto add = [](const char* name, Split split, double share, bool processor) {
        QTest::newRow(name) << static_cast<int>(split) << share << processor;
    };
    add("streams of one GPU, tensors", Split::Tensors, 0.5, false);
    add("streams of one GPU, unevenly", Split::Tensors, 0.7, false);
    add("streams of one GPU, layers", Split::Layers, 0.5, false);
    add("with the processor", Split::Tensors, 0.7, true);
}

void CudaEmulatedDecoderTest::groupsComputeTheSame()
{
    QFETCH(int, split);
    QFETCH(double, share);
    QFETCH(bool, processor);
    const auto file = tinyModel("qwen3", DType::Q8_0);
    const std::shared_ptr<Backend> first = openBackend(Architecture::Ampere);
    const std::shared_ptr<Backend> second =
        processor ? createBackend({DeviceKind::Cpu, 0}) : openBackend(Architecture::Ampere);
    const TinyDevices devices({first, second}, static_cast<Split>(split), {share, 1. - share});
    const std::vector<int32_t> tokens = tinyPrompt(kCheckedTokens);

    TinyRunner alone(*first, *file);
    TinyRunner together(devices, *file);
    const std::vector<float> expected = alone.runSlices(tokens, 0, kCheckedTokens);
    const std::vector<float> found = together.runSlices(tokens, 0, kCheckedTokens);
    const std::string replayed = checkReplay(devices, *file);

    QCOMPARE(replayed, std::string());
    const double difference = meanDifference(found, expected);
    QVERIFY2(difference <= kQuantisedLimit,
             qPrintable(QString("mean difference %1").arg(difference)));
}

/// What a plan does not know of is bounded by what the device says of itself.
void CudaEmulatedDecoderTest::takesNoMoreThanItsWorkspaceBesides()
{
    const auto card = [] { return listEmulatedDevices()[1]; };
    const auto file = tinyModel("llama", DType::Q8_0);
    const size_t atFirst = card().memoryFree;
    const auto backend = openBackend(Architecture::Ampere);
    const size_t opened = card().memoryFree;
    TinyRunner runner(*backend, *file);
    const size_t loaded = card().memoryFree;

    const std::vector<int32_t> tokens = tinyPrompt(kCheckedTokens);
    for (const int slice : {kCheckedTokens, 1, 16})
        static_cast<void>(runner.runSlices(tokens, 0, slice));
    const AttentionShape& shape = runner.spec().layers[0].attention;
    std::vector<std::byte> page(kvPageBytes(shape.kvHeads, shape.headSize));
    const auto buffer = backend->allocate(page.size());
    const KvPages pages{.buffer = buffer, .pageCount = 1};
    const int first = 0;
    backend->readPages(page, pages, {&first, 1}, shape);

    const size_t taken = atFirst - opened + loaded - card().memoryFree - buffer->bytes();
    QVERIFY(taken > 0);
    QVERIFY2(taken <= card().workspaceBytes, qPrintable(QString::number(taken)));
}

QTEST_APPLESS_MAIN(CudaEmulatedDecoderTest)
#include "cuda_emulated_decoder_test.moc"
