#include "inference/memory/memory_plan.h"

#include "kernels/backend.h"

#include <QTest>
#include <stdexcept>
#include <vector>

using namespace inglenook;

namespace {

constexpr uint64_t kMega = 1000 * 1000;

// 100 MB of weights, 10 MB of scratch, 1 MB per page of 64 tokens
const MemoryNeeds kNeeds{.device = "cpu",
                         .weightBytes = 100 * kMega,
                         .page = {.full = kMega},
                         .scratchBytes = 10 * kMega};

/// The plan for one device with so many bytes, and a model made for so many tokens.
MemoryPlan planned(MemoryWish wish, uint64_t freeBytes, int modelContext = 4096)
{
    MemoryNeeds needs = kNeeds;
    needs.freeBytes = freeBytes;
    wish.modelContext = modelContext;
    return planMemory({&needs, 1}, wish);
}

std::string refusal(const MemoryWish& wish, uint64_t freeBytes)
{
    try {
        static_cast<void>(planned(wish, freeBytes));
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

} // namespace

class MemoryPlanTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void plentyGivesEverySequenceAFullContext();
    void automaticContextHasALimit();
    void scarcityCostsPagesBeforeContext();
    void automaticContextShrinksToWhatFits();
    void wishedContextIsRefusedWithTheOneThatFits();
    void smallerCacheIsProposedWhereItFits();
    void modelThatDoesNotFitIsRefusedInWords();
    void contextIsNeverLongerThanTheModels();
    void theTightestDeviceDecides();
    void slidingLayersTakeAWindowOnly();
    void windowsThatAreNoShorterAreNone();
    void sizesReadWell();
};

void MemoryPlanTest::plentyGivesEverySequenceAFullContext()
{
    const MemoryPlan plan = planned({.contextTokens = 0, .sequences = 4}, 10000 * kMega);
    QCOMPARE(plan.contextTokens, 4096);
    QCOMPARE(plan.pages, 4 * 64);
    QCOMPARE(plan.cacheBytes, 256 * kMega);
    QCOMPARE(plan.totalBytes, 366 * kMega);
}

void MemoryPlanTest::automaticContextHasALimit()
{
    QCOMPARE(planned({}, 100000 * kMega, 131072).contextTokens, kAutomaticContext);
    QCOMPARE(planned({.contextTokens = 20000}, 100000 * kMega, 131072).contextTokens, 20000);
}

void MemoryPlanTest::scarcityCostsPagesBeforeContext()
{
    // 200 MB, of which a twentieth is left to others: 80 pages
    const MemoryPlan plan = planned({}, 200 * kMega);
    QCOMPARE(plan.contextTokens, 4096);
    QCOMPARE(plan.pages, 80);
}

void MemoryPlanTest::automaticContextShrinksToWhatFits()
{
    // 130 MB less a twentieth: 13 pages
    const MemoryPlan plan = planned({}, 130 * kMega);
    QCOMPARE(plan.pages, 13);
    QCOMPARE(plan.contextTokens, 13 * 64);
}

void MemoryPlanTest::wishedContextIsRefusedWithTheOneThatFits()
{
    const std::string sentence = refusal({.contextTokens = 2048}, 130 * kMega);
    QVERIFY2(sentence.find("at most 832 tokens") != std::string::npos, sentence.c_str());
}

void MemoryPlanTest::smallerCacheIsProposedWhereItFits()
{
    // 130 MB less a twentieth: 13 pages of 1 MB, 26 of half, 40 of a third
    MemoryNeeds needs = kNeeds;
    needs.freeBytes = 130 * kMega;
    needs.smallerCaches = {{"q8_0", {.full = kMega / 2}}, {"q4", {.full = kMega / 3}}};
    const auto sentence = [&](int context) {
        try {
            static_cast<void>(
                planMemory({&needs, 1}, {.contextTokens = context, .modelContext = 8192}));
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    QVERIFY(sentence(25 * 64).find("--kv q8_0") != std::string::npos);
    QVERIFY(sentence(30 * 64).find("--kv q4") != std::string::npos);
    QVERIFY(sentence(50 * 64).find("--kv") == std::string::npos);
    QVERIFY(sentence(13 * 64).empty());
}

void MemoryPlanTest::modelThatDoesNotFitIsRefusedInWords()
{
    const std::string sentence = refusal({}, 100 * kMega);
    for (const char* part :
         {"needs 118.0 MB", "weights 100.0 MB", "cpu has 95.0 MB free", "smaller model"})
        QVERIFY2(sentence.find(part) != std::string::npos, sentence.c_str());
    QVERIFY(!refusal({}, 0).empty());
}

void MemoryPlanTest::contextIsNeverLongerThanTheModels()
{
    QCOMPARE(planned({.contextTokens = 1 << 20}, 100000 * kMega).contextTokens, 4096);
    const MemoryPlan plan = planned({.contextTokens = 0, .sequences = 1}, 100000 * kMega, 100);
    QCOMPARE(plan.contextTokens, 100);
    QCOMPARE(plan.pages, 2);
}

void MemoryPlanTest::theTightestDeviceDecides()
{
    MemoryNeeds roomy = kNeeds;
    roomy.device = "cuda:0";
    roomy.freeBytes = 1000 * kMega;
    MemoryNeeds tight = kNeeds;
    tight.freeBytes = 200 * kMega; // 80 pages
    const std::vector<MemoryNeeds> both = {roomy, tight};
    const MemoryPlan plan = planMemory(both, {.sequences = 4, .modelContext = 4096});
    QCOMPARE(plan.pages, 80);
    QCOMPARE(plan.cacheBytes, 2 * 80 * kMega);
    QCOMPARE(plan.totalBytes, 2 * (110 + 80) * kMega);

    tight.freeBytes = 50 * kMega;
    const std::vector<MemoryNeeds> tooTight = {roomy, tight};
    try {
        static_cast<void>(planMemory(tooTight, {.modelContext = 4096}));
        QFAIL("it does not fit");
    } catch (const std::runtime_error& error) {
        QVERIFY(QByteArray(error.what()).contains("but cpu has 47.5 MB free"));
    }

    // a part without cache (a device that has the head alone) does not limit it
    MemoryNeeds headOnly = tight;
    headOnly.page.full = 0;
    headOnly.freeBytes = 200 * kMega;
    const std::vector<MemoryNeeds> withHead = {roomy, headOnly};
    QCOMPARE(planMemory(withHead, {.sequences = 4, .modelContext = 4096}).pages, 4 * 64);
}

void MemoryPlanTest::slidingLayersTakeAWindowOnly()
{
    // 5/6 of each page are of layers that keep 10 pages of a sequence
    MemoryNeeds needs = kNeeds;
    needs.page = {.full = kMega, .window = 5 * kMega};
    needs.freeBytes = 100000 * kMega;
    const MemoryWish wish{.sequences = 4, .modelContext = 4096, .windowPages = 10};

    const MemoryPlan plenty = planMemory({&needs, 1}, wish);
    QCOMPARE(plenty.pages, 4 * 64);
    QCOMPARE(plenty.windowPages, 10 + 3 * 2 * 10);
    QCOMPARE(plenty.cacheBytes, (256 + 5 * 70) * kMega);

    // 300 MB less a twentieth and 110: 175 pages would be 29 of six parts
    needs.freeBytes = 300 * kMega;
    const MemoryPlan scarce = planMemory({&needs, 1}, wish);
    QCOMPARE(scarce.contextTokens, 4096);
    QVERIFY(scarce.pages > 64 && scarce.windowPages > 10);
    QVERIFY(scarce.totalBytes <= 285 * kMega && scarce.totalBytes > 275 * kMega);

    // 200 MB less a twentieth and 110: 80, of which one window takes 50
    needs.freeBytes = 200 * kMega;
    const MemoryPlan shorter = planMemory({&needs, 1}, wish);
    QCOMPARE(shorter.contextTokens, 30 * 64);
    QCOMPARE(shorter.pages, 30);
    QCOMPARE(shorter.windowPages, 10);

    MemoryWish longer = wish;
    longer.contextTokens = 31 * 64;
    try {
        static_cast<void>(planMemory({&needs, 1}, longer));
        QFAIL("31 pages and a window do not fit");
    } catch (const std::runtime_error& error) {
        const std::string sentence = error.what();
        QVERIFY2(sentence.find("cache for 1984 tokens 81.0 MB") != std::string::npos &&
                     sentence.find("at most 1920 tokens") != std::string::npos,
                 sentence.c_str());
    }
}

void MemoryPlanTest::windowsThatAreNoShorterAreNone()
{
    MemoryNeeds needs = kNeeds;
    needs.page = {.full = kMega, .window = kMega};
    needs.freeBytes = 100000 * kMega;

    const MemoryPlan plan = planMemory(
        {&needs, 1}, {.sequences = 1, .modelContext = 20 * kPageTokens, .windowPages = 20});

    QCOMPARE(plan.windowPages, 0);
    QCOMPARE(plan.cacheBytes, 40 * kMega);
}

void MemoryPlanTest::sizesReadWell()
{
    QCOMPARE(sizeText(6238496), std::string("6.2 MB"));
    QCOMPARE(sizeText(4700000000), std::string("4.7 GB"));
}

QTEST_APPLESS_MAIN(MemoryPlanTest)
#include "memory_plan_test.moc"
