#pragma once

#include <QAbstractListModel>
#include <QVariantList>

namespace inglenook {

/// A list model filled from a test: rows are objects, and the keys of the first one are the roles.
/// A ListModel would turn lists of strings inside a row into models.
class RowsModel : public QAbstractListModel {
    Q_OBJECT
    Q_PROPERTY(QVariantList rows READ rows WRITE setRows NOTIFY rowsChanged)
    Q_PROPERTY(int count READ count NOTIFY rowsChanged)

public:
    using QAbstractListModel::QAbstractListModel;

    QVariantList rows() const { return m_rows; }
    void setRows(const QVariantList& rows);
    int count() const { return int(m_rows.size()); }

    Q_INVOKABLE void append(const QVariantMap& row);
    /// Changes some roles of a row and tells of exactly those.
    Q_INVOKABLE void change(int row, const QVariantMap& values);
    Q_INVOKABLE void remove(int row);
    Q_INVOKABLE QVariantMap at(int row) const { return m_rows.at(row).toMap(); }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QHash<int, QByteArray> roleNames() const override { return m_names; }

signals:
    void rowsChanged();

private:
    void learnRoles(const QVariantMap& row);

    QVariantList m_rows;
    QHash<int, QByteArray> m_names;
};

} // namespace inglenook
