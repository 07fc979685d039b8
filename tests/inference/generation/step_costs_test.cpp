#include "inference/generation/step_costs.h"

#include <QTest>
#include <cmath>

using namespace inglenook;

namespace {

bool near(double value, double expected)
{
    return std::abs(value - expected) < 0.01 * expected;
}

} // namespace

class StepCostsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nothingIsKnownUntilTheSecondStepOfAKind();
    void rowsOfOneWidthShareTheirCost();
    void unknownWidthsCostMoreThanNarrowerOnes();
    void costsFollowButOutliersHardlyMoveThem();
    void longContextsBeginWithWhatShorterOnesCost();
    void widthsUnknownBehindLongContextsCostAsManyPlainSteps();
    void lateMeasurementsCountMore();
    void costsGrowStale();
};

void StepCostsTest::nothingIsKnownUntilTheSecondStepOfAKind()
{
    StepCosts costs;
    QCOMPARE(costs.seconds(1, 10), 0.);
    costs.measured(1, 10, 9.); // the device prepares something
    QCOMPARE(costs.seconds(1, 10), 0.);
    costs.measured(1, 10, 1.);
    QCOMPARE(costs.seconds(1, 10), 1.);
}

void StepCostsTest::rowsOfOneWidthShareTheirCost()
{
    StepCosts costs;
    for (const int rows : {1, 1, 3, 4, 5, 8})
        costs.measured(rows, 10, rows <= 1 ? 1. : rows <= 4 ? 2. : 3.);
    QCOMPARE(costs.seconds(4, 10), 2.);
    QCOMPARE(costs.seconds(3, 10), 2.);
    QCOMPARE(costs.seconds(6, 10), 3.);
}

void StepCostsTest::unknownWidthsCostMoreThanNarrowerOnes()
{
    StepCosts costs;
    costs.measured(1, 10, 1.);
    costs.measured(1, 10, 1.);
    for (int rows = 1; rows < 16; rows *= 2)
        QVERIFY(costs.seconds(2 * rows, 10) > costs.seconds(rows, 10));
    QVERIFY(costs.seconds(16, 10) < 16.);
}

void StepCostsTest::costsFollowButOutliersHardlyMoveThem()
{
    StepCosts costs;
    for (int i = 0; i < 10; ++i)
        costs.measured(1, 10, 1.);
    costs.measured(1, 10, 1000.);
    QVERIFY(costs.seconds(1, 10) < 1.1);
    for (int i = 0; i < 200; ++i)
        costs.measured(1, 10, 3.);
    QVERIFY(near(costs.seconds(1, 10), 3.));
}

void StepCostsTest::longContextsBeginWithWhatShorterOnesCost()
{
    StepCosts costs;
    costs.measured(1, 10, 1.);
    costs.measured(1, 10, 1.);
    QCOMPARE(costs.seconds(1, 5000), 1.);
    costs.measured(1, 5000, 2.);
    costs.measured(1, 5000, 2.);
    QCOMPARE(costs.seconds(1, 5000), 2.);
    QCOMPARE(costs.seconds(1, 10), 1.);
}

void StepCostsTest::widthsUnknownBehindLongContextsCostAsManyPlainSteps()
{
    StepCosts costs;
    for (int i = 0; i < 2; ++i) {
        costs.measured(1, 10, 1.);
        costs.measured(4, 10, 1.5);
        costs.measured(1, 5000, 2.);
    }
    QCOMPARE(costs.seconds(4, 5000), 3.);
    QCOMPARE(costs.seconds(4, 10), 1.5);
}

void StepCostsTest::lateMeasurementsCountMore()
{
    StepCosts costs;
    for (int i = 0; i < 10; ++i)
        costs.measured(1, 10, 1.);
    for (int i = 0; i < 100; ++i)
        costs.measured(4, 10, 2.);
    costs.measured(1, 10, 1.4);
    QVERIFY(near(costs.seconds(1, 10), 1.2));
}

void StepCostsTest::costsGrowStale()
{
    StepCosts costs;
    QVERIFY(!costs.fresh(1, 10, 5));
    costs.measured(1, 10, 1.);
    costs.measured(1, 10, 1.);
    QVERIFY(costs.fresh(1, 10, 5));
    for (int i = 0; i < 5; ++i)
        costs.measured(4, 10, 1.);
    QVERIFY(!costs.fresh(1, 10, 5));
}

QTEST_APPLESS_MAIN(StepCostsTest)
#include "step_costs_test.moc"
