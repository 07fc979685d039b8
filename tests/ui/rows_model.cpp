#include "tests/ui/rows_model.h"

namespace inglenook {

void RowsModel::setRows(const QVariantList& rows)
{
    beginResetModel();
    if (!rows.isEmpty())
        learnRoles(rows.first().toMap());
    m_rows = rows;
    endResetModel();
    emit rowsChanged();
}

// Delegates keep the roles of the model they were made for, so these never change.
void RowsModel::learnRoles(const QVariantMap& row)
{
    if (!m_names.isEmpty())
        return;
    int role = Qt::UserRole;
    for (const QString& name : row.keys())
        m_names.insert(role++, name.toUtf8());
}

void RowsModel::append(const QVariantMap& row)
{
    learnRoles(row);
    beginInsertRows({}, count(), count());
    m_rows.append(row);
    endInsertRows();
    emit rowsChanged();
}

void RowsModel::change(int row, const QVariantMap& values)
{
    QVariantMap changed = at(row);
    QList<int> roles;
    for (const QString& name : values.keys()) {
        changed.insert(name, values.value(name));
        roles.append(m_names.key(name.toUtf8()));
    }
    m_rows[row] = changed;
    emit dataChanged(index(row), index(row), roles);
}

void RowsModel::remove(int row)
{
    beginRemoveRows({}, row, row);
    m_rows.removeAt(row);
    endRemoveRows();
    emit rowsChanged();
}

int RowsModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : count();
}

QVariant RowsModel::data(const QModelIndex& index, int role) const
{
    const QVariant value = at(index.row()).value(QString::fromUtf8(m_names.value(role)));
    // Arrays come from JavaScript as lists of variants; the only lists in rows are of strings.
    return value.typeId() == QMetaType::QVariantList ? QVariant(value.toStringList()) : value;
}

} // namespace inglenook
