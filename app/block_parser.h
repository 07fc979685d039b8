#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace inglenook {

enum class BlockKind { Paragraph, Heading, ListItem, Code, Quote, Table, Rule };

/// One piece of a message as it is drawn: plain text, structure beside it.
struct Block {
    BlockKind kind = BlockKind::Paragraph;
    QString text;
    int level = 0; // of a heading; depth of a list item or a quote, from 1
    QString
        marker; // of a list item: a bullet, or "3."; "" for a further paragraph of the same item
    QString language; // of code
    bool closed = true; // false while it may still grow
    QStringList cells; // of a table, row by row
    int columns = 0; // of a table

    bool operator==(const Block&) const = default;
};

/// Cuts a text in Markdown into blocks while it arrives. What is finished is never read again: each
/// piece costs no more than the last block is long. However the text is cut into pieces, the blocks
/// are the same in the end.
///
/// Half-written marks ("**", "#", "|--") are held back until it is clear what they are.
class BlockParser {
public:
    void append(QStringView piece);
    /// Nothing more comes: what was held back appears as it stands.
    void finish();

    [[nodiscard]] const std::vector<Block>& blocks() const { return m_blocks; }
    /// Blocks before this one will never change again.
    [[nodiscard]] int settledCount() const { return m_settled; }
    [[nodiscard]] const QString& text() const { return m_text; }

private:
    void parseTail(bool finished);

    QString m_text;
    qsizetype m_tailBegin = 0; // where the last block that may still change begins
    std::vector<int> m_tailIndents; // widths of the list items around m_tailBegin
    std::vector<Block> m_blocks;
    int m_settled = 0;
};

} // namespace inglenook
