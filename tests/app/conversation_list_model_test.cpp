#include "app/conversation_list_model.h"

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <QSignalSpy>
#include <QtTest/QtTest>

#include <random>

using namespace inglenook;

namespace {

ConversationRow row(qint64 id, qint64 changedMs, bool pinned = false)
{
    ConversationRow result;
    result.id = id;
    result.title = QString::number(id);
    result.changedMs = changedMs;
    result.pinned = pinned;
    return result;
}

QList<qint64> ids(const ConversationListModel& model)
{
    QList<qint64> result;
    for (const ConversationRow& shown : model.rows())
        result.append(shown.id);
    return result;
}

} // namespace

class ConversationListModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pinnedAreFirstThenTheLatest()
    {
        ConversationListModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.upsert(row(1, 100));
        model.upsert(row(2, 300));
        model.upsert(row(3, 200));
        model.upsert(row(4, 50, true));
        QCOMPARE(ids(model), (QList<qint64>{4, 2, 3, 1}));

        model.upsert(row(1, 400));
        QCOMPARE(ids(model), (QList<qint64>{4, 1, 2, 3}));
        model.upsert(row(4, 50, false));
        QCOMPARE(ids(model), (QList<qint64>{1, 2, 3, 4}));
        model.remove(2);
        QCOMPARE(ids(model), (QList<qint64>{1, 3, 4}));
    }

    void anyOrderOfChangesEndsSorted()
    {
        ConversationListModel model;
        QAbstractItemModelTester tester(&model,
                                        QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::mt19937 random(9);
        for (int i = 0; i < 400; ++i) {
            const auto id = qint64(1 + random() % 20);
            if (random() % 8 == 0)
                model.remove(id);
            else
                model.upsert(row(id, qint64(random() % 10), random() % 4 == 0));
            QVERIFY(std::is_sorted(model.rows().begin(), model.rows().end(),
                                   ConversationListModel::before));
        }
    }

    void knownConversationMovesInsteadOfReappearing()
    {
        ConversationListModel model;
        model.reset({row(2, 200), row(1, 100)});
        QSignalSpy moved(&model, &QAbstractItemModel::rowsMoved);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);

        model.upsert(row(1, 300));

        QCOMPARE(moved.count(), 1);
        QCOMPARE(inserted.count(), 0);
    }

    void sectionsFollowTheDays_data()
    {
        QTest::addColumn<int>("daysAgo");
        QTest::addColumn<QString>("section");
        QTest::newRow("tomorrow (a clock was wrong)") << -1 << "Today";
        QTest::newRow("today") << 0 << "Today";
        QTest::newRow("yesterday") << 1 << "Yesterday";
        QTest::newRow("two days") << 2 << "Last 7 days";
        QTest::newRow("a week") << 7 << "Last 7 days";
        QTest::newRow("eight days") << 8 << "Older";
    }

    void sectionsFollowTheDays()
    {
        QFETCH(int, daysAgo);
        QFETCH(QString, section);
        ConversationListModel model;
        const QDate day(2024, 3, 15);
        model.reset({row(1, day.startOfDay().toMSecsSinceEpoch() + 3'600'000), row(2, 0, true)});

        model.setToday(day.addDays(daysAgo));

        QCOMPARE(model.data(model.index(0), ConversationListModel::SectionRole), section);
        QCOMPARE(model.data(model.index(1), ConversationListModel::SectionRole), "Pinned");
    }

    void currentIsOneRow()
    {
        ConversationListModel model;
        model.reset({row(2, 200), row(1, 100)});
        model.setCurrent(2);
        QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);

        model.setCurrent(1);

        QCOMPARE(changes.count(), 2);
        QCOMPARE(model.data(model.index(0), ConversationListModel::CurrentRole), false);
        QCOMPARE(model.data(model.index(1), ConversationListModel::CurrentRole), true);
    }
};

QTEST_APPLESS_MAIN(ConversationListModelTest)
#include "conversation_list_model_test.moc"
