#include "app/message_list_model.h"

#include <algorithm>

namespace inglenook {

MessageListModel::MessageListModel(QObject* parent)
    : QAbstractListModel(parent)
{
}

void MessageListModel::reset(std::vector<MessageRow> rows)
{
    const int before = count();
    beginResetModel();
    for (MessageBlocks* blocks : m_blocks)
        if (blocks)
            blocks->deleteLater(); // a delegate may still read it in this turn of the event loop
    m_rows = std::move(rows);
    m_blocks.assign(m_rows.size(), nullptr);
    endResetModel();
    if (count() != before)
        emit countChanged();
}

void MessageListModel::rethread(std::vector<MessageRow> rows)
{
    size_t common = 0;
    while (common < rows.size() && common < m_rows.size() && rows[common].id == m_rows[common].id) {
        update(int(common), rows[common]);
        ++common;
    }
    removeFrom(int(common));
    for (size_t row = common; row < rows.size(); ++row)
        append(std::move(rows[row]));
}

void MessageListModel::append(MessageRow row)
{
    beginInsertRows({}, count(), count());
    m_rows.push_back(std::move(row));
    m_blocks.push_back(nullptr);
    endInsertRows();
    emit countChanged();
}

void MessageListModel::appendText(qint64 id, const QString& piece)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    m_rows[size_t(row)].text += piece;
    if (MessageBlocks* blocks = m_blocks[size_t(row)])
        blocks->append(piece);
    changed(row, {TextRole});
}

void MessageListModel::finish(qint64 id, const QString& statusText, const QString& problem)
{
    const int row = rowOf(id);
    if (row < 0)
        return;
    MessageRow finished = m_rows[size_t(row)];
    finished.streaming = false;
    finished.statusText = statusText;
    finished.problem = problem;
    update(row, finished);
}

void MessageListModel::setNote(qint64 id, const QString& note)
{
    const int row = rowOf(id);
    if (row < 0 || m_rows[size_t(row)].note == note)
        return;
    m_rows[size_t(row)].note = note;
    changed(row, {NoteRole});
}

void MessageListModel::setProblem(qint64 id, const QString& problem)
{
    const int row = rowOf(id);
    if (row < 0 || m_rows[size_t(row)].problem == problem)
        return;
    m_rows[size_t(row)].problem = problem;
    changed(row, {ProblemRole});
}

const MessageRow* MessageListModel::find(qint64 id) const
{
    const int row = rowOf(id);
    return row < 0 ? nullptr : &m_rows[size_t(row)];
}

int MessageListModel::rowOf(qint64 id) const
{
    // From the end: what changes is nearly always the last message.
    for (int row = count() - 1; row >= 0; --row)
        if (m_rows[size_t(row)].id == id)
            return row;
    return -1;
}

MessageBlocks* MessageListModel::blocksOf(int row) const
{
    MessageBlocks*& blocks = m_blocks[size_t(row)];
    if (!blocks) {
        blocks = new MessageBlocks(const_cast<MessageListModel*>(this)); // as parent: it deletes it
        const MessageRow& message = m_rows[size_t(row)];
        blocks->append(message.text);
        if (!message.streaming)
            blocks->finish();
    }
    return blocks;
}

void MessageListModel::update(int row, const MessageRow& to)
{
    MessageRow& shown = m_rows[size_t(row)];
    QList<int> roles;
    if (shown.text != to.text) {
        roles.append(TextRole);
        if (MessageBlocks* blocks = m_blocks[size_t(row)])
            blocks->setText(to.text);
    }
    if (shown.streaming != to.streaming) {
        roles.append(StreamingRole);
        if (MessageBlocks* blocks = m_blocks[size_t(row)]; blocks && !to.streaming)
            blocks->finish();
    }
    if (shown.versionIndex != to.versionIndex)
        roles.append(VersionIndexRole);
    if (shown.versionCount != to.versionCount)
        roles.append(VersionCountRole);
    if (shown.statusText != to.statusText)
        roles.append(StatusTextRole);
    if (shown.problem != to.problem)
        roles.append(ProblemRole);
    if (shown.note != to.note)
        roles.append(NoteRole);
    if (roles.isEmpty())
        return;
    shown = to;
    changed(row, roles);
}

void MessageListModel::removeFrom(int row)
{
    if (row >= count())
        return;
    beginRemoveRows({}, row, count() - 1);
    for (size_t i = size_t(row); i < m_blocks.size(); ++i)
        if (m_blocks[i])
            m_blocks[i]->deleteLater();
    m_rows.resize(size_t(row));
    m_blocks.resize(size_t(row));
    endRemoveRows();
    emit countChanged();
}

void MessageListModel::changed(int row, const QList<int>& roles)
{
    emit dataChanged(index(row), index(row), roles);
}

int MessageListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant MessageListModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const MessageRow& message = m_rows[size_t(index.row())];
    switch (role) {
    case MessageIdRole:
        return message.id;
    case AuthorRole:
        return message.author;
    case Qt::DisplayRole:
    case TextRole:
        return message.text;
    case BlocksRole:
        return QVariant::fromValue(blocksOf(index.row()));
    case StreamingRole:
        return message.streaming;
    case VersionIndexRole:
        return message.versionIndex;
    case VersionCountRole:
        return message.versionCount;
    case StatusTextRole:
        return message.statusText;
    case ProblemRole:
        return message.problem;
    case NoteRole:
        return message.note;
    default:
        return {};
    }
}

QHash<int, QByteArray> MessageListModel::roleNames() const
{
    return {{MessageIdRole, "messageId"},
            {AuthorRole, "author"},
            {TextRole, "text"},
            {BlocksRole, "blocks"},
            {StreamingRole, "streaming"},
            {VersionIndexRole, "versionIndex"},
            {VersionCountRole, "versionCount"},
            {StatusTextRole, "statusText"},
            {ProblemRole, "problem"},
            {NoteRole, "note"}};
}

} // namespace inglenook
