#include "app/message_list_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest/QtTest>

using namespace inglenook;

namespace {

MessageRow row(qint64 id, const QString& text, bool streaming = false)
{
    MessageRow result;
    result.id = id;
    result.author = id % 2 ? MessageListModel::User : MessageListModel::Assistant;
    result.text = text;
    result.streaming = streaming;
    return result;
}

} // namespace

class MessageListModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_model.emplace();
        m_tester.emplace(&*m_model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    }
    void cleanup()
    {
        m_tester.reset();
        m_model.reset();
    }

    void pieceChangesOneRowAndItsTextOnly()
    {
        m_model->reset({row(1, "q"), row(2, "", true)});
        auto* blocks = at(1, MessageListModel::BlocksRole).value<MessageBlocks*>();
        QSignalSpy changes(&*m_model, &QAbstractItemModel::dataChanged);

        m_model->appendText(2, "Hello");

        QCOMPARE(changes.count(), 1);
        QCOMPARE(changes[0][0].toModelIndex().row(), 1);
        QCOMPARE(changes[0][2].value<QList<int>>(), QList<int>{MessageListModel::TextRole});
        QCOMPARE(at(1, MessageListModel::TextRole), "Hello");
        QCOMPARE(at(1, MessageListModel::BlocksRole).value<MessageBlocks*>(), blocks);
        QCOMPARE(blocks->data(blocks->index(0), MessageBlocks::TextRole), "Hello");
        QCOMPARE(blocks->data(blocks->index(0), MessageBlocks::ClosedRole), false);
    }

    void finishClosesTheReply()
    {
        m_model->reset({row(2, "Hello", true)});
        auto* blocks = at(0, MessageListModel::BlocksRole).value<MessageBlocks*>();

        m_model->finish(2, "8 tokens/s", "Stopped");

        QCOMPARE(at(0, MessageListModel::StreamingRole), false);
        QCOMPARE(at(0, MessageListModel::StatusTextRole), "8 tokens/s");
        QCOMPARE(at(0, MessageListModel::ProblemRole), "Stopped");
        QCOMPARE(blocks->data(blocks->index(0), MessageBlocks::ClosedRole), true);
    }

    void otherBranchKeepsWhatIsCommon()
    {
        m_model->reset({row(1, "q"), row(2, "a"), row(3, "q2"), row(4, "a2")});
        QSignalSpy removed(&*m_model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy changes(&*m_model, &QAbstractItemModel::dataChanged);
        QSignalSpy resets(&*m_model, &QAbstractItemModel::modelReset);
        MessageRow second = row(2, "a");
        second.versionCount = 2;

        m_model->rethread({row(1, "q"), second, row(5, "other")});

        QCOMPARE(m_model->count(), 3);
        QCOMPARE(removed.count(), 1);
        QCOMPARE(removed[0][1].toInt(), 2);
        QCOMPARE(changes.count(), 1);
        QCOMPARE(changes[0][2].value<QList<int>>(), QList<int>{MessageListModel::VersionCountRole});
        QCOMPARE(at(2, MessageListModel::TextRole), "other");
        QCOMPARE(resets.count(), 0);
    }

    void unknownIdsAreIgnored()
    {
        m_model->reset({row(1, "q")});
        QSignalSpy changes(&*m_model, &QAbstractItemModel::dataChanged);

        m_model->appendText(9, "x");
        m_model->finish(9, "", "");
        m_model->setProblem(9, "x");

        QCOMPARE(changes.count(), 0);
    }

    void blocksOutliveTheirRowForThisTurn()
    {
        m_model->reset({row(1, "q")});
        const QPointer<MessageBlocks> blocks =
            at(0, MessageListModel::BlocksRole).value<MessageBlocks*>();

        m_model->reset({});
        QVERIFY(blocks); // a delegate may still look

        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        QVERIFY(!blocks);
    }

private:
    [[nodiscard]] QVariant at(int row, int role) const
    {
        return m_model->data(m_model->index(row), role);
    }

    std::optional<MessageListModel> m_model;
    std::optional<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(MessageListModelTest)
#include "message_list_model_test.moc"
