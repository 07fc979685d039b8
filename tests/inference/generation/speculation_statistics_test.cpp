#include "inference/generation/generator.h"
#include "inference/generation/model_drafter.h"
#include "inference/model_files/gguf_writer.h"
#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"

#include <QTemporaryDir>
#include <QTest>
#include <algorithm>
#include <cmath>
#include <cstring>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

constexpr int kKept = 16; // tokens that can be drawn
constexpr int kDraws = 100000;

/// The model without anything that depends on the text: each token has the same vector, and the
/// layers add nothing. So every token of every reply is a draw from one distribution.
void writeForgetful(const ModelFile& model, const std::string& path)
{
    std::vector<GgufArray> arrays;
    std::vector<std::vector<std::byte>> storage;
    storage.reserve(model.arrays().size());
    for (const ModelArray& array : model.arrays()) {
        GgufArray copy{.name = array.name,
                       .typeName = array.typeName,
                       .dimensions = array.dimensions,
                       .bytes = array.bytes};
        const auto& bytes = storage.emplace_back(array.bytes.begin(), array.bytes.end());
        std::vector<std::byte>& own = storage.back();
        if (array.name == "token_embd.weight") {
            const size_t row = bytes.size() / static_cast<size_t>(array.rows);
            for (size_t r = 1; r < static_cast<size_t>(array.rows); ++r)
                std::memcpy(own.data() + r * row, own.data(), row);
        } else if (array.name.ends_with("attn_output.weight") ||
                   array.name.ends_with("ffn_down.weight")) {
            std::ranges::fill(own, std::byte{0});
        }
        copy.bytes = own;
        arrays.push_back(std::move(copy));
    }
    writeGguf(path, model.metadata(), arrays);
}

SamplingSettings samplingOf(uint64_t seed)
{
    SamplingSettings sampling;
    sampling.temperature = 3.f; // so that none of them is rare
    sampling.topK = kKept;
    sampling.topP = 1.f;
    sampling.minP = 0.f;
    sampling.seed = seed;
    return sampling;
}

/// What samplingOf() makes of the model's one distribution.
std::map<int32_t, double> expectedOf(LoadedModel& model)
{
    std::vector<float> logits(static_cast<size_t>(model.spec.vocabulary));
    const std::vector<int> pages{model.pages->take().value()};
    const StepRow row{.token = 5, .position = 0, .slot = 0, .output = true};
    model.group->setPages(0, pages);
    model.group->run({&row, 1});
    model.group->readLogits(logits);
    model.pages->release(pages, {});
    std::vector<std::pair<float, int32_t>> ranked;
    for (size_t t = 0; t < logits.size(); ++t)
        ranked.emplace_back(-logits[t], static_cast<int32_t>(t));
    std::ranges::sort(ranked);
    std::map<int32_t, double> expected;
    double sum = 0.;
    for (int i = 0; i < kKept; ++i)
        sum += expected[ranked[static_cast<size_t>(i)].second] =
            std::exp(-static_cast<double>(ranked[static_cast<size_t>(i)].first) / 3.);
    for (auto& [token, p] : expected)
        p /= sum;
    return expected;
}

/// How far draws are from what is expected (Pearson 1900); for 15 degrees of freedom 50 is
/// exceeded once in 80,000 times.
constexpr double kMost = 50.;

double chiSquare(const std::map<int32_t, double>& expected, const std::map<int32_t, int>& counts)
{
    double sum = 0.;
    int found = 0;
    for (const auto& [token, p] : expected) {
        const auto count = counts.find(token);
        const int n = count == counts.end() ? 0 : count->second;
        sum += (n - kDraws * p) * (n - kDraws * p) / (kDraws * p);
        found += n;
    }
    return found == kDraws ? sum : HUGE_VAL; // no other token may come
}

} // namespace

/// Sampling with guesses is sampling from the model's own distribution.
class SpeculationStatisticsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void drawsFollowTheModelNotItsDraft();
    void verifierThatAcceptsTooMuchIsNoticed();

private:
    [[nodiscard]] std::map<int32_t, int> draw(VerificationRule accepts);

    QTemporaryDir m_folder;
    std::unique_ptr<LoadedModel> m_model;
    SpeculationStats m_statistics;
};

void SpeculationStatisticsTest::initTestCase()
{
    keepDriversLoaded();
    LoadRequest request;
    request.path = m_folder.filePath("tiny.gguf").toStdString();
    request.draft = m_folder.filePath("other.gguf").toStdString();
    request.device = "cpu";
    request.threads = 1;
    writeForgetful(*tinyModel("llama"), request.path);
    writeForgetful(*tinyModel("llama", DType::Q4_0), request.draft);
    ModelLoading loading(request);
    while (!loading.finished())
        loading.advance();
    m_model = loading.take();
    QVERIFY2(m_model->draft, m_model->facts.note.c_str());
}

std::map<int32_t, int> SpeculationStatisticsTest::draw(VerificationRule accepts)
{
    constexpr uint64_t kTogether = 4;
    SpeculationSetup setup{.length = 3, .accepts = accepts};
    setup.drafters.push_back(std::make_unique<ModelDrafter>(*m_model->draft));
    Generator generator(*m_model, std::move(setup));
    std::map<int32_t, int> counts;
    m_statistics = {};
    uint64_t begun = 0;
    int draws = 0;
    const auto begin = [&] {
        generator.add(begun, tinyPrompt(2), samplingOf(begun));
        ++begun;
    };
    while (begun < kTogether)
        begin();
    while (draws < kDraws) {
        for (const GeneratorEvent& event : generator.step()) {
            const auto* chosen = std::get_if<TokenChosen>(&event);
            if (!chosen || draws == kDraws)
                continue;
            ++counts[chosen->token];
            ++draws;
            if (!chosen->contextFull)
                continue;
            m_statistics.proposed += generator.speculation(chosen->id).proposed;
            m_statistics.accepted += generator.speculation(chosen->id).accepted;
            generator.remove(chosen->id);
            begin();
        }
    }
    return counts;
}

void SpeculationStatisticsTest::drawsFollowTheModelNotItsDraft()
{
    const auto counts = draw(SpeculationSetup{}.accepts);

    const double own = chiSquare(expectedOf(*m_model), counts);
    QVERIFY2(own < kMost, qPrintable(QString::number(own)));
    QVERIFY(chiSquare(expectedOf(*m_model->draft), counts) > 4. * kMost);
    // guesses were made, some of them right and some wrong
    QVERIFY(m_statistics.accepted > kDraws / 10);
    QVERIFY(m_statistics.proposed - m_statistics.accepted > kDraws / 50);
}

void SpeculationStatisticsTest::verifierThatAcceptsTooMuchIsNoticed()
{
    const auto counts = draw([](int32_t, int32_t) { return true; });
    QVERIFY(chiSquare(expectedOf(*m_model), counts) > 4. * kMost);
}

QTEST_APPLESS_MAIN(SpeculationStatisticsTest)
#include "speculation_statistics_test.moc"
