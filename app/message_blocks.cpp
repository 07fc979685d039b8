#include "app/message_blocks.h"

namespace inglenook {

MessageBlocks::MessageBlocks(QObject* parent)
    : QAbstractListModel(parent)
{
}

void MessageBlocks::setText(const QString& text)
{
    m_parser = BlockParser();
    m_parser.append(text);
    m_parser.finish();
    showFrom(0);
}

void MessageBlocks::append(const QString& piece)
{
    const int settled = m_parser.settledCount();
    m_parser.append(piece);
    showFrom(settled);
}

void MessageBlocks::finish()
{
    const int settled = m_parser.settledCount();
    m_parser.finish();
    showFrom(settled);
}

void MessageBlocks::showFrom(int firstChange)
{
    const std::vector<Block>& blocks = m_parser.blocks();
    const int before = count();
    const int after = int(blocks.size());
    for (int row = firstChange; row < std::min(before, after); ++row)
        showRow(row, blocks[size_t(row)]);
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        m_shown.insert(m_shown.end(), blocks.begin() + before, blocks.end());
        endInsertRows();
    } else if (after < before) {
        beginRemoveRows({}, after, before - 1);
        m_shown.resize(size_t(after));
        endRemoveRows();
    }
    if (after != before)
        emit countChanged();
}

void MessageBlocks::showRow(int row, const Block& block)
{
    Block& shown = m_shown[size_t(row)];
    QList<int> roles;
    if (shown.kind != block.kind)
        roles.append(KindRole);
    if (shown.text != block.text)
        roles.append(TextRole);
    if (shown.level != block.level)
        roles.append(LevelRole);
    if (shown.marker != block.marker)
        roles.append(MarkerRole);
    if (shown.language != block.language)
        roles.append(LanguageRole);
    if (shown.closed != block.closed)
        roles.append(ClosedRole);
    if (shown.cells != block.cells)
        roles.append(CellsRole);
    if (shown.columns != block.columns)
        roles.append(ColumnsRole);
    if (roles.isEmpty())
        return;
    shown = block;
    emit dataChanged(index(row), index(row), roles);
}

int MessageBlocks::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant MessageBlocks::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Block& block = m_shown[size_t(index.row())];
    switch (role) {
    case KindRole:
        return int(block.kind);
    case Qt::DisplayRole:
    case TextRole:
        return block.text;
    case LevelRole:
        return block.level;
    case MarkerRole:
        return block.marker;
    case LanguageRole:
        return block.language;
    case ClosedRole:
        return block.closed;
    case CellsRole:
        return block.cells;
    case ColumnsRole:
        return block.columns;
    default:
        return {};
    }
}

QHash<int, QByteArray> MessageBlocks::roleNames() const
{
    return {{KindRole, "kind"},     {TextRole, "text"},         {LevelRole, "level"},
            {MarkerRole, "marker"}, {LanguageRole, "language"}, {ClosedRole, "closed"},
            {CellsRole, "cells"},   {ColumnsRole, "columns"}};
}

} // namespace inglenook
