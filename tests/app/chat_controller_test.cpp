#include "app/chat_controller.h"

#include "app/reply_texts.h"
#include "tests/support/conversations.h"

#include <QAbstractItemModelTester>
#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QtTest/QtTest>

using namespace inglenook;

class ChatControllerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_chat.emplace();
        m_tester.emplace(m_chat->messages(),
                         QAbstractItemModelTester::FailureReportingMode::QtTest);
        m_turns.emplace(&*m_chat, &ChatController::turnAdded);
        m_asked.emplace(&*m_chat, &ChatController::replyRequested);
        m_stops.emplace(&*m_chat, &ChatController::stopRequested);
        m_ended.emplace(&*m_chat, &ChatController::replyEnded);
        m_chat->onStorageOpened(10, 100);
        modelIs(ModelController::Loaded);
    }
    void cleanup()
    {
        m_tester.reset();
        m_chat.reset();
    }

    void questionIsKeptBeforeTheEngineIsAsked()
    {
        m_chat->send("Which tea?");

        QCOMPARE(m_turns->count(), 1);
        QCOMPARE(m_asked->count(), 0);
        QCOMPARE(m_chat->state(), ChatController::Waiting);
        const auto turn = m_turns->at(0)[0].value<ConversationRecord>();
        const auto messages = m_turns->at(0)[1].value<std::vector<MessageRecord>>();
        QCOMPARE(turn.id, 11);
        QCOMPARE(turn.title, std::string("Which tea?"));
        QCOMPARE(messages.size(), size_t(2));
        QCOMPARE(messages[0].id, 101);
        QCOMPARE(messages[1].id, 102);
        QVERIFY(messages[1].state == MessageState::Growing);
        QCOMPARE(m_chat->messages()->count(), 2);

        m_chat->onTurnStored(102);
        QCOMPARE(m_asked->count(), 1);
        QCOMPARE(request().id, 102u);
        QCOMPARE(request().messages.back().text, std::string("Which tea?"));
    }

    void replyRunsThroughItsStates()
    {
        m_chat->send("Which tea?");
        m_chat->onTurnStored(102);
        m_chat->onPromptProgress(102, 5, 20, 3);
        QCOMPARE(m_chat->state(), ChatController::ReadingPrompt);
        QCOMPARE(m_chat->promptDone(), 5);
        QCOMPARE(m_chat->reusedTokens(), 3);

        m_chat->onReplyText(102, "Green", 1);
        m_chat->onReplyText(102, " tea", 1);
        QCOMPARE(m_chat->state(), ChatController::Answering);
        QCOMPARE(m_chat->replyTokens(), 2);
        QCOMPARE(rowText(1), "Green tea");
        QVERIFY(role(1, MessageListModel::StreamingRole).toBool());

        finish(102);
        QCOMPARE(m_chat->state(), ChatController::Idle);
        QCOMPARE(m_ended->count(), 1);
        const auto reply = m_ended->at(0)[0].value<MessageRecord>();
        QCOMPARE(reply.text, std::string("Green tea"));
        QVERIFY(reply.state == MessageState::Complete);
        QCOMPARE(role(1, MessageListModel::StatusTextRole), statusOf(102));
        QCOMPARE(m_chat->timeToFirstTokenMs(), 43);
        QCOMPARE(m_chat->stopReasonText(), "");
    }

    void messagesThatWereLeftOutAreSaidAtTheReply()
    {
        m_chat->send("Which tea?");
        m_chat->onTurnStored(102);
        m_chat->onContextTrimmed({.id = 102, .messages = 4});
        m_chat->onContextTrimmed({.id = 999, .messages = 4});
        QCOMPARE(role(1, MessageListModel::NoteRole), describeLeftOut(4));
        QCOMPARE(role(0, MessageListModel::NoteRole), "");

        m_chat->onReplyText(102, "Green", 1);
        finish(102);
        m_chat->regenerate(102);
        m_chat->onTurnStored(103);
        QCOMPARE(role(1, MessageListModel::NoteRole), "");

        finish(103);
        m_chat->selectVersion(103, 0);
        QCOMPARE(role(1, MessageListModel::NoteRole), describeLeftOut(4));
    }

    void lateMessagesOfAnEndedReplyAreIgnored()
    {
        answerTo("a", "b");
        m_chat->onReplyText(102, "late", 1);
        m_chat->onReplyFailed({.id = 102, .sentence = "late"});
        finish(102);

        QCOMPARE(rowText(1), "b");
        QCOMPARE(m_ended->count(), 1);
        QCOMPARE(m_chat->errorText(), "");
    }

    void stopWaitsForTheEngineToEnd()
    {
        m_chat->send("a");
        m_chat->onTurnStored(102);
        m_chat->onReplyText(102, "half", 1);

        m_chat->stop();
        m_chat->stop();
        QCOMPARE(m_chat->state(), ChatController::Stopping);
        QCOMPARE(m_stops->count(), 1);

        finish(102, StopReason::Stopped);
        QCOMPARE(m_chat->state(), ChatController::Idle);
        QCOMPARE(role(1, MessageListModel::ProblemRole), "Stopped");
        QCOMPARE(rowText(1), "half");
    }

    void stopBeforeTheEngineIsAskedEndsAtOnce()
    {
        modelIs(ModelController::Loading);
        m_chat->send("a");
        m_chat->onTurnStored(102);

        m_chat->stop();

        QCOMPARE(m_chat->state(), ChatController::Idle);
        QCOMPARE(m_stops->count(), 0);
        modelIs(ModelController::Loaded);
        QCOMPARE(m_asked->count(), 0);
    }

    void replyWaitsForTheModel()
    {
        modelIs(ModelController::Loading);
        m_chat->send("a");
        m_chat->onTurnStored(102);
        QCOMPARE(m_asked->count(), 0);

        modelIs(ModelController::Loaded);
        QCOMPARE(m_asked->count(), 1);
    }

    void missingModelIsSaid()
    {
        modelIs(ModelController::None);
        m_chat->send("a");
        m_chat->onTurnStored(102);

        QVERIFY(role(1, MessageListModel::ProblemRole).toString().startsWith("No model is loaded"));
        QCOMPARE(m_chat->errorText(), ""); // said once, where the answer would stand
        QCOMPARE(m_chat->state(), ChatController::Idle);
    }

    void failureOfTheEngineIsSaidInItsWords()
    {
        m_chat->send("a");
        m_chat->onTurnStored(102);
        m_chat->onReplyFailed({.id = 102, .sentence = "The context is too short."});

        QCOMPARE(m_chat->errorText(), "");
        QCOMPARE(role(1, MessageListModel::ProblemRole), "The context is too short.");
        QVERIFY(m_ended->at(0)[0].value<MessageRecord>().state == MessageState::Failed);
    }

    void chatGoesOnWhenTheDiskDoesNot()
    {
        m_chat->send("a");
        m_chat->onTurnNotStored(102, "The disk is full.");

        QCOMPARE(m_chat->errorText(), "The disk is full.");
        QCOMPARE(role(0, MessageListModel::ProblemRole), "Not saved");
        QCOMPARE(m_asked->count(), 1);
        m_chat->dismissError();
        QCOMPARE(m_chat->errorText(), "");

        // what the database cannot give back stays in memory
        finish(102);
        m_chat->newChat();
        QSignalSpy reads(&*m_chat, &ChatController::readRequested);
        m_chat->open(11);
        QCOMPARE(reads.count(), 0);
        QCOMPARE(rowText(0), "a");

        m_chat->onAllStored();
        QCOMPARE(role(0, MessageListModel::ProblemRole), "");
    }

    void textSentWhileBusyWaitsAndThenGoes()
    {
        m_chat->send("a");
        m_chat->onTurnStored(102);
        m_chat->send("b");
        m_chat->send("c");
        QCOMPARE(m_chat->queuedText(), "b\n\nc");
        QCOMPARE(m_turns->count(), 1);

        finish(102);

        QCOMPARE(m_chat->queuedText(), "");
        QCOMPARE(m_turns->count(), 2);
        QCOMPARE(rowText(2), "b\n\nc");
    }

    void queuedTextBecomesTheDraftWhenTheReplyFails()
    {
        m_chat->send("a");
        m_chat->onTurnStored(102);
        m_chat->send("b");

        m_chat->onReplyFailed({.id = 102, .sentence = "Broken."});

        QCOMPARE(m_chat->draft(), "b");
        QCOMPARE(m_chat->queuedText(), "");
        QCOMPARE(m_turns->count(), 1);
    }

    void textSentBeforeTheDatabaseIsOpenIsNotLost()
    {
        ChatController chat;
        QSignalSpy turns(&chat, &ChatController::turnAdded);
        chat.send("early");
        QCOMPARE(turns.count(), 0);

        chat.onStorageOpened(0, 0);
        QCOMPARE(turns.count(), 1);
        QCOMPARE(chat.messages()->rows()[0].text, "early");
    }

    void regenerateKeepsTheOldAnswerAsAVersion()
    {
        answerTo("a", "first");
        m_chat->regenerate(102);

        QCOMPARE(m_turns->count(), 2);
        const auto added = m_turns->at(1)[1].value<std::vector<MessageRecord>>();
        QCOMPARE(added.size(), size_t(1));
        QCOMPARE(added[0].parent, 101);
        QCOMPARE(m_chat->messages()->count(), 2);
        QCOMPARE(role(1, MessageListModel::VersionCountRole), 2);
        QCOMPARE(role(1, MessageListModel::VersionIndexRole), 1);

        m_chat->onTurnStored(103);
        QCOMPARE(request().messages.size(), size_t(1));
        m_chat->onReplyText(103, "second", 1);
        finish(103);
        QSignalSpy chosen(&*m_chat, &ChatController::versionChosen);
        m_chat->selectVersion(103, 0);
        QCOMPARE(rowText(1), "first");
        QCOMPARE(chosen[0][1].toLongLong(), 102);
        m_chat->selectVersion(102, 1);
        QCOMPARE(rowText(1), "second");
        m_chat->selectVersion(102, 7);
        QCOMPARE(rowText(1), "second");
    }

    void editedQuestionIsANewBranch()
    {
        answerTo("a", "b");
        answerTo("c", "d", 103);

        m_chat->editMessage(101, "other");

        QCOMPARE(m_chat->messages()->count(), 2);
        QCOMPARE(rowText(0), "other");
        QCOMPARE(role(0, MessageListModel::VersionCountRole), 2);
        m_chat->onTurnStored(106);
        QCOMPARE(request().messages.size(), size_t(1));
        finish(106);
        m_chat->selectVersion(105, 0);
        QCOMPARE(m_chat->messages()->count(), 4);
        QCOMPARE(rowText(3), "d");
    }

    void deletedMessageComesBack()
    {
        answerTo("a", "b");
        answerTo("c", "d", 103);
        QSignalSpy offers(&*m_chat, &ChatController::undoOffered);
        QSignalSpy removed(&*m_chat, &ChatController::messageRemoved);
        QSignalSpy restored(&*m_chat, &ChatController::messageRestored);

        m_chat->deleteMessage(102);
        QCOMPARE(m_chat->messages()->count(), 1);
        QCOMPARE(offers.count(), 1);
        QCOMPARE(removed[0][0].toLongLong(), 102);

        m_chat->undo();
        m_chat->undo();
        QCOMPARE(m_chat->messages()->count(), 4);
        QCOMPARE(restored.count(), 1);
    }

    void deletingWhatIsBeingAnsweredStopsIt()
    {
        m_chat->send("a");
        m_chat->onTurnStored(102);
        m_chat->deleteMessage(101);

        QCOMPARE(m_stops->count(), 1);
        QCOMPARE(m_chat->state(), ChatController::Empty);
        m_chat->onReplyText(102, "late", 1);
        finish(102, StopReason::Stopped);
        QCOMPARE(m_ended->count(), 1);
    }

    void replyGoesOnBehindAnotherConversation()
    {
        QSignalSpy unseen(&*m_chat, &ChatController::answeredUnseen);
        QSignalSpy busy(&*m_chat, &ChatController::busyChanged);
        m_chat->send("a");
        m_chat->onTurnStored(102);
        m_chat->onReplyText(102, "one", 1);

        m_chat->newChat();
        QCOMPARE(m_chat->state(), ChatController::Empty);
        QCOMPARE(m_chat->conversationId(), 0);
        m_chat->onReplyText(102, " two", 1);

        m_chat->open(11);
        QCOMPARE(m_chat->state(), ChatController::Answering);
        QCOMPARE(rowText(1), "one two");

        m_chat->newChat();
        finish(102);
        QCOMPARE(unseen.count(), 1);
        QCOMPARE(busy.count(), 2);
        QCOMPARE(busy[1][1].toBool(), false);
    }

    void twoConversationsAreAnsweredAtOnce()
    {
        m_chat->send("a");
        m_chat->onTurnStored(102);
        m_chat->newChat();
        m_chat->send("b");
        m_chat->onTurnStored(104);

        m_chat->onReplyText(102, "for a", 1);
        m_chat->onReplyText(104, "for b", 1);
        QCOMPARE(rowText(1), "for b");
        m_chat->open(11);
        QCOMPARE(rowText(1), "for a");
    }

    void openedConversationIsShownUnlessAnotherWasOpenedSince()
    {
        QSignalSpy reads(&*m_chat, &ChatController::readRequested);
        QSignalSpy wanted(&*m_chat, &ChatController::modelWanted);
        m_chat->open(1);
        m_chat->open(2);
        QCOMPARE(reads.count(), 2);

        m_chat->onConversationRead(conversation(1, "One"), {question(1, 0, "late", 1)});
        QCOMPARE(m_chat->conversationId(), 0);
        ConversationRecord second = conversation(2, "Two");
        second.draft = "unsent";
        second.model = "/models/b.gguf";
        MessageRecord interrupted = answer(4, 3, "half", 2);
        interrupted.state = MessageState::Interrupted;
        m_chat->onConversationRead(second, {question(3, 0, "q", 2), interrupted});

        QCOMPARE(m_chat->conversationId(), 2);
        QCOMPARE(m_chat->title(), "Two");
        QCOMPARE(m_chat->draft(), "unsent");
        QCOMPARE(m_chat->state(), ChatController::Idle);
        QVERIFY(role(1, MessageListModel::ProblemRole).toString().startsWith("Interrupted"));
        QCOMPARE(wanted[0][0], "/models/b.gguf");
        QCOMPARE(m_chat->lastUserText(), "q");
        QCOMPARE(m_chat->lastUserMessageId(), 3);
    }

    void draftBelongsToItsConversation()
    {
        QSignalSpy saves(&*m_chat, &ChatController::draftSaveRequested);
        m_chat->setDraft("for a new chat");
        m_chat->open(1);
        m_chat->onConversationRead(conversation(1), {question(1, 0, "q")});
        QCOMPARE(saves.count(), 1);
        QCOMPARE(saves[0][0].toLongLong(), 0);
        m_chat->setDraft("for one");
        m_chat->newChat();
        QCOMPARE(saves.last()[0].toLongLong(), 1);
        QCOMPARE(saves.last()[1], "for one");
        QCOMPARE(m_chat->draft(), "for a new chat");

        m_chat->send("for a new chat");
        QCOMPARE(m_chat->draft(), "");
    }

    void draftIsKeptAfterAMoment()
    {
        QSignalSpy saves(&*m_chat, &ChatController::draftSaveRequested);
        m_chat->setDraft("a");
        m_chat->setDraft("ab");
        QCOMPARE(saves.count(), 0);
        QVERIFY(saves.wait());
        QCOMPARE(saves.count(), 1);
        QCOMPARE(saves[0][1], "ab");
    }

    void removedConversationLeavesNothingOnShow()
    {
        m_chat->send("a");
        m_chat->onTurnStored(102);
        m_chat->send("queued");

        m_chat->onConversationRemoved(11);

        QCOMPARE(m_stops->count(), 1);
        QCOMPARE(m_chat->conversationId(), 0);
        QCOMPARE(m_chat->state(), ChatController::Empty);
        QCOMPARE(m_turns->count(), 1);
    }

    void settingsShapeTheRequest()
    {
        ChatSettings settings;
        settings.systemPrompt = "Be brief.";
        settings.sampling.temperature = 0.f;
        settings.sampling.seed = 42;
        settings.fixedSeed = true;
        settings.maxTokens = 9;
        m_chat->onChatSettingsChanged(settings);
        m_chat->send("a");
        m_chat->onTurnStored(102);

        QCOMPARE(request().messages.front().role, std::string("system"));
        QCOMPARE(request().sampling.seed, 42u);
        QCOMPARE(request().maxTokens, 9);
    }

    void seedsDifferUnlessFixed()
    {
        answerTo("a", "b");
        const uint64_t first = request().sampling.seed;
        answerTo("c", "d", 103);
        QVERIFY(request().sampling.seed != first);
    }

    void copyGivesTheSource()
    {
        answerTo("a", "**b**");
        m_chat->copyMessage(102);
        QCOMPARE(QGuiApplication::clipboard()->text(), "**b**");
    }

    void nothingIsSentForBlankText()
    {
        m_chat->send(" \n ");
        m_chat->editMessage(1, "x");
        m_chat->regenerate(1);
        m_chat->deleteMessage(1);
        m_chat->stop();
        QCOMPARE(m_turns->count(), 0);
        QCOMPARE(m_chat->state(), ChatController::Empty);
    }

private:
    void modelIs(ModelController::State state)
    {
        m_chat->onModelChanged(state, state == ModelController::Loaded ? "/models/a.gguf" : "", "a",
                               "cpu", "");
    }
    void finish(quint64 reply, StopReason reason = StopReason::EndOfText)
    {
        ReplyStats stats;
        stats.promptTokens = 20;
        stats.reusedTokens = 3;
        stats.replyTokens = 11;
        stats.promptSeconds = 0.0431;
        stats.replySeconds = 0.5;
        stats.device = "cpu";
        m_chat->onReplyFinished({.id = reply, .reason = reason, .stats = stats});
    }
    /// A whole turn; `question` is the id that the question gets.
    void answerTo(const QString& text, const QString& answer, qint64 question = 101)
    {
        m_chat->send(text);
        m_chat->onTurnStored(question + 1);
        m_chat->onReplyText(quint64(question + 1), answer, 1);
        finish(quint64(question + 1));
    }
    [[nodiscard]] ReplyRequest request() const { return m_asked->last()[0].value<ReplyRequest>(); }
    [[nodiscard]] QVariant role(int row, int role) const
    {
        return m_chat->messages()->data(m_chat->messages()->index(row), role);
    }
    [[nodiscard]] QString rowText(int row) const
    {
        return role(row, MessageListModel::TextRole).toString();
    }
    [[nodiscard]] QString statusOf(qint64 id) const
    {
        return m_chat->messages()->find(id)->statusText;
    }

    std::optional<ChatController> m_chat;
    std::optional<QAbstractItemModelTester> m_tester;
    std::optional<QSignalSpy> m_turns;
    std::optional<QSignalSpy> m_asked;
    std::optional<QSignalSpy> m_stops;
    std::optional<QSignalSpy> m_ended;
};

QTEST_MAIN(ChatControllerTest)
#include "chat_controller_test.moc"
