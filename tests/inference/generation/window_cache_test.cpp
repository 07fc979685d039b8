#include "inference/generation/generator.h"
#include "inference/generation/model_drafter.h"
#include "inference/generation/ngram_drafter.h"
#include "inference/model_files/gguf_writer.h"
#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"
#include "tests/support/tested_devices.h"

#include <QTemporaryDir>
#include <QTest>
#include <random>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

constexpr int kWindow = 100; // tokens
constexpr int kContext = 4096;

using Tokens = std::vector<int32_t>;
using Texts = std::map<uint64_t, Tokens>; // by sequence

/// A tiny model whose sliding layers see more than a page, in a long context.
void writeWithWindow(const std::string& family, DType type, const std::string& path)
{
    const auto model = tinyModel(family, type);
    Metadata metadata = model->metadata();
    metadata.set(family + ".attention.sliding_window", int64_t{kWindow});
    metadata.set(family + ".context_length", int64_t{kContext});
    std::vector<GgufArray> arrays;
    for (const ModelArray& array : model->arrays())
        arrays.push_back({.name = array.name,
                          .typeName = array.typeName,
                          .dimensions = array.dimensions,
                          .bytes = array.bytes});
    writeGguf(path, metadata, arrays);
}

/// Replaces a model's pool: so few pages that all of a window's rules are met again and again.
void makeScarce(LoadedModel& model, int pages, int spareWindows)
{
    WindowPages::Size window = model.pages->window();
    window.pages = window.perSequence + spareWindows;
    model.pages = std::make_unique<PagePool>(pages, model.pages->root(), window);
}

struct Asked {
    uint64_t id = 0;
    Tokens prompt;
    int count = 0; // tokens of the reply
};

SamplingSettings samplingOf(uint64_t id)
{
    SamplingSettings sampling;
    sampling.seed = id;
    sampling.temperature = id % 2 == 0 ? 0.f : 0.8f;
    return sampling;
}

/// Runs sequences at once; returns their replies.
Texts run(Generator& generator, const std::vector<Asked>& asked, int& reused)
{
    Texts replies;
    std::map<uint64_t, size_t> counts;
    for (const Asked& a : asked) {
        counts[a.id] = static_cast<size_t>(a.count);
        generator.add(a.id, a.prompt, samplingOf(a.id), "chat");
    }
    for (int i = 0; generator.busy() && i < 100000; ++i) {
        for (const GeneratorEvent& event : generator.step()) {
            if (const auto* progress = std::get_if<PromptProgress>(&event))
                if (progress->done == progress->total)
                    reused += progress->reused;
            const auto* chosen = std::get_if<TokenChosen>(&event);
            if (!chosen || replies[chosen->id].size() == counts[chosen->id])
                continue; // a step may choose more than is wanted
            replies[chosen->id].push_back(chosen->token);
            if (replies[chosen->id].size() == counts[chosen->id])
                generator.remove(chosen->id);
        }
    }
    return replies;
}

} // namespace

/// Models whose sliding layers keep a window only: whatever happens to their pages, the answer is
/// that of an empty cache that keeps all.
class WindowCacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { keepDriversLoaded(); }
    void cacheKeepsAWindowOfSlidingLayers();
    void answersAreThoseOfAnEmptyCache_data();
    void answersAreThoseOfAnEmptyCache();

private:
    [[nodiscard]] std::unique_ptr<LoadedModel> load(const LoadRequest& request) const
    {
        ModelLoading loading(request);
        while (!loading.finished())
            loading.advance();
        return loading.take();
    }

    QTemporaryDir m_folder;
};

void WindowCacheTest::cacheKeepsAWindowOfSlidingLayers()
{
    const std::string path = m_folder.filePath("few.gguf").toStdString();
    writeWithWindow("gemma3", DType::F32, path);
    const auto model = load({.path = path, .device = "reference", .contextTokens = kContext});

    const WindowPages::Size& window = model->pages->window();
    QCOMPARE(window.tokens, kWindow);
    QVERIFY(window.pages >= 4 * window.perSequence);
    QVERIFY(window.pages < 4 * kContext / kPageTokens / 2);
    // six of seven layers are sliding
    const uint64_t whole = KvCache::bytesPerPage(model->spec) * 4 * kContext / kPageTokens;
    QVERIFY(model->facts.cacheBytes < whole / 2);
}

void WindowCacheTest::answersAreThoseOfAnEmptyCache_data()
{
    QTest::addColumn<QString>("family");
    QTest::addColumn<QString>("device");
    QTest::addColumn<QString>("split");
    QTest::addColumn<bool>("drafts");
    QTest::addColumn<int>("operations");
    QTest::newRow("gemma3, cpu") << "gemma3"
                                 << "cpu"
                                 << "auto" << false << 10;
    QTest::newRow("gemma2, cpu, drafted") << "gemma2"
                                          << "cpu"
                                          << "auto" << true << 5;
    QTest::newRow("gemma2, tensors of two") << "gemma2"
                                            << "cpu,cpu"
                                            << "tensor:0.5,0.5" << false << 4;
    QTest::newRow("gemma3, layers of two") << "gemma3"
                                           << "cpu,cpu"
                                           << "layer:0.5,0.5" << false << 4;
    const auto usable = [](const TestedDevice& d) {
        return d.id.kind == DeviceKind::Vulkan && d.problem.empty();
    };
    if (std::ranges::any_of(testedDevices(), usable))
        QTest::newRow("gemma3, vulkan") << "gemma3"
                                        << "vulkan"
                                        << "auto" << false << 3;
}

void WindowCacheTest::answersAreThoseOfAnEmptyCache()
{
    QFETCH(const QString, family);
    QFETCH(const QString, device);
    QFETCH(const QString, split);
    QFETCH(const bool, drafts);
    QFETCH(const int, operations);
    const std::string path = m_folder.filePath("model.gguf").toStdString();
    const std::string draft = m_folder.filePath("draft.gguf").toStdString();
    writeWithWindow(family.toStdString(), DType::F32, path);
    writeWithWindow(family.toStdString(), DType::Q8_0, draft);
    LoadRequest request{.path = path, .device = device.toStdString()};
    request.split = split.toStdString();
    request.threads = 1;
    request.contextTokens = kContext;
    request.sequences = 3;
    request.draft = drafts ? draft : "none";
    const auto oracle = load(request);
    const auto model = load(request);
    QVERIFY2(!drafts || model->draft, model->facts.note.c_str());
    QTemporaryDir pages;
    std::unique_ptr<StoreThread> store;
    std::unique_ptr<Generator> generator;
    const auto restart = [&] {
        generator.reset();
        if (model->keeper)
            model->keeper->saveAll(10.);
        model->keeper.reset();
        store.reset(); // all is written
        store = std::make_unique<StoreThread>(PageStore::Options{
            .folder = pages.filePath("pages").toStdString(), .quotaBytes = uint64_t{1} << 30});
        makeScarce(*model, 26, 1);
        if (model->draft)
            makeScarce(*model->draft, 20, 0);
        model->keeper = std::make_unique<PageKeeper>(*model->group, *model->pages, *store);
        SpeculationSetup setup{.length = 5};
        setup.drafters.push_back(std::make_unique<NgramDrafter>());
        if (model->draft)
            setup.drafters.push_back(std::make_unique<ModelDrafter>(*model->draft));
        generator = std::make_unique<Generator>(*model, std::move(setup));
    };
    restart();
    std::mt19937 random(11);
    const auto below = [&](int count) {
        return static_cast<int>(random() % static_cast<unsigned>(count));
    };
    std::vector<Tokens> texts{tinyPrompt(450, 1)};
    uint64_t ids = 1;
    int reused = 0;
    for (int i = 0; i < operations; ++i) {
        std::vector<Asked> asked;
        for (int s = 1 + below(3); s > 0; --s) {
            // a branch of what was said, or what comes behind it
            const Tokens& from = texts[static_cast<size_t>(below(static_cast<int>(texts.size())))];
            Tokens prompt(from.begin(),
                          from.end() - below(2) * below(static_cast<int>(from.size())));
            prompt.resize(std::min(prompt.size(), size_t{450}));
            const Tokens more = tinyPrompt(10 + below(150), 100 + ids);
            prompt.insert(prompt.end(), more.begin(), more.end());
            asked.push_back({.id = ids++, .prompt = prompt, .count = 1 + below(40)});
        }
        const Texts replies = run(*generator, asked, reused);
        for (const Asked& a : asked) {
            oracle->pages->forgetAll();
            Generator plain(*oracle, SpeculationSetup{});
            int none = 0;
            const Texts expected = run(plain, {a}, none);
            QCOMPARE(none, 0);
            QVERIFY2(replies.at(a.id) == expected.at(a.id),
                     ("sequence " + std::to_string(a.id)).c_str());
            Tokens text = a.prompt;
            text.insert(text.end(), expected.at(a.id).begin(), expected.at(a.id).end());
            texts.push_back(std::move(text));
        }
        for (int idle = below(6); idle > 0 && generator->hasIdleWork(); --idle)
            generator->idleWork();
        if (below(5) == 0)
            restart();
    }
    qInfo("%d tokens reused", reused);
    QVERIFY(reused > 500);
    generator.reset();
    QCOMPARE(model->pages->available(), 26);
    QVERIFY(model->pages->hasRoomFor(26));
    model->keeper.reset();
}

QTEST_GUILESS_MAIN(WindowCacheTest)
#include "window_cache_test.moc"
