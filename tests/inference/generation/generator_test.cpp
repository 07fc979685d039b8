#include "inference/generation/generator.h"

#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"

#include <QTemporaryDir>
#include <QTest>
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
            if (!chosen)
                continue;
            tokens[chosen->id].push_back(chosen->token);
            if (tokens[chosen->id].size() == kTokens)
                generator.remove(chosen->id);
        }
    }
    return tokens;
}

} // namespace

class GeneratorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { keepDriversLoaded(); }
    void scarcePagesChangeNoToken();
    void removedSequenceIsHeardNoMore();

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

QTEST_APPLESS_MAIN(GeneratorTest)
#include "generator_test.moc"
