#include "app/block_lines.h"

#include <algorithm>

namespace inglenook {

namespace {

constexpr int kMostColumns = 64;
constexpr int kDeepestQuote = 8;

qsizetype runOf(QStringView text, QChar c)
{
    qsizetype length = 0;
    while (length < text.size() && text[length] == c)
        ++length;
    return length;
}

bool consistsOf(QStringView text, QStringView characters)
{
    return std::all_of(text.begin(), text.end(),
                       [characters](QChar c) { return characters.contains(c); });
}

} // namespace

int indentOf(QStringView line)
{
    int columns = 0;
    for (const QChar c : line) {
        if (c == u' ')
            ++columns;
        else if (c == u'\t')
            columns += 4 - columns % 4;
        else
            break;
    }
    return columns;
}

std::optional<FenceLine> readFence(QStringView line)
{
    const QStringView text = line.trimmed();
    if (text.isEmpty() || (text[0] != u'`' && text[0] != u'~'))
        return std::nullopt;
    const qsizetype length = runOf(text, text[0]);
    const QStringView info = text.mid(length).trimmed();
    if (length < 3 || (text[0] == u'`' && info.contains(u'`')))
        return std::nullopt;
    return FenceLine{.mark = text[0], .length = int(length), .info = info.toString()};
}

bool closesFence(QStringView line, const FenceLine& fence)
{
    const QStringView text = line.trimmed();
    return !text.isEmpty() && text[0] == fence.mark && runOf(text, fence.mark) == text.size() &&
        text.size() >= fence.length;
}

std::optional<HeadingLine> readHeading(QStringView line)
{
    const QStringView text = line.trimmed();
    const qsizetype level = runOf(text, u'#');
    if (level < 1 || level > 6 || (text.size() > level && !text[level].isSpace()))
        return std::nullopt;
    QStringView title = text.mid(level).trimmed();
    QStringView withoutMarks = title;
    while (withoutMarks.endsWith(u'#'))
        withoutMarks.chop(1);
    if (withoutMarks.isEmpty() || withoutMarks.endsWith(u' '))
        title = withoutMarks.trimmed(); // "# Title #"
    return HeadingLine{.level = int(level), .text = title};
}

bool isRule(QStringView line)
{
    const QStringView text = line.trimmed();
    if (text.isEmpty() || (text[0] != u'-' && text[0] != u'*' && text[0] != u'_'))
        return false;
    const auto marks = std::count(text.begin(), text.end(), text[0]);
    const auto spaces = std::count(text.begin(), text.end(), QChar(u' '));
    return marks >= 3 && marks + spaces == text.size();
}

std::optional<ListLine> readListItem(QStringView line)
{
    const QStringView text = line.trimmed();
    if (text.isEmpty())
        return std::nullopt;
    ListLine item;
    qsizetype length = 0;
    if (text[0] == u'-' || text[0] == u'*' || text[0] == u'+') {
        length = 1;
        item.marker = QStringLiteral("•");
    } else {
        while (length < text.size() && length < 9 && text[length] >= u'0' && text[length] <= u'9')
            ++length;
        if (length == 0 || length == text.size() || (text[length] != u'.' && text[length] != u')'))
            return std::nullopt;
        item.number = text.left(length).toInt();
        item.marker = text.left(length).toString() + u'.';
        ++length;
    }
    if (length < text.size() && !text[length].isSpace())
        return std::nullopt;
    item.text = text.mid(length).trimmed();
    if (item.number < 0 && item.text.size() > 3 && item.text[0] == u'[' &&
        item.text.mid(2, 2) == u"] ") {
        const QChar box = item.text[1];
        if (box == u' ' || box == u'x' || box == u'X') {
            item.marker = box == u' ' ? QStringLiteral("☐") : QStringLiteral("☑");
            item.text = item.text.mid(4);
        }
    }
    return item;
}

std::optional<QuoteLine> readQuote(QStringView line)
{
    QStringView text = line.trimmed();
    int level = 0;
    while (text.startsWith(u'>')) {
        ++level;
        text = text.mid(1);
        while (text.startsWith(u' '))
            text = text.mid(1);
    }
    if (level == 0)
        return std::nullopt;
    return QuoteLine{.level = std::min(level, kDeepestQuote), .text = text};
}

QStringList readCells(QStringView line)
{
    QStringView text = line.trimmed();
    if (!text.contains(u'|'))
        return {};
    if (text.startsWith(u'|'))
        text = text.mid(1);
    if (text.endsWith(u'|') && !text.endsWith(u"\\|"))
        text.chop(1);
    QStringList cells;
    QString cell;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i] == u'\\' && i + 1 < text.size() && text[i + 1] == u'|') {
            cell += u'|';
            ++i;
        } else if (text[i] == u'|') {
            cells.append(cell.trimmed());
            cell.clear();
        } else {
            cell += text[i];
        }
    }
    cells.append(cell.trimmed());
    if (cells.size() > kMostColumns)
        cells.resize(kMostColumns);
    return cells;
}

bool isDelimiterRow(QStringView line, int columns)
{
    const QStringList cells = readCells(line);
    return cells.size() == columns && std::all_of(cells.begin(), cells.end(), [](QStringView cell) {
               if (cell.startsWith(u':'))
                   cell = cell.mid(1);
               if (cell.endsWith(u':'))
                   cell.chop(1);
               return !cell.isEmpty() && consistsOf(cell, u"-");
           });
}

bool isUndecided(QStringView line)
{
    const QStringView text = line.trimmed();
    if (text.isEmpty())
        return true;
    if (text[0] == u'#')
        return text.size() <= 6 && consistsOf(text, u"#");
    if (text[0] == u'`' || text[0] == u'~')
        return runOf(text, text[0]) == text.size() || readFence(line).has_value();
    if (text[0].isDigit())
        return text.size() <= 10 && consistsOf(text.chopped(1), u"0123456789") &&
            QStringView(u"0123456789.)").contains(text.back());
    if (text[0] == u'>')
        return consistsOf(text, u"> ");
    return consistsOf(text, u"-") || consistsOf(text, u"*+-_ ");
}

} // namespace inglenook
