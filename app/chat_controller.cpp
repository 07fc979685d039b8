#include "app/chat_controller.h"

#include "app/reply_request.h"
#include "app/reply_texts.h"

#include <QClipboard>
#include <QDateTime>
#include <QGuiApplication>
#include <QRandomGenerator>

#include <algorithm>

namespace inglenook {

namespace {

constexpr int kDraftDelayMs = 500;

} // namespace

ChatController::ChatController(QObject* parent)
    : QObject(parent)
    , m_messages(new MessageListModel(this))
    , m_session(std::make_shared<ChatSession>())
{
    m_clock.start();
    m_draftTimer.setSingleShot(true);
    m_draftTimer.setInterval(kDraftDelayMs);
    connect(&m_draftTimer, &QTimer::timeout, this, &ChatController::saveDraft);
}

ChatController::~ChatController() = default;

QString ChatController::title() const
{
    return QString::fromStdString(m_session->conversation.title);
}

QString ChatController::draft() const
{
    return QString::fromStdString(m_session->conversation.draft);
}

void ChatController::setDraft(const QString& text)
{
    if (draft() == text)
        return;
    m_session->conversation.draft = text.toStdString();
    m_draftTimer.start();
    emit draftChanged();
}

void ChatController::saveDraft()
{
    if (!m_draftTimer.isActive() && sender() != &m_draftTimer)
        return; // nothing was typed since
    m_draftTimer.stop();
    if (conversationId() == 0)
        m_newChatDraft = draft();
    emit draftSaveRequested(conversationId(), draft());
}

void ChatController::setQueuedText(const QString& text)
{
    if (m_session->queuedText == text)
        return;
    m_session->queuedText = text;
    emit queuedTextChanged();
}

void ChatController::send(const QString& text)
{
    if (text.trimmed().isEmpty())
        return;
    if (!draft().isEmpty()) {
        setDraft({});
        saveDraft();
    }
    if (m_session->busy() || !m_storageOpened) {
        const QString queued = queuedText();
        setQueuedText(queued.isEmpty() ? text : queued + QStringLiteral("\n\n") + text);
    } else {
        const std::vector<int64_t> ids = m_session->tree.thread();
        beginTurn(m_session, ids.empty() ? 0 : ids.back(), text);
    }
    emit messageSent();
}

void ChatController::stop()
{
    RunningReply& reply = m_session->reply;
    if (!m_session->busy() || reply.stopping)
        return;
    if (!reply.asked) {
        endReply(m_session, MessageState::Stopped, describeEnd(StopReason::Stopped), {});
        return;
    }
    reply.stopping = true;
    updateState();
    emit stopRequested(reply.id);
}

void ChatController::regenerate(qint64 messageId)
{
    const MessageRecord* message = m_session->tree.find(messageId);
    if (!message || m_session->busy())
        return;
    const qint64 question = message->author == Author::User ? message->id : message->parent;
    if (question != 0)
        beginReply(m_session, question, {});
}

void ChatController::editMessage(qint64 messageId, const QString& text)
{
    const MessageRecord* message = m_session->tree.find(messageId);
    if (!message || message->author != Author::User || m_session->busy() ||
        text.trimmed().isEmpty())
        return;
    beginTurn(m_session, message->parent, text);
    emit messageSent();
}

void ChatController::selectVersion(qint64 messageId, int index)
{
    const std::vector<int64_t>& versions = m_session->tree.versions(messageId);
    if (index < 0 || size_t(index) >= versions.size())
        return;
    const int64_t chosen = versions[size_t(index)];
    m_session->tree.choose(chosen);
    emit versionChosen(conversationId(), chosen);
    showThread();
    expectReply();
}

void ChatController::deleteMessage(qint64 messageId)
{
    if (!m_session->tree.find(messageId))
        return;
    if (m_session->busy()) {
        const std::vector<int64_t> path = m_session->tree.pathTo(int64_t(m_session->reply.id));
        if (std::find(path.begin(), path.end(), messageId) != path.end()) {
            emit stopRequested(m_session->reply.id);
            endReply(m_session, MessageState::Stopped, describeEnd(StopReason::Stopped), {});
        }
    }
    m_removed = {.conversation = conversationId(), .messages = m_session->tree.remove(messageId)};
    emit messageRemoved(messageId);
    showThread();
    emit undoOffered(tr("Message deleted"));
}

void ChatController::undo()
{
    if (m_removed.messages.empty())
        return;
    emit messageRestored(m_removed.messages.front().id);
    if (m_removed.conversation == conversationId()) {
        m_session->tree.restore(std::move(m_removed.messages));
        showThread();
    }
    m_removed = {};
}

void ChatController::copyMessage(qint64 messageId)
{
    if (const MessageRecord* message = m_session->tree.find(messageId))
        copyText(QString::fromStdString(message->text));
}

void ChatController::copyText(const QString& text)
{
    QGuiApplication::clipboard()->setText(text);
}

void ChatController::newChat()
{
    if (conversationId() == 0)
        return;
    m_wantedConversation = 0;
    auto session = std::make_shared<ChatSession>();
    session->conversation.draft = m_newChatDraft.toStdString();
    showSession(std::move(session));
}

QString ChatController::lastUserText() const
{
    const MessageRecord* message = m_session->tree.find(lastUserMessageId());
    return message ? QString::fromStdString(message->text) : QString();
}

qint64 ChatController::lastUserMessageId() const
{
    const std::vector<int64_t> ids = m_session->tree.thread();
    const auto last = std::find_if(ids.rbegin(), ids.rend(), [this](int64_t id) {
        return m_session->tree.find(id)->author == Author::User;
    });
    return last == ids.rend() ? 0 : *last;
}

void ChatController::dismissError()
{
    setErrorText({});
}

void ChatController::open(qint64 conversationId)
{
    if (conversationId == this->conversationId()) {
        m_wantedConversation = 0;
        return;
    }
    if (const auto running = m_running.find(conversationId); running != m_running.end()) {
        m_wantedConversation = 0;
        showSession(running->second);
        return;
    }
    if (const auto unsaved = m_unsavedSessions.find(conversationId);
        unsaved != m_unsavedSessions.end()) {
        m_wantedConversation = 0;
        showSession(unsaved->second);
        return;
    }
    m_wantedConversation = conversationId;
    emit readRequested(conversationId);
}

void ChatController::onStorageOpened(qint64 lastConversationId, qint64 lastMessageId)
{
    m_lastConversationId = lastConversationId;
    m_lastMessageId = lastMessageId;
    m_storageOpened = true;
    sendQueued(m_session);
}

void ChatController::onConversationRead(const ConversationRecord& conversation,
                                        const std::vector<MessageRecord>& messages)
{
    if (conversation.id != m_wantedConversation)
        return; // another one was opened since
    m_wantedConversation = 0;
    auto session = std::make_shared<ChatSession>();
    session->conversation = conversation;
    session->tree = MessageTree(messages, conversation.chosen);
    showSession(std::move(session));
}

void ChatController::onConversationRenamed(qint64 id, const QString& title)
{
    if (const auto running = m_running.find(id); running != m_running.end())
        running->second->conversation.title = title.toStdString();
    if (id != conversationId() || id == 0)
        return;
    m_session->conversation.title = title.toStdString();
    emit titleChanged();
}

void ChatController::onConversationRemoved(qint64 id)
{
    if (const auto running = m_running.find(id); running != m_running.end()) {
        const Session session = running->second;
        session->queuedText.clear();
        emit stopRequested(session->reply.id);
        endReply(session, MessageState::Stopped, describeEnd(StopReason::Stopped), {});
    }
    if (id == conversationId())
        newChat();
}

void ChatController::onNewChatDraftRead(const QString& text)
{
    m_newChatDraft = text;
    if (conversationId() != 0 || !draft().isEmpty() || text.isEmpty())
        return;
    m_session->conversation.draft = text.toStdString();
    emit draftChanged();
}

void ChatController::onChatSettingsChanged(const ChatSettings& settings)
{
    m_settings = settings;
}

void ChatController::showSession(Session session)
{
    saveDraft();
    m_session = std::move(session);
    m_messages->reset(thread());
    setErrorText({});
    emit conversationChanged();
    emit titleChanged();
    emit draftChanged();
    emit queuedTextChanged();
    emit progressChanged();
    showLatestFigures();
    updateState();
    emit currentChanged(conversationId());
    const QString model = QString::fromStdString(m_session->conversation.model);
    if (m_running.empty() && !model.isEmpty())
        emit modelWanted(model);
    expectReply();
}

void ChatController::showThread()
{
    m_messages->rethread(thread());
    showLatestFigures();
    updateState();
}

std::vector<MessageRow> ChatController::thread() const
{
    std::vector<MessageRow> rows;
    for (const int64_t id : m_session->tree.thread())
        rows.push_back(rowOf(*m_session->tree.find(id)));
    return rows;
}

MessageRow ChatController::rowOf(const MessageRecord& message) const
{
    const std::vector<int64_t>& versions = m_session->tree.versions(message.id);
    MessageRow row;
    row.id = message.id;
    row.author =
        message.author == Author::User ? MessageListModel::User : MessageListModel::Assistant;
    row.text = QString::fromStdString(message.text);
    row.streaming = message.state == MessageState::Growing;
    row.versionIndex =
        int(std::lower_bound(versions.begin(), versions.end(), message.id) - versions.begin());
    row.versionCount = int(versions.size());
    row.statusText = statusText(message.figures);
    if (const auto leftOut = m_session->leftOut.find(message.id);
        leftOut != m_session->leftOut.end())
        row.note = describeLeftOut(leftOut->second);
    row.problem = QString::fromStdString(message.problem);
    if (message.state == MessageState::Interrupted)
        row.problem = tr("Interrupted: the program ended while this was written");
    if (m_unsaved.contains(message.id))
        row.problem = tr("Not saved");
    return row;
}

void ChatController::showLatestFigures()
{
    const std::vector<int64_t> ids = m_session->tree.thread();
    const MessageRecord* last = ids.empty() ? nullptr : m_session->tree.find(ids.back());
    if (last && last->author == Author::Assistant)
        showFigures(last->figures, QString::fromStdString(last->problem));
    else
        showFigures({}, {});
}

void ChatController::showFigures(const ReplyFigures& figures, const QString& stopReason)
{
    if (m_figures == figures && m_stopReasonText == stopReason)
        return;
    m_figures = figures;
    m_stopReasonText = stopReason;
    emit figuresChanged();
}

void ChatController::updateState()
{
    const RunningReply& reply = m_session->reply;
    State state = m_messages->count() == 0 ? Empty : Idle;
    if (reply.id != 0) {
        state = reply.stopping      ? Stopping
            : reply.answering       ? Answering
            : reply.promptTotal > 0 ? ReadingPrompt
                                    : Waiting;
    }
    if (m_state == state)
        return;
    m_state = state;
    emit stateChanged();
}

void ChatController::setErrorText(const QString& sentence)
{
    if (m_errorText == sentence)
        return;
    m_errorText = sentence;
    emit errorTextChanged();
}

} // namespace inglenook
