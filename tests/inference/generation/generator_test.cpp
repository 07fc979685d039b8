#include "inference/generation/generator.h"

#include "inference/model_files/gguf_writer.h"
#include "tests/models/tiny_model.h"
#include "tests/models/tiny_vocabulary.h"
#include "tests/support/loaded_drivers.h"

#include <QTemporaryDir>
#include <QTest>
#include <cstring>
#include <limits>
#include <map>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

constexpr int kTokens = 90; // of each reply

std::unique_ptr<LoadedModel> loaded(const std::string& path)
{
    LoadRequest request;
    request.path = path;
    request.device = "reference";
    ModelLoading loading(request);
    while (!loading.finished())
        loading.advance();
    return loading.take();
}

SamplingSettings samplingOf(uint64_t id)
{
    SamplingSettings sampling;
    sampling.seed = id;
    return sampling;
}

/// Runs sequences until each has kTokens; returns their tokens.
std::map<uint64_t, std::vector<int32_t>> generate(LoadedModel& model,
                                                  const std::vector<uint64_t>& ids)
{
    Generator generator(model);
    for (const uint64_t id : ids)
        generator.add(id, tinyPrompt(50, id), samplingOf(id));
    std::map<uint64_t, std::vector<int32_t>> tokens;
    for (int i = 0; generator.busy() && i < 100000; ++i) {
        for (const GeneratorEvent& event : generator.step()) {
            const auto* chosen = std::get_if<TokenChosen>(&event);
            if (!chosen || tokens[chosen->id].size() == kTokens)
                continue; // a step may choose more than is wanted
            tokens[chosen->id].push_back(chosen->token);
            if (tokens[chosen->id].size() == kTokens)
                generator.remove(chosen->id);
        }
    }
    return tokens;
}

/// The model with a token whose embedding is not a number.
void writeWithBrokenToken(const ModelFile& model, int32_t token, const std::string& path)
{
    std::vector<GgufArray> arrays;
    std::vector<float> embedding;
    for (const ModelArray& array : model.arrays()) {
        GgufArray copy{.name = array.name,
                       .typeName = array.typeName,
                       .dimensions = array.dimensions,
                       .bytes = array.bytes};
        if (array.name == "token_embd.weight") {
            embedding.resize(array.bytes.size() / sizeof(float));
            std::memcpy(embedding.data(), array.bytes.data(), array.bytes.size());
            embedding[static_cast<size_t>(token * array.cols)] =
                std::numeric_limits<float>::quiet_NaN();
            copy.bytes = std::as_bytes(std::span(embedding));
        }
        arrays.push_back(std::move(copy));
    }
    writeGguf(path, model.metadata(), arrays);
}

} // namespace

class GeneratorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { keepDriversLoaded(); }
    void scarcePagesChangeNoToken();
    void removedSequenceIsHeardNoMore();
    void valuesThatAreNotNumbersEndTheirSequenceAlone();

private:
    QTemporaryDir m_folder;
};

void GeneratorTest::scarcePagesChangeNoToken()
{
    const std::string path = m_folder.filePath("tiny.gguf").toStdString();
    writeModel(*tinyModel("qwen2"), path);
    const auto model = loaded(path);
    std::map<uint64_t, std::vector<int32_t>> alone;
    for (const uint64_t id : {1, 2, 3})
        alone.merge(generate(*model, {id}));

    // each needs three pages, and a context four: all three cannot stay at once
    model->pages = std::make_unique<PagePool>(4, rootName("scarce"));
    const auto together = generate(*model, {1, 2, 3});

    QVERIFY(together == alone);
    QCOMPARE(model->pages->available(), 4);
}

void GeneratorTest::removedSequenceIsHeardNoMore()
{
    const std::string path = m_folder.filePath("tiny2.gguf").toStdString();
    writeModel(*tinyModel("llama"), path);
    const auto model = loaded(path);
    Generator generator(*model);
    generator.add(1, tinyPrompt(5), samplingOf(1));
    QVERIFY(!generator.step().empty());

    generator.remove(1);
    generator.remove(42);

    QVERIFY(!generator.busy());
    QVERIFY(generator.step().empty());
}

void GeneratorTest::valuesThatAreNotNumbersEndTheirSequenceAlone()
{
    const std::string whole = m_folder.filePath("whole.gguf").toStdString();
    const std::string broken = m_folder.filePath("broken.gguf").toStdString();
    writeModel(*tinyModel("llama"), whole);
    const std::vector<int32_t> harmless = tinyPrompt(70, 1);
    std::vector<int32_t> harmful = tinyPrompt(70, 2);
    harmful[66] = kFirstByteToken;
    writeWithBrokenToken(*tinyModel("llama"), harmful[66], broken);
    const auto tokensOf = [&](LoadedModel& model, std::vector<std::string>& failures) {
        Generator generator(model);
        generator.add(1, harmless, samplingOf(1));
        generator.add(2, harmful, samplingOf(2));
        std::vector<int32_t> tokens;
        while (generator.busy() && tokens.size() < 20)
            for (const GeneratorEvent& event : generator.step()) {
                if (const auto* failed = std::get_if<SequenceFailed>(&event)) {
                    failures.push_back(failed->sentence);
                    tokens.push_back(-static_cast<int32_t>(failed->id)); // before some tokens of 1
                }
                const auto* chosen = std::get_if<TokenChosen>(&event);
                if (chosen && chosen->id == 1)
                    tokens.push_back(chosen->token);
            }
        return tokens;
    };

    std::vector<std::string> failures;
    std::vector<int32_t> expected = tokensOf(*loaded(whole), failures);
    QVERIFY(failures.empty());
    const auto model = loaded(broken);
    std::vector<int32_t> tokens = tokensOf(*model, failures);

    QCOMPARE(failures.size(), size_t{1});
    const QString sentence = QString::fromStdString(failures.front());
    QVERIFY2(sentence.contains("The device reference") && sentence.contains("nook doctor"),
             qPrintable(sentence));
    QVERIFY(std::erase(tokens, -2) == 1 && tokens.size() >= 10);
    expected.resize(tokens.size());
    QCOMPARE(tokens, expected);
    // nothing of it is found again
    QCOMPARE(model->pages->findPrefix(harmful).tokens, 0);
}

QTEST_APPLESS_MAIN(GeneratorTest)
#include "generator_test.moc"
