#pragma once

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

#include <vector>

namespace inglenook {

/// One model file as it was found on disk.
struct ModelFileRow {
    QString path;
    QString name;
    QString quantisation;
    QString architecture;
    quint64 fileBytes = 0;
    quint64 neededBytes = 0; // weights and the cache of a conversation, 0 where unknown
    quint64 vocabulary = 0; // models of the same number can guess for each other; 0: unknown
    QString problem; // why it cannot be used
    bool starter = false; // the one that ships with the program
};

/// The model files on this machine that match the filter, by name.
class ModelListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the models")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Role {
        PathRole = Qt::UserRole,
        NameRole,
        QuantisationRole,
        SizeTextRole,
        ArchitectureRole,
        FitTextRole,
        FitsRole,
        ProblemRole,
        CurrentRole,
        StarterRole
    };

    explicit ModelListModel(QObject* parent = nullptr);

    void reset(std::vector<ModelFileRow> rows, quint64 freeBytes);
    void setFilter(const QString& filter);
    void setCurrent(const QString& path);

    /// Among all files, whatever the filter; null if there is none of that path.
    [[nodiscard]] const ModelFileRow* find(const QString& path) const;
    [[nodiscard]] const std::vector<ModelFileRow>& all() const { return m_all; }
    /// Those that can guess for the one of that path: the same vocabulary, and smaller.
    [[nodiscard]] std::vector<ModelFileRow> draftsFor(const QString& path) const;
    [[nodiscard]] int count() const { return int(m_shown.size()); }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

signals:
    void countChanged();

private:
    void applyFilter();
    [[nodiscard]] bool fits(const ModelFileRow& row) const;
    [[nodiscard]] QString fitText(const ModelFileRow& row) const;

    std::vector<ModelFileRow> m_all;
    std::vector<int> m_shown; // indices into m_all
    QString m_filter;
    QString m_current;
    quint64 m_freeBytes = 0; // 0: unknown, everything fits
};

} // namespace inglenook
