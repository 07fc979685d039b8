#include "inference/generation/token_chooser.h"

#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"

#include <QTemporaryDir>
#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;

class TokenChooserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void choosesWhatAllLogitsTell_data();
    void choosesWhatAllLogitsTell();

private:
    QTemporaryDir m_folder;
    std::unique_ptr<LoadedModel> m_model;
};

void TokenChooserTest::initTestCase()
{
    keepDriversLoaded();
    LoadRequest request;
    request.path = m_folder.filePath("tiny.gguf").toStdString();
    request.device = "reference";
    writeModel(*tinyModel("llama"), request.path);
    ModelLoading loading(request);
    while (!loading.finished())
        loading.advance();
    m_model = loading.take();
}

void TokenChooserTest::choosesWhatAllLogitsTell_data()
{
    QTest::addColumn<float>("temperature");
    QTest::addColumn<int>("topK");
    QTest::addColumn<float>("repeatPenalty");
    QTest::newRow("usual") << 0.7f << 40 << 1.f;
    QTest::newRow("greedy") << 0.f << 40 << 1.f;
    QTest::newRow("with a penalty") << 0.7f << 40 << 1.3f;
    // these need all logits, one row after another
    QTest::newRow("no top-k") << 3.f << 0 << 1.f;
    QTest::newRow("a large top-k") << 3.f << 100 << 1.f;
    QTest::newRow("what was said is likelier") << 0.7f << 40 << 0.5f;
}

void TokenChooserTest::choosesWhatAllLogitsTell()
{
    QFETCH(float, temperature);
    QFETCH(int, topK);
    QFETCH(float, repeatPenalty);
    constexpr int kRows = 8;
    SamplingSettings settings;
    settings.temperature = temperature;
    settings.topK = topK;
    settings.repeatPenalty = repeatPenalty;
    const std::vector<int32_t> tokens = tinyPrompt(kRows, 1);
    const std::vector<int> pages{m_model->pages->take().value()};
    m_model->group->setPages(0, pages);
    TokenChooser chooser(*m_model);
    Sampler sampler;

    for (int repeat = 0; repeat < 2; ++repeat) { // what was read before is forgotten
        std::vector<StepRow> rows;
        for (int i = 0; i < kRows; ++i)
            rows.push_back({.token = tokens[static_cast<size_t>(i)] + repeat,
                            .position = i,
                            .slot = 0,
                            .output = true});
        m_model->group->run(rows);
        chooser.readStep(kRows);
        const auto vocabulary = static_cast<size_t>(m_model->spec.vocabulary);
        std::vector<float> logits(kRows * vocabulary);
        m_model->group->readLogits(logits);

        for (size_t row = 0; row < kRows; ++row) {
            const auto own = std::span(logits).subspan(row * vocabulary, vocabulary);
            QVERIFY(chooser.finite(row));
            QCOMPARE(chooser.choose(row, settings, tokens), sampler.pick(own, settings, tokens));
        }
    }
    m_model->pages->release(pages, {});
}

QTEST_APPLESS_MAIN(TokenChooserTest)
#include "token_chooser_test.moc"
