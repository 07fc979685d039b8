#pragma once

#include <QAbstractListModel>
#include <QDate>
#include <QtQml/qqmlregistration.h>

#include <vector>

namespace inglenook {

/// One conversation as the list shows it.
struct ConversationRow {
    qint64 id = 0;
    QString title;
    qint64 changedMs = 0;
    bool pinned = false;
    QString snippet; // the match, while searching
    bool busy = false;
    bool unread = false;
};

/// Conversations, pinned ones first, then the latest first; or, while searching, what was found in
/// the order given.
class ConversationListModel : public QAbstractListModel {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes with the conversations")
    Q_PROPERTY(int count READ count NOTIFY countChanged)

public:
    enum Role {
        ConversationIdRole = Qt::UserRole,
        TitleRole,
        SectionRole,
        SnippetRole,
        BusyRole,
        UnreadRole,
        PinnedRole,
        CurrentRole
    };

    explicit ConversationListModel(QObject* parent = nullptr);

    /// Shows these rows in this order.
    void reset(std::vector<ConversationRow> rows);
    /// Adds a row at its place by pin and time, or updates it and moves it there.
    void upsert(const ConversationRow& row);
    /// Updates a row where it stands. Unknown ids are ignored, here and below.
    void update(const ConversationRow& row);
    void remove(qint64 id);
    void setCurrent(qint64 id);
    /// The day that "Today" means.
    void setToday(QDate today);

    /// Whether a is listed before b.
    [[nodiscard]] static bool before(const ConversationRow& a, const ConversationRow& b);

    [[nodiscard]] const std::vector<ConversationRow>& rows() const { return m_rows; }
    [[nodiscard]] int count() const { return int(m_rows.size()); }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

signals:
    void countChanged();

private:
    [[nodiscard]] int rowOf(qint64 id) const;
    [[nodiscard]] QString sectionOf(const ConversationRow& row) const;

    std::vector<ConversationRow> m_rows;
    qint64 m_current = 0;
    QDate m_today;
};

} // namespace inglenook
