#pragma once

#include "app/conversation_list_model.h"
#include "storage/records.h"

#include <QObject>
#include <QTimer>

#include <vector>

namespace inglenook {

/// The list of conversations: finding, opening, naming, removing. Emits requests and has slots for
/// what happened.
class ConversationController : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes from the program")
    Q_PROPERTY(inglenook::ConversationListModel* list READ list CONSTANT)
    Q_PROPERTY(QString searchText READ searchText WRITE setSearchText NOTIFY searchTextChanged)
    Q_PROPERTY(qint64 currentId READ currentId NOTIFY currentIdChanged)
    Q_PROPERTY(bool canUndo READ canUndo NOTIFY canUndoChanged)
    Q_PROPERTY(QString errorText READ errorText NOTIFY errorTextChanged)

public:
    explicit ConversationController(QObject* parent = nullptr);

    [[nodiscard]] ConversationListModel* list() const { return m_list; }
    [[nodiscard]] QString searchText() const { return m_searchText; }
    [[nodiscard]] qint64 currentId() const { return m_currentId; }
    [[nodiscard]] bool canUndo() const { return m_removed.id != 0; }
    [[nodiscard]] QString errorText() const { return m_errorText; }
    void setSearchText(const QString& text);

    Q_INVOKABLE void open(qint64 id);
    Q_INVOKABLE void openAt(int row);
    Q_INVOKABLE void create();
    Q_INVOKABLE void rename(qint64 id, const QString& title);
    Q_INVOKABLE void remove(qint64 id);
    Q_INVOKABLE void undoRemove();
    Q_INVOKABLE void setPinned(qint64 id, bool pinned);
    Q_INVOKABLE void dismissError();

public slots:
    void onListed(const std::vector<ConversationRecord>& conversations);
    void onSearched(const QString& text, const std::vector<SearchResult>& results);
    void onConversationChanged(const ConversationRecord& conversation);
    void onCurrentChanged(qint64 id);
    void onBusyChanged(qint64 id, bool busy);
    void onAnsweredUnseen(qint64 id);
    void onProblem(const QString& sentence);

signals:
    void searchTextChanged();
    void currentIdChanged();
    void canUndoChanged();
    void errorTextChanged();
    void removed(const QString& title);

    // Requests
    void openRequested(qint64 id);
    void newChatRequested();
    void searchRequested(const QString& text);
    void renameRequested(qint64 id, const QString& title);
    void pinRequested(qint64 id, bool pinned);
    void removeRequested(qint64 id);
    void restoreRequested(qint64 id);

private:
    [[nodiscard]] ConversationRow* find(qint64 id);
    void changed(const ConversationRow& row);
    void showAll();
    void updateToday();

    ConversationListModel* m_list;
    std::vector<ConversationRow> m_all; // pinned first, then the latest first
    QString m_searchText;
    qint64 m_currentId = 0;
    ConversationRow m_removed; // the last one removed, for undo; id 0: none
    QString m_errorText;
    QTimer m_midnight;
};

} // namespace inglenook
