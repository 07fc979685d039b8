#pragma once

#include "storage/conversation_store.h"
#include "storage/open_database.h"
#include "storage/settings_store.h"

#include <QObject>
#include <QStringList>
#include <QTimer>

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace inglenook {

/// Owns the database on a thread of its own: requests come in as slots, what happened goes out as
/// signals. Nothing that was given to it is forgotten: what the disk would not take is kept and
/// tried again with the next write.
class StorageWorker : public QObject {
    Q_OBJECT

public:
    /// `folder` is opened by open(), on the worker's thread.
    explicit StorageWorker(QString folder);

public slots:
    /// Answers opened(), listed() and settingsRead(), whatever was found.
    void open();
    /// Answers conversationRead(); nothing if it is gone.
    void read(qint64 conversation);
    void search(const QString& text);

    /// The messages of a turn, in one transaction. Answers turnStored() or turnNotStored() with the
    /// id of the last one.
    void addTurn(const inglenook::ConversationRecord& conversation,
                 const std::vector<inglenook::MessageRecord>& messages);
    /// The next piece of a reply; written at most four times a second.
    void growReply(qint64 message, const QString& text);
    void endReply(const inglenook::MessageRecord& reply);

    void chooseVersion(qint64 conversation, qint64 message);
    void removeMessage(qint64 message);
    void restoreMessage(qint64 message);
    void rename(qint64 conversation, const QString& title);
    void setPinned(qint64 conversation, bool pinned);
    /// Conversation 0: of the chat that has not begun.
    void setDraft(qint64 conversation, const QString& text);
    void removeConversation(qint64 conversation);
    void restoreConversation(qint64 conversation);
    void setSetting(const QString& key, const QString& value);
    /// Writes what still waits: the program is about to end.
    void close();

signals:
    void opened(const QString& path, qint64 lastConversation, qint64 lastMessage);
    void listed(const std::vector<inglenook::ConversationRecord>& conversations);
    void settingsRead(const std::map<std::string, std::string>& values);
    void newChatDraftRead(const QString& text);
    /// The cache names of conversations that are gone for good.
    void purged(const QStringList& names);
    void conversationRead(const inglenook::ConversationRecord& conversation,
                          const std::vector<inglenook::MessageRecord>& messages);
    void searched(const QString& text, const std::vector<inglenook::SearchResult>& results);
    void turnStored(qint64 reply);
    void turnNotStored(qint64 reply, const QString& sentence);
    /// What could not be written before is on disk now.
    void allStored();
    /// The answer to close().
    void closed();
    /// What the user must know about the database.
    void problem(const QString& sentence);

private:
    using Work = std::function<void()>;

    void announce();
    [[nodiscard]] ConversationStore store() { return ConversationStore(m_database->connection); }
    std::optional<std::string> attempt(const Work& work);
    bool writeWaiting();
    std::optional<std::string> write(Work work);
    void writeOrTell(Work work);
    void writeGrown();

    struct Growing {
        std::string text;
        bool dirty = false;
    };

    QString m_folder;
    std::optional<OpenedDatabase> m_database;
    std::deque<Work> m_waiting; // writes that failed, oldest first
    std::map<qint64, Growing> m_growing;
    QTimer m_growthTimer; // runs while something is dirty
};

} // namespace inglenook
