// The other half of ChatController: a turn from the question to the end of its reply.

#include "app/chat_controller.h"

#include "app/reply_request.h"
#include "app/reply_texts.h"

#include <QDateTime>
#include <QRandomGenerator>

#include <algorithm>

namespace inglenook {

ChatController::Session ChatController::sessionOf(ReplyId reply) const
{
    for (const auto& [id, session] : m_running)
        if (session->reply.id == reply)
            return session;
    return nullptr;
}

void ChatController::beginTurn(const Session& session, qint64 parent, const QString& text)
{
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    ConversationRecord& conversation = session->conversation;
    const bool isNew = conversation.id == 0;
    if (isNew) {
        conversation.id = ++m_lastConversationId;
        conversation.title = titleFrom(text).toStdString();
        conversation.createdMs = now;
    }
    MessageRecord question;
    question.id = ++m_lastMessageId;
    question.conversation = conversation.id;
    question.parent = parent;
    question.author = Author::User;
    question.text = text.toStdString();
    question.createdMs = now;
    session->tree.add(question);
    beginReply(session, question.id, {question});
    if (isNew && shown(session)) {
        emit conversationChanged();
        emit titleChanged();
        emit currentChanged(conversation.id);
    }
}

void ChatController::beginReply(const Session& session, qint64 question,
                                std::vector<MessageRecord> newMessages)
{
    ConversationRecord& conversation = session->conversation;
    MessageRecord reply;
    reply.id = ++m_lastMessageId;
    reply.conversation = conversation.id;
    reply.parent = question;
    reply.author = Author::Assistant;
    reply.state = MessageState::Growing;
    reply.createdMs = QDateTime::currentMSecsSinceEpoch();
    reply.model = m_modelName.toStdString();
    session->tree.add(reply);
    newMessages.push_back(reply);
    session->reply = {};
    session->reply.id = ReplyId(reply.id);
    session->reply.startedMs = m_clock.elapsed();
    conversation.changedMs = reply.createdMs;
    conversation.chosen = session->tree.chosenRoot();
    if (!m_modelPath.isEmpty())
        conversation.model = m_modelPath.toStdString();
    m_running.insert_or_assign(conversation.id, session);
    if (shown(session)) {
        setErrorText({});
        showThread();
        emit progressChanged();
    }
    emit conversationUpdated(conversation);
    emit busyChanged(conversation.id, true);
    emit turnAdded(conversation, newMessages);
}

void ChatController::onTurnStored(qint64 replyId)
{
    if (const Session session = sessionOf(ReplyId(replyId)))
        ask(session);
}

void ChatController::onTurnNotStored(qint64 replyId, const QString& sentence)
{
    const Session session = sessionOf(ReplyId(replyId));
    if (!session)
        return;
    const MessageRecord* reply = session->tree.find(replyId);
    m_unsaved.insert({replyId, reply->parent});
    m_unsavedSessions.insert_or_assign(session->conversation.id, session);
    if (shown(session)) {
        m_messages->setProblem(reply->parent, tr("Not saved"));
        setErrorText(sentence);
    }
    ask(session);
}

void ChatController::onAllStored()
{
    if (m_unsaved.empty())
        return;
    m_unsaved.clear();
    m_unsavedSessions.clear();
    setErrorText({});
    showThread();
}

void ChatController::ask(const Session& session)
{
    RunningReply& reply = session->reply;
    if (reply.asked || m_modelState == ModelController::Loading)
        return; // onModelChanged() asks when it is loaded
    if (m_modelState != ModelController::Loaded) {
        endReply(session, MessageState::Failed,
                 tr("No model is loaded: choose one in the list of models, then answer again."),
                 {});
        return;
    }
    reply.asked = true;
    const MessageRecord* message = session->tree.find(int64_t(reply.id));
    ReplyRequest request = makeReplyRequest(session->tree, message->parent, m_settings);
    request.id = reply.id;
    request.conversation = cacheNameOf(session->conversation);
    if (!m_settings.fixedSeed)
        request.sampling.seed = QRandomGenerator::global()->generate64();
    emit replyRequested(request);
}

/// What is on show will probably be continued: the engine may prepare.
void ChatController::expectReply()
{
    const std::vector<int64_t> ids = m_session->tree.thread();
    if (m_modelState == ModelController::Loaded && !ids.empty() && !m_session->busy())
        emit replyExpected(makeReplyRequest(m_session->tree, ids.back(), m_settings));
}

void ChatController::onModelChanged(ModelController::State state, const QString& path,
                                    const QString& name, const QString& device,
                                    const QString& problem)
{
    m_modelState = state;
    m_modelPath = path;
    m_modelName = name;
    if (m_deviceName != device) {
        m_deviceName = device;
        emit deviceNameChanged();
    }
    if (state == ModelController::Loading)
        return;
    expectReply();
    const std::map<qint64, Session> running = m_running; // a reply that fails leaves it
    for (const auto& [id, session] : running) {
        if (session->reply.asked)
            continue;
        if (state == ModelController::Failed)
            endReply(session, MessageState::Failed, problem, {});
        else
            ask(session);
    }
}

void ChatController::onPromptProgress(quint64 reply, int done, int total, int reused)
{
    const Session session = sessionOf(reply);
    if (!session)
        return;
    session->reply.promptDone = done;
    session->reply.promptTotal = total;
    session->reply.reused = reused;
    if (!shown(session))
        return;
    ReplyFigures figures = m_figures;
    figures.reusedTokens = reused;
    showFigures(figures, {});
    emit progressChanged();
    updateState();
}

void ChatController::onReplyText(quint64 reply, const QString& text, int pieces)
{
    const Session session = sessionOf(reply);
    if (!session)
        return;
    const qint64 now = m_clock.elapsed();
    RunningReply& running = session->reply;
    if (!running.answering) {
        running.answering = true;
        running.firstTextMs = now;
    }
    running.pieces += pieces;
    session->tree.find(int64_t(reply))->text += text.toStdString();
    emit replyGrew(qint64(reply), text);
    if (!shown(session))
        return;
    m_messages->appendText(qint64(reply), text);
    ReplyFigures figures = m_figures;
    figures.replyTokens = running.pieces;
    figures.firstTokenMs = double(running.firstTextMs - running.startedMs);
    if (now > running.firstTextMs)
        figures.tokensPerSecond = running.pieces * 1000. / double(now - running.firstTextMs);
    showFigures(figures, {});
    updateState();
}

void ChatController::onContextTrimmed(const ContextTrimmed& trimmed)
{
    const Session session = sessionOf(trimmed.id);
    if (!session)
        return;
    session->leftOut.insert_or_assign(qint64(trimmed.id), trimmed.messages);
    if (shown(session))
        m_messages->setNote(qint64(trimmed.id), describeLeftOut(trimmed.messages));
}

void ChatController::onReplyFinished(const ReplyFinished& finished)
{
    if (const Session session = sessionOf(finished.id)) {
        const bool stopped = finished.reason == StopReason::Stopped;
        endReply(session, stopped ? MessageState::Stopped : MessageState::Complete,
                 describeEnd(finished.reason), toFigures(finished.stats));
    }
}

void ChatController::onReplyFailed(const ReplyFailed& failed)
{
    if (const Session session = sessionOf(failed.id))
        endReply(session, MessageState::Failed, QString::fromStdString(failed.sentence), {});
}

void ChatController::endReply(const Session& session, MessageState state, const QString& problem,
                              const ReplyFigures& figures)
{
    MessageRecord& reply = *session->tree.find(int64_t(session->reply.id));
    reply.state = state;
    reply.problem = problem.toStdString();
    reply.figures = figures;
    session->reply = {};
    const qint64 conversation = session->conversation.id;
    const Session kept = session; // the map's copy may be the one that was passed
    m_running.erase(conversation);
    emit replyEnded(reply);
    emit busyChanged(conversation, false);
    if (shown(kept)) {
        m_messages->finish(reply.id, statusText(figures), problem);
        showLatestFigures();
        updateState();
        emit progressChanged();
    } else {
        emit answeredUnseen(conversation);
    }
    if (state != MessageState::Failed) {
        sendQueued(kept);
    } else if (!kept->queuedText.isEmpty() && shown(kept) && draft().isEmpty()) {
        setDraft(kept->queuedText);
        setQueuedText({});
    }
}

void ChatController::sendQueued(const Session& session)
{
    const QString text = session->queuedText;
    if (text.trimmed().isEmpty())
        return;
    session->queuedText.clear();
    if (shown(session))
        emit queuedTextChanged();
    const std::vector<int64_t> ids = session->tree.thread();
    beginTurn(session, ids.empty() ? 0 : ids.back(), text);
}

} // namespace inglenook
