#pragma once

#include "app/chat_session.h"
#include "app/chat_settings.h"
#include "app/message_list_model.h"
#include "app/model_controller.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <map>
#include <memory>
#include <set>

namespace inglenook {

/// The conversation on show, and those that go on being answered behind it. Emits requests and has
/// slots for what happened; knows neither engine nor database.
class ChatController : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes from the program")
    Q_PROPERTY(qint64 conversationId READ conversationId NOTIFY conversationChanged)
    Q_PROPERTY(QString title READ title NOTIFY titleChanged)
    Q_PROPERTY(inglenook::MessageListModel* messages READ messages CONSTANT)
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(bool busy READ busy NOTIFY stateChanged)
    Q_PROPERTY(QString errorText READ errorText NOTIFY errorTextChanged)
    Q_PROPERTY(int promptDone READ promptDone NOTIFY progressChanged)
    Q_PROPERTY(int promptTotal READ promptTotal NOTIFY progressChanged)
    Q_PROPERTY(int reusedTokens READ reusedTokens NOTIFY progressChanged)
    Q_PROPERTY(double tokensPerSecond READ tokensPerSecond NOTIFY figuresChanged)
    Q_PROPERTY(int timeToFirstTokenMs READ timeToFirstTokenMs NOTIFY figuresChanged)
    Q_PROPERTY(int replyTokens READ replyTokens NOTIFY figuresChanged)
    Q_PROPERTY(QString stopReasonText READ stopReasonText NOTIFY figuresChanged)
    Q_PROPERTY(QString deviceName READ deviceName NOTIFY deviceNameChanged)
    Q_PROPERTY(QString draft READ draft WRITE setDraft NOTIFY draftChanged)
    Q_PROPERTY(QString queuedText READ queuedText WRITE setQueuedText NOTIFY queuedTextChanged)

public:
    enum State { Empty, Idle, Waiting, ReadingPrompt, Answering, Stopping };
    Q_ENUM(State)

    explicit ChatController(QObject* parent = nullptr);
    ~ChatController() override;

    [[nodiscard]] qint64 conversationId() const { return m_session->conversation.id; }
    [[nodiscard]] QString title() const;
    [[nodiscard]] MessageListModel* messages() const { return m_messages; }
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool busy() const { return m_state >= Waiting; }
    [[nodiscard]] QString errorText() const { return m_errorText; }
    [[nodiscard]] int promptDone() const { return m_session->reply.promptDone; }
    [[nodiscard]] int promptTotal() const { return m_session->reply.promptTotal; }
    [[nodiscard]] int reusedTokens() const { return m_figures.reusedTokens; }
    [[nodiscard]] double tokensPerSecond() const { return m_figures.tokensPerSecond; }
    [[nodiscard]] int timeToFirstTokenMs() const { return int(m_figures.firstTokenMs); }
    [[nodiscard]] int replyTokens() const { return m_figures.replyTokens; }
    [[nodiscard]] QString stopReasonText() const { return m_stopReasonText; }
    [[nodiscard]] QString deviceName() const { return m_deviceName; }
    [[nodiscard]] QString draft() const;
    [[nodiscard]] QString queuedText() const { return m_session->queuedText; }
    void setDraft(const QString& text);
    void setQueuedText(const QString& text);

    /// Asks; while a reply runs, the text waits as the next message.
    Q_INVOKABLE void send(const QString& text);
    Q_INVOKABLE void stop();
    /// Answers anew; the old answer stays as a version.
    Q_INVOKABLE void regenerate(qint64 messageId);
    /// Asks differently; the old message and what followed it stay as a version.
    Q_INVOKABLE void editMessage(qint64 messageId, const QString& text);
    Q_INVOKABLE void selectVersion(qint64 messageId, int index);
    Q_INVOKABLE void deleteMessage(qint64 messageId);
    Q_INVOKABLE void undo();
    Q_INVOKABLE void copyMessage(qint64 messageId);
    Q_INVOKABLE void copyText(const QString& text);
    Q_INVOKABLE void newChat();
    [[nodiscard]] Q_INVOKABLE QString lastUserText() const;
    [[nodiscard]] Q_INVOKABLE qint64 lastUserMessageId() const;
    Q_INVOKABLE void dismissError();

public slots:
    void open(qint64 conversationId);
    void onStorageOpened(qint64 lastConversationId, qint64 lastMessageId);
    void onConversationRead(const inglenook::ConversationRecord& conversation,
                            const std::vector<inglenook::MessageRecord>& messages);
    void onConversationRenamed(qint64 id, const QString& title);
    void onConversationRemoved(qint64 id);
    /// The question is on disk, or could not be written: the chat goes on either way.
    void onTurnStored(qint64 replyId);
    void onTurnNotStored(qint64 replyId, const QString& sentence);
    /// What could not be written before is on disk now.
    void onAllStored();
    void onNewChatDraftRead(const QString& text);
    /// What was typed is kept after a moment; this keeps it now.
    void saveDraft();

    void onPromptProgress(quint64 reply, int done, int total, int reused);
    void onReplyText(quint64 reply, const QString& text, int pieces);
    void onContextTrimmed(const inglenook::ContextTrimmed& trimmed);
    void onReplyFinished(const inglenook::ReplyFinished& finished);
    void onReplyFailed(const inglenook::ReplyFailed& failed);

    void onChatSettingsChanged(const inglenook::ChatSettings& settings);
    void onModelChanged(inglenook::ModelController::State state, const QString& path,
                        const QString& name, const QString& device, const QString& problem);

signals:
    void conversationChanged();
    void titleChanged();
    void stateChanged();
    void errorTextChanged();
    void progressChanged();
    void figuresChanged();
    void deviceNameChanged();
    void draftChanged();
    void queuedTextChanged();
    void messageSent();
    void undoOffered(const QString& what);

    void currentChanged(qint64 conversationId);
    void busyChanged(qint64 conversationId, bool busy);
    void answeredUnseen(qint64 conversationId);
    void conversationUpdated(const inglenook::ConversationRecord& conversation);

    // Requests
    void readRequested(qint64 conversationId);
    /// A new question (or none, where an old one is answered anew) and its empty reply, to be kept
    /// together.
    void turnAdded(const inglenook::ConversationRecord& conversation,
                   const std::vector<inglenook::MessageRecord>& messages);
    void replyGrew(qint64 messageId, const QString& text);
    void replyEnded(const inglenook::MessageRecord& reply);
    void versionChosen(qint64 conversationId, qint64 messageId);
    void messageRemoved(qint64 messageId);
    void messageRestored(qint64 messageId);
    void draftSaveRequested(qint64 conversationId, const QString& text);
    void replyRequested(const inglenook::ReplyRequest& request);
    void replyExpected(const inglenook::ReplyRequest& request);
    void stopRequested(quint64 reply);
    void modelWanted(const QString& path);

private:
    using Session = std::shared_ptr<ChatSession>;
    struct Removed {
        qint64 conversation = 0;
        std::vector<MessageRecord> messages;
    };

    [[nodiscard]] Session sessionOf(ReplyId reply) const;
    [[nodiscard]] bool shown(const Session& session) const { return session == m_session; }
    void beginTurn(const Session& session, qint64 parent, const QString& text);
    void beginReply(const Session& session, qint64 question,
                    std::vector<MessageRecord> newMessages);
    void ask(const Session& session);
    void endReply(const Session& session, MessageState state, const QString& problem,
                  const ReplyFigures& figures);
    void sendQueued(const Session& session);
    void showSession(Session session);
    void showThread();
    void expectReply();
    [[nodiscard]] std::vector<MessageRow> thread() const;
    [[nodiscard]] MessageRow rowOf(const MessageRecord& message) const;
    void showFigures(const ReplyFigures& figures, const QString& stopReason);
    void showLatestFigures();
    void updateState();
    void setErrorText(const QString& sentence);

    MessageListModel* m_messages;
    Session m_session; // on show; never null
    std::map<qint64, Session> m_running; // by conversation, those with a reply
    State m_state = Empty;
    QString m_errorText;
    ReplyFigures m_figures; // of the reply on show that runs, or else of the latest
    QString m_stopReasonText;
    QString m_newChatDraft;
    ChatSettings m_settings;
    ModelController::State m_modelState = ModelController::None;
    QString m_modelPath;
    QString m_modelName;
    QString m_deviceName;
    qint64 m_lastConversationId = 0;
    qint64 m_lastMessageId = 0;
    bool m_storageOpened = false;
    qint64 m_wantedConversation = 0; // being read
    Removed m_removed; // the last one, for undo
    std::set<qint64> m_unsaved; // messages that are not on disk
    std::map<qint64, Session>
        m_unsavedSessions; // by conversation: what the database cannot give back
    QTimer m_draftTimer;
    QElapsedTimer m_clock;
};

} // namespace inglenook
