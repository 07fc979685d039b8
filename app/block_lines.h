#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace inglenook {

// What a single line of Markdown can be the beginning of. A line comes without its end.

/// Columns of white space at the beginning; a tab reaches to the next multiple of four.
[[nodiscard]] int indentOf(QStringView line);

struct FenceLine {
    QChar mark;
    int length = 0;
    QString info; // what follows the marks
};
[[nodiscard]] std::optional<FenceLine> readFence(QStringView line);
[[nodiscard]] bool closesFence(QStringView line, const FenceLine& fence);

struct HeadingLine {
    int level = 1;
    QStringView text;
};
[[nodiscard]] std::optional<HeadingLine> readHeading(QStringView line);

[[nodiscard]] bool isRule(QStringView line);

struct ListLine {
    QString marker; // a bullet, a box of a task, or "3."
    int number = -1; // -1: a bullet
    QStringView text;
};
[[nodiscard]] std::optional<ListLine> readListItem(QStringView line);

struct QuoteLine {
    int level = 1;
    QStringView text;
};
[[nodiscard]] std::optional<QuoteLine> readQuote(QStringView line);

/// The cells of a row of a table, as they are written; empty if there is no bar in it.
[[nodiscard]] QStringList readCells(QStringView line);
/// Whether it is the row of dashes under a table's head of so many columns.
[[nodiscard]] bool isDelimiterRow(QStringView line, int columns);

/// Whether more characters are needed to tell what an unfinished line is.
[[nodiscard]] bool isUndecided(QStringView line);

} // namespace inglenook
