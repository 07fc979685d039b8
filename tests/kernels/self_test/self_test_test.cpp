#include "kernels/self_test/self_test.h"

#include "kernels/devices.h"
#include "tests/support/faulty_backend.h"

#include <QTest>

#include <set>

using namespace inglenook;

Q_DECLARE_METATYPE(inglenook::Fault)

class SelfTestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsEachFault_data();
    void findsEachFault();
    void findsNothingWhereNothingIs();
    void casesHaveDifferentNames();
    void quickCasesTouchEveryOperatorAndFormat();
    void failuresNameTheElement();
};

void SelfTestTest::findsEachFault_data()
{
    QTest::addColumn<Fault>("fault");
    QTest::addColumn<QString>("operation");
    const auto row = [](const char* text, Fault fault, const char* operation) {
        QTest::newRow(text) << fault << operation;
    };
    row("one element of a matmul off by a tenth", Fault::OneElementOff, "matmul");
    row("one element of a weight lost", Fault::LostBit, "matmul");
    row("x rounded to f16", Fault::HalfInputs, "matmul");
    row("x rounded to 6 bits", Fault::SixBitInputs, "matmul");
    row("the bias ignored", Fault::IgnoredBias, "matmul");
    row("rows that depend on their number", Fault::RowsDependOnCount, "matmul");
    row("a write beyond a row", Fault::WritesBeyond, "add");
    row("a write to an input", Fault::ChangesInput, "add");
    row("eps ignored", Fault::IgnoredEps, "rmsNorm");
    row("one activation for another", Fault::WrongActivation, "glu");
    row("gates beyond their limit", Fault::UnclampedGate, "glu");
    row("scores without the cap", Fault::UncappedScores, "attention");
    row("ids clamped", Fault::ClampedIds, "embed");
    row("a window one token too long", Fault::LongWindow, "attention");
    row("no sinks", Fault::IgnoredSinks, "attention");
    row("query heads in turns", Fault::SharedHeads, "attention");
    row("empty rows left as they were", Fault::EmptyRowsStay, "attention");
    row("the other pairs", Fault::OtherPairs, "rotateAndStore");
    row("keys not rotated", Fault::UnrotatedKeys, "rotateAndStore");
    row("heads not normalised", Fault::UnnormalisedHeads, "rotateAndStore");
    row("all rows in one slot", Fault::FirstSlot, "rotateAndStore");
    row("other pages", Fault::WrongPage, "attention");
    row("empty rows stored", Fault::EmptyRowsStored, "rotateAndStore");
    row("a fused operator that keeps x", Fault::FusedWithoutSum, "addRmsNorm");
    row("a fused operator that mistakes ups for gates", Fault::FusedHalvesSwapped, "matmulGlu");
    row("row numbers ignored", Fault::FirstRows, "gatherRows");
    row("the last of equal experts", Fault::LastOfEqual, "routeExperts");
    row("shares of all experts", Fault::SharesOfAll, "routeExperts");
    row("the first bias for all", Fault::FirstBias, "expertMatmul");
    row("another expert", Fault::OtherExpert, "expertMatmul");
    row("the next expert for a crowd", Fault::CrowdedExpert, "expertMatmul");
    row("picks of a replay ignored", Fault::ReplaysOldInputs, "expertMatmul");
    row("one input for all picks", Fault::FirstInput, "expertMatmul");
    row("the higher of equal tokens", Fault::HigherOfEqual, "topCandidates");
    row("the last candidate lost", Fault::LostCandidate, "topCandidates");
    row("infinity overlooked", Fault::AllAreFinite, "topCandidates");
    row("rows given up without need", Fault::GivesUp, "topCandidates");
    row("a sum without weights", Fault::UnweightedSum, "weightedSum");
    row("a sum that is lost", Fault::StaleSum, "allReduce");
    row("a replay that does nothing", Fault::ReplaysOldInputs, "record");
    row("memory that is not zero", Fault::FilledMemory, "copy");
    row("pages in a layout of one's own", Fault::PagesByToken, "copyPages");
    row("page numbers ignored", Fault::PagesInOrder, "copyPages");
}

void SelfTestTest::findsEachFault()
{
    QFETCH(Fault, fault);
    QFETCH(QString, operation);
    const auto faulty = createFaultyBackend(fault);
    const auto reference = createBackend({DeviceKind::Reference, 0});

    bool found = false;
    for (const OperatorCase& test : selfTestCases())
        if (!found && test.operation == operation.toStdString())
            found = !runCase(*faulty, *reference, test).ok();

    QVERIFY(found);
}

void SelfTestTest::findsNothingWhereNothingIs()
{
    const auto faultless = createFaultyBackend(Fault::None);
    const auto reference = createBackend({DeviceKind::Reference, 0});
    for (const OperatorCase& test : selfTestCases()) {
        if (!test.quick)
            continue;
        const OperatorResult result = runCase(*faultless, *reference, test);
        QVERIFY2(result.ok() && result.worst == 0, result.text().c_str());
    }
}

void SelfTestTest::casesHaveDifferentNames()
{
    std::set<std::string> names;
    for (const OperatorCase& test : selfTestCases())
        QVERIFY2(names.insert(test.name()).second, test.name().c_str());
}

void SelfTestTest::quickCasesTouchEveryOperatorAndFormat()
{
    std::set<std::string> operations;
    std::set<std::string> formats;
    for (const OperatorCase& test : selfTestCases()) {
        if (!test.quick)
            continue;
        operations.insert(test.operation);
        if (test.operation == "matmul")
            formats.insert(test.format);
    }

    for (const char* operation :
         {"copy", "copyPages", "embed", "rmsNorm", "matmul", "rotateAndStore", "attention", "glu",
          "add", "gatherRows", "softcap", "topCandidates", "routeExperts", "expertMatmul",
          "weightedSum", "addRmsNorm", "matmulGlu", "record"})
        QVERIFY2(operations.contains(operation), operation);
    for (const DType type : kWeightTypes)
        QVERIFY2(formats.contains(std::string(name(type))), std::string(name(type)).c_str());
}

void SelfTestTest::failuresNameTheElement()
{
    const auto faulty = createFaultyBackend(Fault::OneElementOff);
    const auto reference = createBackend({DeviceKind::Reference, 0});
    const std::vector<OperatorCase> cases = selfTestCases();
    const auto test = std::ranges::find(
        cases, std::string("matmul F32, 17 rows of 512 -> 33 with bias"), &OperatorCase::name);
    QVERIFY(test != cases.end());

    const OperatorResult result = runCase(*faulty, *reference, *test);

    QVERIFY(!result.ok());
    QCOMPARE(result.element, std::string("row 16, column 32"));
    QVERIFY(result.actual != result.expected);
    QVERIFY(result.worst > 1);
    QVERIFY(result.text().find("row 16, column 32") != std::string::npos);
}

QTEST_APPLESS_MAIN(SelfTestTest)
#include "self_test_test.moc"
