#include "inference/architectures/architecture.h"

#include "tests/models/tiny_model.h"

#include <QTest>
#include <stdexcept>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

/// A tiny model whose metadata were changed.
class ChangedModel final : public ModelFile {
public:
    explicit ChangedModel(const std::string& name)
        : m_original(tinyModel(name))
        , m_metadata(m_original->metadata())
    {
    }

    Metadata& changes() { return m_metadata; }

    const std::string& path() const override { return m_original->path(); }
    const Metadata& metadata() const override { return m_metadata; }
    std::span<const ModelArray> arrays() const override { return m_original->arrays(); }
    uint64_t fileBytes() const override { return m_original->fileBytes(); }
    const ModelArray* find(std::string_view name) const override { return m_original->find(name); }

private:
    std::unique_ptr<ModelFile> m_original;
    Metadata m_metadata;
};

std::string refusalOf(const std::string& model, const std::string& key, Metadata::Value value)
{
    ChangedModel changed(model);
    changed.changes().set(key, std::move(value));
    try {
        static_cast<void>(readModelSpec(changed));
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

} // namespace

class RegistryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyTinyModelIsRead();
    void whatIsNotUnderstoodIsRefusedByName_data();
    void whatIsNotUnderstoodIsRefusedByName();
    void featuresThatAreSwitchedOffAreAccepted();
    void gemma3AlternatesFiveWindowsAndOneThatSeesAll();
    void gemma2AlternatesWindows();
    void gptOssHasAWindowOnEveryOtherLayer();
    void the27BsScaleTheirQueriesByWidthPerHead();
    void mistralsWindowIsOnEveryLayer();
    void scalingNoneIsNoScaling();
};

void RegistryTest::everyTinyModelIsRead()
{
    for (const std::string& name : tinyModelNames()) {
        const ModelSpec spec = readModelSpec(*tinyModel(name));
        QCOMPARE(spec.dim, 64);
        QVERIFY(!spec.layers.empty() && !spec.ropes.empty());
    }
}

void RegistryTest::whatIsNotUnderstoodIsRefusedByName_data()
{
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("key");
    QTest::addColumn<int>("kind"); // 0: whole number, 1: text, 2: number, 3: truth
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("named"); // in the sentence
    const auto row = [](const char* model, const char* key, int kind, const char* value,
                        const char* named) {
        QTest::addRow("%s %s", model, key) << model << key << kind << value << named;
    };
    row("llama", "general.architecture", 1, "mamba", "mamba");
    row("llama", "llama.rope.scaling.type", 1, "longrope", "longrope");
    row("llama-longrope", "llama.rope.scaling.type", 1, "yarn", "at once");
    row("qwen2", "qwen2.expert_count", 0, "8", "qwen2.expert_count");
    row("llama", "llama.expert_count", 0, "8", "llama.expert_used_count");
    row("llama", "llama.expert_used_count", 0, "2", "llama.expert_used_count");
    row("mixtral", "llama.expert_used_count", 0, "6", "llama.expert_used_count");
    row("mixtral", "llama.expert_gating_func", 0, "2", "llama.expert_gating_func");
    row("mixtral", "llama.expert_weights_norm", 3, "0", "llama.expert_weights_norm");
    row("mixtral", "llama.expert_weights_scale", 2, "2.5", "llama.expert_weights_scale");
    row("qwen3moe", "qwen3moe.expert_shared_count", 0, "1", "qwen3moe.expert_shared_count");
    row("qwen3moe", "qwen3moe.expert_group_count", 0, "4", "qwen3moe.expert_group_count");
    row("qwen3moe", "qwen3moe.leading_dense_block_count", 0, "1",
        "qwen3moe.leading_dense_block_count");
    row("llama", "llama.attention.temperature_scale", 2, "0.1",
        "llama.attention.temperature_scale");
    row("llama", "llama.use_parallel_residual", 3, "1", "llama.use_parallel_residual");
    row("llama", "llama.attention.causal", 3, "0", "llama.attention.causal");
    row("llama", "llama.some_new_feature", 0, "1", "llama.some_new_feature");
    row("llama", "llama.block_count", 0, "0", "llama.block_count");
    row("llama", "llama.attention.head_count", 0, "3", "heads");
    row("llama", "llama.attention.head_count_kv", 0, "3", "key heads");
    row("llama", "llama.attention.value_length", 0, "32", "differ in length");
    row("llama", "llama.rope.freq_base", 2, "-1", "llama.rope.freq_base");
    row("llama", "llama.rope.dimension_count", 0, "64", "llama.rope.dimension_count");
    row("qwen2", "qwen2.rope.scaling.yarn_ext_factor", 2, "0.5",
        "qwen2.rope.scaling.yarn_ext_factor");
    row("gpt-oss", "gpt-oss.expert_count", 0, "0", "expert");
    row("gpt-oss", "gpt-oss.attention.sliding_window", 0, "0", "sliding_window");
    row("gemma3", "gemma3.attn_logit_softcapping", 2, "50", "gemma3.attn_logit_softcapping");
}

void RegistryTest::whatIsNotUnderstoodIsRefusedByName()
{
    QFETCH(const QString, model);
    QFETCH(const QString, key);
    QFETCH(const int, kind);
    QFETCH(const QString, value);
    QFETCH(const QString, named);
    const Metadata::Value values[] = {int64_t{value.toLongLong()}, value.toStdString(),
                                      value.toDouble(), value == "1"};

    const std::string sentence = refusalOf(model.toStdString(), key.toStdString(), values[kind]);

    QVERIFY2(QString::fromStdString(sentence).contains(named), sentence.c_str());
}

void RegistryTest::featuresThatAreSwitchedOffAreAccepted()
{
    for (const auto& [key, value] :
         {std::pair<const char*, Metadata::Value>("llama.expert_count", int64_t{0}),
          {"llama.expert_used_count", int64_t{0}},
          {"llama.use_parallel_residual", false},
          {"llama.attention.causal", true},
          {"llama.vocab_size", int64_t{302}},
          {"llama.attention.sliding_window", int64_t{0}}}) {
        const std::string sentence = refusalOf("llama", key, value);
        QVERIFY2(sentence.empty(), sentence.c_str());
    }
}

void RegistryTest::gemma3AlternatesFiveWindowsAndOneThatSeesAll()
{
    const ModelSpec spec = readModelSpec(*tinyModel("gemma3"));
    QCOMPARE(spec.ropes.size(), size_t{2});
    QCOMPARE(spec.ropes[0].base, 1e6);
    QCOMPARE(spec.ropes[0].factor, 8.);
    QCOMPARE(spec.ropes[1].base, 1e4);
    QCOMPARE(spec.ropes[1].factor, 1.);
    for (size_t i = 0; i < spec.layers.size(); ++i) {
        QCOMPARE(spec.layers[i].attention.window, i == 5 ? 0 : 12);
        QCOMPARE(spec.layers[i].rope, i == 5 ? 0 : 1);
    }
}

void RegistryTest::gemma2AlternatesWindows()
{
    const ModelSpec spec = readModelSpec(*tinyModel("gemma2"));
    QCOMPARE(spec.layers[0].attention.window, 12);
    QCOMPARE(spec.layers[1].attention.window, 0);
    QCOMPARE(spec.layers[2].attention.window, 12);
    QCOMPARE(spec.embeddingScale, 8.f);
    QCOMPARE(spec.layers[0].attention.scale, 1.f / std::sqrt(32.f));
}

void RegistryTest::gptOssHasAWindowOnEveryOtherLayer()
{
    ChangedModel model("gpt-oss");
    model.changes().set("gpt-oss.rope.scaling.type", std::string("yarn"));
    model.changes().set("gpt-oss.rope.scaling.factor", 32.);
    const ModelSpec spec = readModelSpec(model);
    QCOMPARE(spec.layers[0].attention.window, 12);
    QCOMPARE(spec.layers[1].attention.window, 0);
    QCOMPARE(spec.layers[2].attention.window, 12);
    QVERIFY(spec.layers[0].activation == Activation::ClampedSilu);
    QVERIFY(spec.layers[0].experts.biases && spec.layers[0].sinks);
    QVERIFY(!spec.ropes[0].yarn.wholePairs);
}

void RegistryTest::the27BsScaleTheirQueriesByWidthPerHead()
{
    ChangedModel gemma2("gemma2");
    gemma2.changes().set("gemma2.block_count", int64_t{46});
    QCOMPARE(readModelSpec(gemma2).layers[0].attention.scale, 0.25f);
    ChangedModel gemma3("gemma3");
    gemma3.changes().set("gemma3.block_count", int64_t{62});
    QCOMPARE(readModelSpec(gemma3).layers[0].attention.scale, 1.f / std::sqrt(32.f));
}

void RegistryTest::mistralsWindowIsOnEveryLayer()
{
    for (const LayerSpec& layer : readModelSpec(*tinyModel("mistral-window")).layers)
        QCOMPARE(layer.attention.window, 8);
}

void RegistryTest::scalingNoneIsNoScaling()
{
    ChangedModel model("llama-linear");
    QCOMPARE(readModelSpec(model).ropes[0].factor, 4.);
    model.changes().set("llama.rope.scaling.type", std::string("none"));
    QCOMPARE(readModelSpec(model).ropes[0].factor, 1.);
}

QTEST_APPLESS_MAIN(RegistryTest)
#include "registry_test.moc"
