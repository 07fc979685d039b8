#include "app/conversation_controller.h"

#include <QDateTime>
#include <QHash>

#include <algorithm>

namespace inglenook {

namespace {

ConversationRow toRow(const ConversationRecord& record)
{
    ConversationRow row;
    row.id = record.id;
    row.title = QString::fromStdString(record.title);
    row.changedMs = record.changedMs;
    row.pinned = record.pinned;
    return row;
}

} // namespace

ConversationController::ConversationController(QObject* parent)
    : QObject(parent)
    , m_list(new ConversationListModel(this))
{
    m_midnight.setSingleShot(true);
    m_midnight.setTimerType(Qt::VeryCoarseTimer);
    connect(&m_midnight, &QTimer::timeout, this, &ConversationController::updateToday);
    updateToday();
}

void ConversationController::updateToday()
{
    const QDateTime now = QDateTime::currentDateTime();
    m_list->setToday(now.date());
    m_midnight.start(std::chrono::seconds(
        std::max<qint64>(1, now.secsTo(now.date().addDays(1).startOfDay()) + 1)));
}

void ConversationController::setSearchText(const QString& text)
{
    if (m_searchText == text)
        return;
    m_searchText = text;
    emit searchTextChanged();
    if (text.trimmed().isEmpty())
        showAll();
    else
        emit searchRequested(text);
}

void ConversationController::open(qint64 id)
{
    if (id != m_currentId && find(id))
        emit openRequested(id);
}

void ConversationController::openAt(int row)
{
    if (row >= 0 && row < m_list->count())
        open(m_list->rows()[size_t(row)].id);
}

void ConversationController::create()
{
    emit newChatRequested();
}

void ConversationController::rename(qint64 id, const QString& title)
{
    ConversationRow* row = find(id);
    const QString trimmed = title.simplified();
    if (!row || trimmed.isEmpty() || row->title == trimmed)
        return;
    row->title = trimmed;
    changed(*row);
    emit renameRequested(id, trimmed);
}

void ConversationController::remove(qint64 id)
{
    const ConversationRow* row = find(id);
    if (!row)
        return;
    m_removed = *row;
    m_removed.busy = false; // a reply that runs there ends with it
    m_all.erase(m_all.begin() + (row - m_all.data()));
    m_list->remove(id);
    emit removeRequested(id);
    emit canUndoChanged();
    emit removed(m_removed.title);
}

void ConversationController::undoRemove()
{
    if (!canUndo())
        return;
    const ConversationRow row = m_removed;
    m_removed = {};
    m_all.insert(std::lower_bound(m_all.begin(), m_all.end(), row, ConversationListModel::before),
                 row);
    if (m_searchText.trimmed().isEmpty())
        m_list->upsert(row);
    emit restoreRequested(row.id);
    emit canUndoChanged();
}

void ConversationController::setPinned(qint64 id, bool pinned)
{
    ConversationRow* row = find(id);
    if (!row || row->pinned == pinned)
        return;
    ConversationRow moved = *row;
    moved.pinned = pinned;
    changed(moved);
    emit pinRequested(id, pinned);
}

void ConversationController::dismissError()
{
    onProblem({});
}

void ConversationController::onListed(const std::vector<ConversationRecord>& conversations)
{
    m_all.clear();
    m_all.reserve(conversations.size());
    for (const ConversationRecord& conversation : conversations)
        m_all.push_back(toRow(conversation));
    std::sort(m_all.begin(), m_all.end(), ConversationListModel::before);
    if (m_searchText.trimmed().isEmpty())
        showAll();
}

void ConversationController::onSearched(const QString& text,
                                        const std::vector<SearchResult>& results)
{
    if (text != m_searchText)
        return; // an answer to what was typed before
    QHash<qint64, const ConversationRow*> byId;
    for (const ConversationRow& row : m_all)
        byId.insert(row.id, &row);
    std::vector<ConversationRow> found;
    for (const SearchResult& result : results) {
        const ConversationRow* row = byId.value(result.conversation);
        if (!row)
            continue; // removed since
        found.push_back(*row);
        found.back().snippet = QString::fromStdString(result.snippet);
    }
    m_list->reset(std::move(found));
}

void ConversationController::onConversationChanged(const ConversationRecord& conversation)
{
    ConversationRow row = toRow(conversation);
    if (const ConversationRow* known = find(row.id)) {
        row.busy = known->busy;
        row.unread = known->unread;
    }
    changed(row);
}

void ConversationController::onCurrentChanged(qint64 id)
{
    if (m_currentId == id)
        return;
    m_currentId = id;
    m_list->setCurrent(id);
    if (ConversationRow* row = find(id); row && row->unread) {
        row->unread = false;
        changed(*row);
    }
    emit currentIdChanged();
}

void ConversationController::onBusyChanged(qint64 id, bool busy)
{
    ConversationRow* row = find(id);
    if (!row || row->busy == busy)
        return;
    row->busy = busy;
    changed(*row);
}

void ConversationController::onAnsweredUnseen(qint64 id)
{
    ConversationRow* row = find(id);
    if (!row || row->unread)
        return;
    row->unread = true;
    changed(*row);
}

void ConversationController::onProblem(const QString& sentence)
{
    if (m_errorText == sentence)
        return;
    m_errorText = sentence;
    emit errorTextChanged();
}

ConversationRow* ConversationController::find(qint64 id)
{
    const auto found = std::find_if(m_all.begin(), m_all.end(),
                                    [id](const ConversationRow& row) { return row.id == id; });
    return found == m_all.end() ? nullptr : &*found;
}

void ConversationController::changed(const ConversationRow& row)
{
    const ConversationRow copy = row; // it may lie in m_all
    if (const ConversationRow* known = find(copy.id))
        m_all.erase(m_all.begin() + (known - m_all.data()));
    m_all.insert(std::lower_bound(m_all.begin(), m_all.end(), copy, ConversationListModel::before),
                 copy);
    if (m_searchText.trimmed().isEmpty()) {
        m_list->upsert(copy);
        return;
    }
    for (const ConversationRow& shown : m_list->rows()) {
        if (shown.id != copy.id)
            continue;
        ConversationRow withSnippet = copy;
        withSnippet.snippet = shown.snippet;
        m_list->update(withSnippet);
        return;
    }
}

void ConversationController::showAll()
{
    m_list->reset(m_all);
}

} // namespace inglenook
