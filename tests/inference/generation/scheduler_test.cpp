#include "inference/generation/scheduler.h"

#include <QTest>

using namespace inglenook;

namespace {

Sequence sequenceOf(uint64_t id, int length, int computed, int slot)
{
    Sequence sequence;
    sequence.id = id;
    sequence.tokens.resize(static_cast<size_t>(length));
    sequence.promptTokens = length;
    sequence.computed = computed;
    sequence.slot = slot;
    return sequence;
}

} // namespace

class SchedulerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyDecodingSequenceGetsOneRow();
    void onePromptIsReadBesideThem();
    void promptsTakeTurns();
    void waitingSequencesArePassedOver();
    void lastSliceGivesTheFirstToken();
    void sliceFollowsTheMeasuredRate();
    void sliceStaysWithinItsLimits();
};

void SchedulerTest::everyDecodingSequenceGetsOneRow()
{
    Scheduler scheduler({.rows = 512, .outputs = 16});
    const auto parts =
        scheduler.plan(std::vector{sequenceOf(1, 10, 9, 0), sequenceOf(2, 30, 29, 1)});
    QCOMPARE(parts.size(), size_t{2});
    QCOMPARE(parts[1].sequence, size_t{1});
    QCOMPARE(parts[1].first, 29);
    QCOMPARE(parts[1].count, 1);
    QVERIFY(parts[0].outputs == 1 && parts[1].outputs == 1);
}

void SchedulerTest::onePromptIsReadBesideThem()
{
    Scheduler scheduler({.rows = 512, .outputs = 16});
    const auto parts = scheduler.plan(std::vector{
        sequenceOf(1, 10, 9, 0), sequenceOf(2, 1000, 100, 1), sequenceOf(3, 1000, 0, 2)});
    QCOMPARE(parts.size(), size_t{2});
    QCOMPARE(parts[1].sequence, size_t{1});
    QCOMPARE(parts[1].first, 100);
    QCOMPARE(parts[1].count, scheduler.sliceRows());
    QCOMPARE(parts[1].outputs, 0);
}

void SchedulerTest::promptsTakeTurns()
{
    Scheduler scheduler({.rows = 512, .outputs = 16});
    const std::vector sequences{sequenceOf(7, 1000, 0, 0), sequenceOf(8, 1000, 0, 1),
                                sequenceOf(9, 1000, 0, 2)};
    std::vector<size_t> order;
    for (int i = 0; i < 4; ++i)
        order.push_back(scheduler.plan(sequences).front().sequence);
    QVERIFY((order == std::vector<size_t>{0, 1, 2, 0}));
}

void SchedulerTest::waitingSequencesArePassedOver()
{
    Scheduler scheduler({.rows = 512, .outputs = 16});
    QVERIFY(
        scheduler.plan(std::vector{sequenceOf(1, 10, 9, -1), sequenceOf(2, 10, 0, -1)}).empty());
}

void SchedulerTest::lastSliceGivesTheFirstToken()
{
    Scheduler scheduler({.rows = 512, .outputs = 16});
    const auto parts = scheduler.plan(std::vector{sequenceOf(1, 20, 3, 0)});
    QCOMPARE(parts.front().count, 17);
    QCOMPARE(parts.front().outputs, 1);
}

void SchedulerTest::sliceFollowsTheMeasuredRate()
{
    Scheduler scheduler({.rows = 512, .outputs = 16});
    const std::vector sequences{sequenceOf(1, 100000, 0, 0)};
    // 5 ms per row: twenty rows in a tenth of a second
    for (int i = 0; i < 20; ++i) {
        const auto parts = scheduler.plan(sequences);
        scheduler.measured(parts, 0.005 * parts.front().count);
    }
    QCOMPARE(scheduler.sliceRows(), 16);
    // 1 ms per row: a hundred
    for (int i = 0; i < 20; ++i) {
        const auto parts = scheduler.plan(sequences);
        scheduler.measured(parts, 0.001 * parts.front().count);
    }
    QVERIFY(scheduler.sliceRows() >= 80 && scheduler.sliceRows() <= 96);
}

void SchedulerTest::sliceStaysWithinItsLimits()
{
    Scheduler scheduler({.rows = 128, .outputs = 16});
    const std::vector sequences{sequenceOf(1, 100000, 0, 0), sequenceOf(2, 5, 4, 1)};
    for (int i = 0; i < 20; ++i)
        scheduler.measured(scheduler.plan(sequences), 1e-6);
    int rows = 0;
    for (const StepPart& part : scheduler.plan(sequences))
        rows += part.count;
    QCOMPARE(rows, 128);
    for (int i = 0; i < 20; ++i)
        scheduler.measured(scheduler.plan(sequences), 100.);
    QCOMPARE(scheduler.sliceRows(), 16);
}

QTEST_APPLESS_MAIN(SchedulerTest)
#include "scheduler_test.moc"
