#include "inference/model/weights.h"

#include "inference/architectures/architecture.h"
#include "kernels/devices.h"
#include "tests/models/tiny_model.h"

#include <QTest>
#include <algorithm>
#include <stdexcept>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

/// A model with some arrays changed.
class ChangedModel final : public ModelFile {
public:
    explicit ChangedModel(const std::string& name)
        : m_original(tinyModel(name))
        , m_arrays(m_original->arrays().begin(), m_original->arrays().end())
    {
    }

    ModelArray& array(const std::string& name)
    {
        return *std::ranges::find(m_arrays, name, &ModelArray::name);
    }
    void remove(const std::string& name)
    {
        std::erase_if(m_arrays, [&](const ModelArray& a) { return a.name == name; });
    }

    const std::string& path() const override { return m_original->path(); }
    const Metadata& metadata() const override { return m_original->metadata(); }
    std::span<const ModelArray> arrays() const override { return m_arrays; }
    uint64_t fileBytes() const override { return m_original->fileBytes(); }
    void expect(std::span<const std::byte> bytes) const override { m_expected += bytes.size(); }
    uint64_t expected() const { return m_expected; }
    const ModelArray* find(std::string_view name) const override
    {
        const auto found = std::ranges::find(m_arrays, name, &ModelArray::name);
        return found == m_arrays.end() ? nullptr : &*found;
    }

private:
    std::unique_ptr<ModelFile> m_original;
    std::vector<ModelArray> m_arrays;
    mutable uint64_t m_expected = 0; // bytes
};

std::string refusal(const ModelFile& model)
{
    try {
        const WeightLoader loader(model, readModelSpec(model));
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

#define VERIFY_CONTAINS(text, part) QVERIFY2((text).find(part) != std::string::npos, (text).c_str())

} // namespace

class WeightsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void missingArrayIsNamed();
    void wrongShapeIsNamedWithBothShapes();
    void unknownArrayIsNamed();
    void unsupportedFormatIsNamed();
    void loadingGoesOneWeightAtATime();
    void largeWeightIsReadAndLoadedInPieces();
    void oneTokenReadsTheExpertsThatItUses();
    void biasesAndSinksFollowTheirOutputs();
    void bytesAreThoseThatAreKept();
    void fusedArraysAreTheMatricesBehindEachOther();
    void tiedHeadIsTheEmbedding();
};

void WeightsTest::missingArrayIsNamed()
{
    ChangedModel model("llama");
    model.remove("blk.1.ffn_up.weight");
    VERIFY_CONTAINS(refusal(model), "blk.1.ffn_up.weight is missing");

    // the spec decides what must be there: a family with biases without one of them
    ChangedModel qwen("qwen2");
    qwen.remove("blk.0.attn_k.bias");
    VERIFY_CONTAINS(refusal(qwen), "blk.0.attn_k.bias is missing");
}

void WeightsTest::wrongShapeIsNamedWithBothShapes()
{
    ChangedModel model("llama");
    model.array("blk.0.attn_k.weight").rows = 33;
    VERIFY_CONTAINS(refusal(model), "blk.0.attn_k.weight has 33 x 64 numbers, expected 32 x 64");
}

void WeightsTest::unknownArrayIsNamed()
{
    ChangedModel model("llama");
    model.array("output_norm.weight").name = "blk.0.attn_sinks.weight";
    VERIFY_CONTAINS(refusal(model), "output_norm.weight is missing");

    ChangedModel more("qwen3");
    more.array("output.weight").name = "blk.0.attn_sinks.weight";
    VERIFY_CONTAINS(refusal(more), "blk.0.attn_sinks.weight is not understood");
}

void WeightsTest::unsupportedFormatIsNamed()
{
    ChangedModel model("llama");
    model.array("output.weight").supported = false;
    model.array("output.weight").typeName = "IQ2_XS";
    VERIFY_CONTAINS(refusal(model), "output.weight has the format IQ2_XS");
}

void WeightsTest::loadingGoesOneWeightAtATime()
{
    const auto backend = createBackend({.kind = DeviceKind::Reference});
    const auto model = tinyModel("gemma2");
    WeightLoader loader(*model, readModelSpec(*model));
    QCOMPARE(loader.totalBytes(), model->fileBytes());

    int steps = 0;
    uint64_t before = 0;
    while (!loader.finished()) {
        loader.loadNext(*backend);
        QVERIFY(loader.loadedBytes() > before);
        before = loader.loadedBytes();
        ++steps;
    }

    // the embedding, eight weights of each of three layers, the last norm
    QCOMPARE(steps, 1 + 3 * 8 + 1);
    QCOMPARE(loader.loadedBytes(), loader.totalBytes());
    const Weights weights = loader.take();
    QCOMPARE(weights.layers[2].qkv.out, (4 + 2 + 2) * 32);
    QVERIFY(weights.bytesPerToken() > 0);
}

void WeightsTest::largeWeightIsReadAndLoadedInPieces()
{
    ChangedModel model("llama-mqa");
    ModelSpec spec = readModelSpec(model);
    spec.vocabulary = 600'000;
    ModelArray& embedding = model.array("token_embd.weight");
    const std::vector<std::byte> zeros(size_t{600'000} * 64 * 4);
    embedding.rows = spec.vocabulary;
    embedding.bytes = zeros;
    embedding.byteCount = zeros.size();
    const auto backend = createBackend({.kind = DeviceKind::Reference});
    WeightLoader loader(model, spec);

    std::vector<uint64_t> loaded;
    while (loader.loadedBytes() == 0) {
        loader.loadNext(*backend);
        loaded.push_back(loader.loadedBytes());
    }
    // 154 MB by 16 MiB: nine pieces and a bit are brought into memory, and as many are loaded, the
    // first of them with the bit
    std::vector<uint64_t> expected(18, 0);
    expected.push_back(zeros.size());
    QCOMPARE(loaded, expected);
    while (!loader.finished())
        loader.loadNext(*backend);

    // the disk was told of everything, once
    QCOMPARE(model.expected(), loader.totalBytes());
}

void WeightsTest::oneTokenReadsTheExpertsThatItUses()
{
    const auto backend = createBackend({.kind = DeviceKind::Reference});
    const auto model = tinyModel("qwen3moe");
    WeightLoader loader(*model, readModelSpec(*model));
    while (!loader.finished())
        loader.loadNext(*backend);
    QCOMPARE(loader.loadedBytes(), model->fileBytes());
    // five of eight experts, in two layers: gate, up and down of 64 x 32 numbers each
    QCOMPARE(loader.unusedBytes(), uint64_t{2 * 5 * 3 * 64 * 32 * 4});

    const Weights weights = loader.take();

    QCOMPARE(weights.layers[1].expertGates.out, 8 * 32);
    QCOMPARE(weights.layers[1].expertDowns.out, 8 * 64);
    QVERIFY(!weights.layers[1].gateUp && !weights.layers[1].down);
    QCOMPARE(weights.bytesPerToken(),
             loader.totalBytes() - loader.unusedBytes() - weights.embedding.bytes);
}

/// Of two devices that share gpt-oss each has its part of what is added up, and one of them what is
/// added once.
void WeightsTest::biasesAndSinksFollowTheirOutputs()
{
    const auto model = tinyModel("gpt-oss");
    const ModelSpec spec = readModelSpec(*model);
    const std::vector<double> halves{0.5, 0.5};
    const std::vector<ModelSlice> slices = splitTensors(*model, spec, halves);
    for (const bool second : {false, true}) {
        const auto backend = createBackend({.kind = DeviceKind::Reference});
        WeightLoader loader(*model, spec, slices[second ? 1 : 0]);
        while (!loader.finished())
            loader.loadNext(*backend);
        const Weights weights = loader.take();
        const LayerWeights& layer = weights.layers[1];
        QCOMPARE(layer.sinks.in, 2);
        QCOMPARE(layer.routerBias.in, 6);
        QCOMPARE(layer.expertGateBiases.in, 6 * 32);
        QCOMPARE(layer.expertUpBiases.in, 6 * 32);
        QCOMPARE(static_cast<bool>(layer.attentionOutBias), !second);
        QCOMPARE(static_cast<bool>(layer.expertDownBiases), !second);
    }
}

/// What has no kernels of its own takes the room of what it becomes.
void WeightsTest::bytesAreThoseThatAreKept()
{
    const auto bytes = [](DType type) {
        const auto model = tinyModel("llama", type);
        return WeightLoader(*model, readModelSpec(*model)).totalBytes();
    };
    QCOMPARE(bytes(DType::IQ4_NL), bytes(DType::Q8_0));
    QCOMPARE(bytes(DType::Q5_0), bytes(DType::Q5_1));
    QVERIFY(bytes(DType::Q5_0) < bytes(DType::Q8_0));
}

void WeightsTest::fusedArraysAreTheMatricesBehindEachOther()
{
    const auto model = tinyModel("phi");
    const ModelSpec spec = readModelSpec(*model);
    const std::vector<double> halves{0.5, 0.5};
    uint64_t bytes = 0;
    for (const ModelSlice& slice : splitTensors(*model, spec, halves)) {
        const auto backend = createBackend({.kind = DeviceKind::Reference});
        WeightLoader loader(*model, spec, slice);
        while (!loader.finished())
            loader.loadNext(*backend);
        const Weights weights = loader.take();
        QCOMPARE(weights.layers[0].qkv.out, (2 + 1 + 1) * 16);
        QCOMPARE(weights.layers[0].gateUp.out, 2 * 48);
        bytes += weights.layers[0].qkv.bytes + weights.layers[0].gateUp.bytes;
    }
    QCOMPARE(bytes,
             model->find("blk.0.attn_qkv.weight")->byteCount +
                 model->find("blk.0.ffn_up.weight")->byteCount);
}

void WeightsTest::tiedHeadIsTheEmbedding()
{
    const auto backend = createBackend({.kind = DeviceKind::Reference});
    for (const auto& [name, tied] : {std::pair("llama-mqa", true), std::pair("llama", false)}) {
        const auto model = tinyModel(name);
        WeightLoader loader(*model, readModelSpec(*model));
        while (!loader.finished())
            loader.loadNext(*backend);
        const Weights weights = loader.take();
        QCOMPARE(weights.head.data == weights.embedding.data, tied);
    }
}

QTEST_APPLESS_MAIN(WeightsTest)
#include "weights_test.moc"
