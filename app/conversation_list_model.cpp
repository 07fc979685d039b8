#include "app/conversation_list_model.h"

#include <QDateTime>

#include <algorithm>

namespace inglenook {

ConversationListModel::ConversationListModel(QObject* parent)
    : QAbstractListModel(parent)
    , m_today(QDate::currentDate())
{
}

bool ConversationListModel::before(const ConversationRow& a, const ConversationRow& b)
{
    if (a.pinned != b.pinned)
        return a.pinned;
    if (a.changedMs != b.changedMs)
        return a.changedMs > b.changedMs;
    return a.id > b.id;
}

void ConversationListModel::reset(std::vector<ConversationRow> rows)
{
    const int previous = count();
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
    if (count() != previous)
        emit countChanged();
}

void ConversationListModel::upsert(const ConversationRow& row)
{
    const int from = rowOf(row.id);
    if (from < 0) {
        const auto place = std::lower_bound(m_rows.begin(), m_rows.end(), row, before);
        const int to = int(place - m_rows.begin());
        beginInsertRows({}, to, to);
        m_rows.insert(place, row);
        endInsertRows();
        emit countChanged();
        return;
    }
    int to = 0; // among the other rows
    for (int i = 0; i < count(); ++i)
        if (i != from && before(m_rows[size_t(i)], row))
            ++to;
    if (to != from) {
        beginMoveRows({}, from, from, {}, to > from ? to + 1 : to);
        const ConversationRow moved = m_rows[size_t(from)];
        m_rows.erase(m_rows.begin() + from);
        m_rows.insert(m_rows.begin() + to, moved);
        endMoveRows();
    }
    m_rows[size_t(to)] = row;
    emit dataChanged(index(to), index(to));
}

void ConversationListModel::update(const ConversationRow& row)
{
    const int at = rowOf(row.id);
    if (at < 0)
        return;
    m_rows[size_t(at)] = row;
    emit dataChanged(index(at), index(at));
}

void ConversationListModel::remove(qint64 id)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_rows.erase(m_rows.begin() + row);
    endRemoveRows();
    emit countChanged();
}

void ConversationListModel::setCurrent(qint64 id)
{
    if (m_current == id)
        return;
    const int from = rowOf(m_current);
    m_current = id;
    for (const int row : {from, rowOf(id)})
        if (row >= 0)
            emit dataChanged(index(row), index(row), {CurrentRole});
}

void ConversationListModel::setToday(QDate today)
{
    if (m_today == today)
        return;
    m_today = today;
    if (count() > 0)
        emit dataChanged(index(0), index(count() - 1), {SectionRole});
}

int ConversationListModel::rowOf(qint64 id) const
{
    const auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                    [id](const ConversationRow& row) { return row.id == id; });
    return found == m_rows.end() ? -1 : int(found - m_rows.begin());
}

QString ConversationListModel::sectionOf(const ConversationRow& row) const
{
    if (row.pinned)
        return tr("Pinned");
    const qint64 days = QDateTime::fromMSecsSinceEpoch(row.changedMs).date().daysTo(m_today);
    if (days <= 0)
        return tr("Today");
    if (days == 1)
        return tr("Yesterday");
    return days <= 7 ? tr("Last 7 days") : tr("Older");
}

int ConversationListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant ConversationListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ConversationRow& row = m_rows[size_t(index.row())];
    switch (role) {
    case ConversationIdRole:
        return row.id;
    case Qt::DisplayRole:
    case TitleRole:
        return row.title;
    case SectionRole:
        return sectionOf(row);
    case SnippetRole:
        return row.snippet;
    case BusyRole:
        return row.busy;
    case UnreadRole:
        return row.unread;
    case PinnedRole:
        return row.pinned;
    case CurrentRole:
        return row.id == m_current;
    default:
        return {};
    }
}

QHash<int, QByteArray> ConversationListModel::roleNames() const
{
    return {{ConversationIdRole, "conversationId"},
            {TitleRole, "title"},
            {SectionRole, "section"},
            {SnippetRole, "snippet"},
            {BusyRole, "busy"},
            {UnreadRole, "unread"},
            {PinnedRole, "pinned"},
            {CurrentRole, "current"}};
}

} // namespace inglenook
