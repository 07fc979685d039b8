#pragma once

#include "app/block_parser.h"

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

namespace inglenook {

/// The blocks of one message, for its delegate. While text arrives only the last block changes.
class MessageBlocks : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with a message")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Kind { Paragraph, Heading, ListItem, Code, Quote, Table, Rule };
    Q_ENUM(Kind)

    enum Role {
        KindRole = Qt::UserRole,
        TextRole,
        LevelRole,
        MarkerRole,
        LanguageRole,
        ClosedRole,
        CellsRole,
        ColumnsRole
    };

    explicit MessageBlocks(QObject* parent = nullptr);

    /// Replaces everything by a text that is complete.
    void setText(const QString& text);
    /// Adds the next piece of a text that is still arriving.
    void append(const QString& piece);
    /// No further piece comes.
    void finish();

    [[nodiscard]] int count() const { return int(m_shown.size()); }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

signals:
    void countChanged();

private:
    void showFrom(int firstChange);
    void showRow(int row, const Block& block);

    BlockParser m_parser;
    std::vector<Block> m_shown;
};

} // namespace inglenook
