#include "inference/generation/generator.h"
#include "inference/generation/model_drafter.h"
#include "inference/generation/ngram_drafter.h"
#include "tests/inference/generation/scripted_drafter.h"
#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"
#include "tests/support/tested_devices.h"

#include <QTemporaryDir>
#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

constexpr int kReply = 80; // tokens of each

using Texts = std::map<uint64_t, std::vector<int32_t>>; // by sequence

SamplingSettings samplingOf(uint64_t id, float temperature)
{
    SamplingSettings sampling;
    sampling.temperature = temperature;
    sampling.seed = id;
    if (id % 2 == 0) { // what a token is may depend on all before it
        sampling.repeatPenalty = 1.3f;
        sampling.frequencyPenalty = 0.2f;
    }
    return sampling;
}

/// A prompt that ends as it began, so that something is found when it is looked up.
std::vector<int32_t> promptOf(uint64_t id)
{
    std::vector<int32_t> prompt = tinyPrompt(40, id);
    prompt.insert(prompt.end(), prompt.begin() + 10, prompt.begin() + 20);
    return prompt;
}

struct Ran {
    Texts replies;
    SpeculationStats speculation; // of all
};

Ran run(Generator& generator, const std::vector<uint64_t>& ids, float temperature,
        size_t tokens = kReply)
{
    Ran ran;
    for (const uint64_t id : ids)
        generator.add(id, promptOf(id), samplingOf(id, temperature));
    for (int i = 0; generator.busy() && i < 100000; ++i) {
        for (const GeneratorEvent& event : generator.step()) {
            const auto* chosen = std::get_if<TokenChosen>(&event);
            if (!chosen || ran.replies[chosen->id].size() == tokens)
                continue;
            ran.replies[chosen->id].push_back(chosen->token);
            if (ran.replies[chosen->id].size() < tokens && !chosen->contextFull)
                continue;
            const SpeculationStats stats = generator.speculation(chosen->id);
            ran.speculation.proposed += stats.proposed;
            ran.speculation.accepted += stats.accepted;
            generator.remove(chosen->id);
        }
    }
    return ran;
}

Ran runPlain(LoadedModel& model, const std::vector<uint64_t>& ids, float temperature,
             size_t tokens = kReply)
{
    Generator plain(model, SpeculationSetup{});
    return run(plain, ids, temperature, tokens);
}

SpeculationSetup setupOf(LoadedModel& model, const QString& drafters, std::optional<int> length)
{
    SpeculationSetup setup{.length = length};
    if (drafters.contains("lookup"))
        setup.drafters.push_back(std::make_unique<NgramDrafter>());
    if (drafters.contains("model"))
        setup.drafters.push_back(std::make_unique<ModelDrafter>(*model.draft));
    return setup;
}

/// Prompts and what follows them.
Texts whole(const Texts& replies)
{
    Texts texts;
    for (const auto& [id, reply] : replies) {
        texts[id] = promptOf(id);
        texts[id].insert(texts[id].end(), reply.begin(), reply.end());
    }
    return texts;
}

} // namespace

/// Guessing ahead changes how fast tokens come, and no token.
class SpeculationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void noGuessChangesAToken_data();
    void noGuessChangesAToken();
    void rightGuessesComeInOneStep();
    void guessesBesideAPromptChangeNoToken();
    void wrongGuessesLeaveNoTraceInTheCache();
    void scarcePagesChangeNoToken();
    void contextRunsFullAtTheSameToken();
    void draftThatSeesLessThanTheModelChangesNoToken();
    void verifierThatAcceptsTooMuchIsNoticed();

private:
    [[nodiscard]] std::unique_ptr<LoadedModel>
    load(const std::string& device, const std::string& split = "auto", int draftContext = 0) const;

    QTemporaryDir m_folder;
    std::string m_model;
    std::string m_draft; // the same model, rounded: it often agrees
};

void SpeculationTest::initTestCase()
{
    keepDriversLoaded();
    m_model = m_folder.filePath("tiny.gguf").toStdString();
    m_draft = m_folder.filePath("rounded.gguf").toStdString();
    writeModel(*tinyModel("qwen2"), m_model);
    writeModel(*tinyModel("qwen2", DType::Q8_0), m_draft);
}

std::unique_ptr<LoadedModel> SpeculationTest::load(const std::string& device,
                                                   const std::string& split, int draftContext) const
{
    LoadRequest request;
    request.path = m_model;
    request.device = device;
    request.split = split;
    request.threads = 1;
    request.draft = m_draft;
    ModelLoading loading(request);
    while (!loading.finished())
        loading.advance();
    auto model = loading.take();
    if (model->draft && draftContext > 0)
        model->draft->facts.contextTokens = draftContext;
    return model;
}

void SpeculationTest::noGuessChangesAToken_data()
{
    QTest::addColumn<QString>("device");
    QTest::addColumn<QString>("split");
    QTest::addColumn<bool>("expected");
    QTest::addColumn<QString>("problem");
    for (const TestedDevice& device : testedDevices()) {
        if (device.id.kind == DeviceKind::Reference)
            continue;
        QTest::newRow(device.name.c_str())
            << QString::fromStdString(device.name) << "auto" << device.expected
            << QString::fromStdString(device.problem);
    }
    QTest::newRow("cpu,cpu tensor") << "cpu,cpu"
                                    << "tensor" << true << "";
    QTest::newRow("cpu,cpu layer") << "cpu,cpu"
                                   << "layer" << true << "";
}

void SpeculationTest::noGuessChangesAToken()
{
    QFETCH(QString, device);
    QFETCH(QString, split);
    QFETCH(bool, expected);
    QFETCH(QString, problem);
    if (!problem.isEmpty()) {
        QVERIFY2(!expected, qPrintable(problem));
        QSKIP(qPrintable(problem));
    }
    const auto model = load(device.toStdString(), split.toStdString());
    QVERIFY2(model->draft, model->facts.note.c_str());

    for (const float temperature : {0.f, 0.8f}) {
        const std::vector<uint64_t> all{1, 2, 3, 4};
        const Texts plain = runPlain(*model, all, temperature).replies;
        for (const char* drafters : {"lookup", "model", "lookup, then model"}) {
            for (const std::optional<int> length : {std::optional<int>(1), std::optional<int>(4),
                                                    std::optional<int>(15), std::optional<int>()}) {
                Generator guessing(*model, setupOf(*model, drafters, length));
                const Ran alone = run(guessing, {1}, temperature);
                const Ran together = run(guessing, all, temperature);

                QVERIFY2(alone.replies.at(1) == plain.at(1), drafters);
                QVERIFY2(together.replies == plain, drafters);
                // rounding is not all: the draft must have been asked, and have been right
                if (length)
                    QVERIFY2(together.speculation.proposed > 20, drafters);
                if (length && QString(drafters) == "model")
                    QVERIFY(together.speculation.accepted > together.speculation.proposed / 8);
            }
        }
    }
}

void SpeculationTest::rightGuessesComeInOneStep()
{
    const auto model = load("cpu");
    const Texts plain = runPlain(*model, {1}, 0.8f).replies;
    model->pages->forgetAll(); // the first step reads the prompt
    SpeculationSetup setup{.length = 7};
    setup.drafters.push_back(std::make_unique<ScriptedDrafter>(whole(plain)));
    Generator generator(*model, std::move(setup));
    generator.add(1, promptOf(1), samplingOf(1, 0.8f));
    (void)generator.step(); // the prompt

    const auto events = generator.step();

    QCOMPARE(events.size(), size_t{8});
    for (size_t i = 0; i < events.size(); ++i)
        QCOMPARE(std::get<TokenChosen>(events[i]).token, plain.at(1)[1 + i]);
    QCOMPARE(generator.speculation(1).proposed, 7);
    QCOMPARE(generator.speculation(1).accepted, 7);
}

void SpeculationTest::guessesBesideAPromptChangeNoToken()
{
    for (const TestedDevice& device : testedDevices()) {
        if (!device.problem.empty())
            continue;
        const auto model = load(toString(device.id));
        const Texts plain = runPlain(*model, {1, 2}, 0.8f).replies;
        model->pages->forgetAll();
        SpeculationSetup setup{.length = 3};
        setup.drafters.push_back(std::make_unique<ScriptedDrafter>(
            whole(plain), [](int position) { return position % 5 == 0; }));
        Generator generator(*model, std::move(setup));
        generator.add(1, promptOf(1), samplingOf(1, 0.8f));
        Texts replies;
        size_t most = 0; // tokens in a step that reads
        for (int steps = 0; replies[1].size() < kReply || replies[2].size() < kReply; ++steps) {
            QVERIFY(steps < 1000);
            if (steps == 3)
                generator.add(2, promptOf(2), samplingOf(2, 0.8f));
            const size_t before = replies[1].size();
            bool reads = false;
            for (const GeneratorEvent& event : generator.step()) {
                const auto* progress = std::get_if<PromptProgress>(&event);
                reads = reads || (progress && progress->id == 2);
                if (const auto* chosen = std::get_if<TokenChosen>(&event))
                    replies[chosen->id].push_back(chosen->token);
            }
            if (reads)
                most = std::max(most, replies[1].size() - before);
        }
        for (const uint64_t id : {1, 2}) {
            replies[id].resize(kReply);
            QCOMPARE(replies[id], plain.at(id));
        }
        QVERIFY(most > 1);
    }
}

void SpeculationTest::wrongGuessesLeaveNoTraceInTheCache()
{
    const auto model = load("cpu");
    const Texts plain = runPlain(*model, {1, 2}, 0.8f).replies;
    model->pages->forgetAll();
    // of every four guesses one is wrong, so that pages are filled by right and wrong ones
    SpeculationSetup setup{.length = 6};
    setup.drafters.push_back(std::make_unique<ScriptedDrafter>(
        whole(plain), [](int position) { return position % 4 == 3; }));
    Generator generator(*model, std::move(setup));
    QVERIFY(run(generator, {1, 2}, 0.8f).replies == plain);

    // what was kept is read again: the last page but one is named, the last is parked
    std::vector<int32_t> text = whole(plain).at(1);
    const PagePool::Prefix prefix = model->pages->findPrefix(text);
    QVERIFY(prefix.tokens >= static_cast<int>(text.size()) - 1);
    model->pages->release(prefix.pages, std::span(text).first(static_cast<size_t>(prefix.tokens)));
    QVERIFY(runPlain(*model, {1, 2}, 0.8f).replies == plain);
}

void SpeculationTest::scarcePagesChangeNoToken()
{
    const auto model = load("cpu");
    const Texts plain = runPlain(*model, {1, 2, 3}, 0.8f).replies;
    // each needs three pages, and a context four: not all can stay at once
    model->pages = std::make_unique<PagePool>(5, rootName("scarce"));
    model->draft->pages = std::make_unique<PagePool>(4, rootName("scarce"));
    for (const char* drafters : {"lookup", "model"}) {
        Generator guessing(*model, setupOf(*model, drafters, 4));
        QVERIFY2(run(guessing, {1, 2, 3}, 0.8f).replies == plain, drafters);
    }
    QCOMPARE(model->pages->available(), 5);
    QCOMPARE(model->draft->pages->available(), 4);
}

void SpeculationTest::contextRunsFullAtTheSameToken()
{
    const auto model = load("cpu");
    const auto context = static_cast<size_t>(model->facts.contextTokens);
    const Texts plain = runPlain(*model, {1}, 0.8f, context).replies;
    QCOMPARE(plain.at(1).size() + promptOf(1).size(), context);
    for (const int length : {3, 15}) {
        Generator guessing(*model, setupOf(*model, "lookup, then model", length));
        QVERIFY(run(guessing, {1}, 0.8f, context).replies == plain);
    }
}

void SpeculationTest::draftThatSeesLessThanTheModelChangesNoToken()
{
    const auto model = load("cpu", "auto", 70);
    Generator guessing(*model, setupOf(*model, "model", 4));
    QVERIFY(run(guessing, {1, 2}, 0.8f).replies == runPlain(*model, {1, 2}, 0.8f).replies);
}

void SpeculationTest::verifierThatAcceptsTooMuchIsNoticed()
{
    const auto model = load("cpu");
    for (const float temperature : {0.f, 0.8f}) {
        SpeculationSetup setup = setupOf(*model, "model", 4);
        setup.accepts = [](int32_t, int32_t) { return true; };
        Generator broken(*model, std::move(setup));
        QVERIFY(run(broken, {1, 2}, temperature).replies !=
                runPlain(*model, {1, 2}, temperature).replies);
    }
}

QTEST_APPLESS_MAIN(SpeculationTest)
#include "speculation_test.moc"
