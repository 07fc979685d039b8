#include "inference/memory/memory_plan.h"

#include <QTest>
#include <stdexcept>

using namespace inglenook;

namespace {

constexpr uint64_t kMega = 1000 * 1000;

// 100 MB of weights, 10 MB of scratch, 1 MB per page of 64 tokens
const MemoryNeeds kNeeds{.weightBytes = 100 * kMega,
                         .bytesPerPage = kMega,
                         .scratchBytes = 10 * kMega,
                         .modelContext = 4096};

std::string refusal(const MemoryNeeds& needs, const MemoryWish& wish, uint64_t freeBytes)
{
    try {
        static_cast<void>(planMemory(needs, wish, freeBytes, "cpu"));
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
    void modelThatDoesNotFitIsRefusedInWords();
    void contextIsNeverLongerThanTheModels();
    void sizesReadWell();
};

void MemoryPlanTest::plentyGivesEverySequenceAFullContext()
{
    const MemoryPlan plan =
        planMemory(kNeeds, {.contextTokens = 0, .sequences = 4}, 10000 * kMega, "cpu");
    QCOMPARE(plan.contextTokens, 4096);
    QCOMPARE(plan.pages, 4 * 64);
    QCOMPARE(plan.cacheBytes, 256 * kMega);
    QCOMPARE(plan.totalBytes, 366 * kMega);
}

void MemoryPlanTest::automaticContextHasALimit()
{
    MemoryNeeds needs = kNeeds;
    needs.modelContext = 131072;
    QCOMPARE(planMemory(needs, {}, 100000 * kMega, "cpu").contextTokens, kAutomaticContext);
    QCOMPARE(planMemory(needs, {.contextTokens = 20000}, 100000 * kMega, "cpu").contextTokens,
             20000);
}

void MemoryPlanTest::scarcityCostsPagesBeforeContext()
{
    // 200 MB, of which a twentieth is left to others: 80 pages
    const MemoryPlan plan = planMemory(kNeeds, {}, 200 * kMega, "cpu");
    QCOMPARE(plan.contextTokens, 4096);
    QCOMPARE(plan.pages, 80);
}

void MemoryPlanTest::automaticContextShrinksToWhatFits()
{
    // 130 MB less a twentieth: 13 pages
    const MemoryPlan plan = planMemory(kNeeds, {}, 130 * kMega, "cpu");
    QCOMPARE(plan.pages, 13);
    QCOMPARE(plan.contextTokens, 13 * 64);
}

void MemoryPlanTest::wishedContextIsRefusedWithTheOneThatFits()
{
    const std::string sentence = refusal(kNeeds, {.contextTokens = 2048}, 130 * kMega);
    QVERIFY2(sentence.find("at most 832 tokens") != std::string::npos, sentence.c_str());
}

void MemoryPlanTest::modelThatDoesNotFitIsRefusedInWords()
{
    const std::string sentence = refusal(kNeeds, {}, 100 * kMega);
    for (const char* part :
         {"needs 118.0 MB", "weights 100.0 MB", "cpu has 95.0 MB free", "smaller model"})
        QVERIFY2(sentence.find(part) != std::string::npos, sentence.c_str());
    QVERIFY(!refusal(kNeeds, {}, 0).empty());
}

void MemoryPlanTest::contextIsNeverLongerThanTheModels()
{
    QCOMPARE(planMemory(kNeeds, {.contextTokens = 1 << 20}, 100000 * kMega, "cpu").contextTokens,
             4096);
    MemoryNeeds small = kNeeds;
    small.modelContext = 100;
    const MemoryPlan plan =
        planMemory(small, {.contextTokens = 0, .sequences = 1}, 100000 * kMega, "cpu");
    QCOMPARE(plan.contextTokens, 100);
    QCOMPARE(plan.pages, 2);
}

void MemoryPlanTest::sizesReadWell()
{
    QCOMPARE(sizeText(6238496), std::string("6.2 MB"));
    QCOMPARE(sizeText(4700000000), std::string("4.7 GB"));
}

QTEST_APPLESS_MAIN(MemoryPlanTest)
#include "memory_plan_test.moc"
