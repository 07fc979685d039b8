#pragma once

#include "app/message_blocks.h"

#include <QAbstractListModel>
#include <QtQml/qqmlregistration.h>

#include <vector>

namespace inglenook {

/// One message as the transcript shows it.
struct MessageRow {
    qint64 id = 0;
    int author = 0; // MessageListModel::Author
    QString text;
    bool streaming = false;
    int versionIndex = 0;
    int versionCount = 1;
    QString statusText;
    QString problem;
    QString note; // of what the message does not rest on
};

/// The branch of a conversation that is on show, oldest message first. Rows are addressed by
/// message id.
class MessageListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the open conversation")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Author { User, Assistant };
    Q_ENUM(Author)

    enum Role {
        MessageIdRole = Qt::UserRole,
        AuthorRole,
        TextRole,
        BlocksRole,
        StreamingRole,
        VersionIndexRole,
        VersionCountRole,
        StatusTextRole,
        ProblemRole,
        NoteRole
    };

    explicit MessageListModel(QObject* parent = nullptr);

    void reset(std::vector<MessageRow> rows);
    /// Shows another branch: what both have in common at the top stays.
    void rethread(std::vector<MessageRow> rows);
    void append(MessageRow row);
    /// The next piece of a reply. Unknown ids are ignored, here and below.
    void appendText(qint64 id, const QString& piece);
    void finish(qint64 id, const QString& statusText, const QString& problem);
    void setNote(qint64 id, const QString& note);
    void setProblem(qint64 id, const QString& problem);

    [[nodiscard]] const MessageRow* find(qint64 id) const;
    [[nodiscard]] const std::vector<MessageRow>& rows() const { return m_rows; }
    [[nodiscard]] int count() const { return int(m_rows.size()); }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

signals:
    void countChanged();

private:
    [[nodiscard]] int rowOf(qint64 id) const;
    [[nodiscard]] MessageBlocks* blocksOf(int row) const;
    void update(int row, const MessageRow& to);
    void removeFrom(int row);
    void changed(int row, const QList<int>& roles);

    std::vector<MessageRow> m_rows;
    mutable std::vector<MessageBlocks*>
        m_blocks; // children of this model; null until a delegate asks
};

} // namespace inglenook
