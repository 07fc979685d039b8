#include "app/conversation_controller.h"

#include "tests/support/conversations.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QtTest/QtTest>

using namespace inglenook;

class ConversationControllerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_controller.emplace();
        m_tester.emplace(m_controller->list(),
                         QAbstractItemModelTester::FailureReportingMode::QtTest);
        m_controller->onListed(
            {conversation(3, "Three"), conversation(2, "Two"), conversation(1, "One")});
    }
    void cleanup()
    {
        m_tester.reset();
        m_controller.reset();
    }

    void openAsksForAnotherConversationOnly()
    {
        QSignalSpy asked(&*m_controller, &ConversationController::openRequested);

        m_controller->openAt(1);
        m_controller->openAt(99);
        m_controller->open(77);
        QCOMPARE(asked.count(), 1);
        QCOMPARE(asked[0][0].toLongLong(), 2);

        m_controller->onCurrentChanged(2);
        m_controller->open(2);
        QCOMPARE(asked.count(), 1);
    }

    void renameIsSeenAtOnceAndKept()
    {
        QSignalSpy kept(&*m_controller, &ConversationController::renameRequested);

        m_controller->rename(2, "  New \n name ");
        m_controller->rename(2, " ");

        QCOMPARE(kept.count(), 1);
        QCOMPARE(kept[0][1], "New name");
        QCOMPARE(title(1), "New name");
    }

    void removedConversationComesBackToItsPlace()
    {
        QSignalSpy gone(&*m_controller, &ConversationController::removed);
        QSignalSpy restored(&*m_controller, &ConversationController::restoreRequested);

        m_controller->remove(2);
        QCOMPARE(m_controller->list()->count(), 2);
        QCOMPARE(gone[0][0], "Two");
        QVERIFY(m_controller->canUndo());

        m_controller->undoRemove();
        QCOMPARE(title(1), "Two");
        QCOMPARE(restored[0][0].toLongLong(), 2);
        QVERIFY(!m_controller->canUndo());
    }

    void searchShowsWhatWasFoundAndThenAllAgain()
    {
        QSignalSpy asked(&*m_controller, &ConversationController::searchRequested);

        m_controller->setSearchText("ap");
        m_controller->setSearchText("apple");
        QCOMPARE(asked.count(), 2);
        m_controller->onSearched("ap", {{.conversation = 3, .snippet = "ape"}}); // late
        QCOMPARE(m_controller->list()->count(), 3);
        m_controller->onSearched(
            "apple",
            {{.conversation = 1, .snippet = "an apple"}, {.conversation = 99, .snippet = ""}});
        QCOMPARE(m_controller->list()->count(), 1);
        QCOMPARE(data(0, ConversationListModel::SnippetRole), "an apple");

        m_controller->onBusyChanged(1, true);
        QCOMPARE(data(0, ConversationListModel::SnippetRole), "an apple");
        QCOMPARE(data(0, ConversationListModel::BusyRole), true);

        m_controller->setSearchText("");
        QCOMPARE(m_controller->list()->count(), 3);
        QCOMPARE(data(0, ConversationListModel::SnippetRole), "");
    }

    void answeredConversationIsUnreadUntilOpened()
    {
        m_controller->onBusyChanged(1, true);
        m_controller->onBusyChanged(1, false);
        m_controller->onAnsweredUnseen(1);
        QCOMPARE(data(2, ConversationListModel::UnreadRole), true);

        m_controller->onCurrentChanged(1);
        QCOMPARE(data(2, ConversationListModel::UnreadRole), false);
        QCOMPARE(data(2, ConversationListModel::CurrentRole), true);
    }

    void changedConversationMovesUp()
    {
        ConversationRecord changed = conversation(1, "One");
        changed.changedMs = 1'000'000;

        m_controller->onConversationChanged(changed);
        QCOMPARE(title(0), "One");

        QSignalSpy pinned(&*m_controller, &ConversationController::pinRequested);
        m_controller->setPinned(2, true);
        QCOMPARE(title(0), "Two");
        QCOMPARE(pinned.count(), 1);
    }

    void problemIsShownUntilDismissed()
    {
        m_controller->onProblem("The disk is full.");
        QCOMPARE(m_controller->errorText(), "The disk is full.");
        m_controller->dismissError();
        QCOMPARE(m_controller->errorText(), "");
    }

private:
    [[nodiscard]] QVariant data(int row, int role) const
    {
        return m_controller->list()->data(m_controller->list()->index(row), role);
    }
    [[nodiscard]] QString title(int row) const
    {
        return data(row, ConversationListModel::TitleRole).toString();
    }

    std::optional<ConversationController> m_controller;
    std::optional<QAbstractItemModelTester> m_tester;
};

QTEST_GUILESS_MAIN(ConversationControllerTest)
#include "conversation_controller_test.moc"
