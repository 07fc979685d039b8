#include "app/block_parser.h"

#include "app/block_lines.h"
#include "app/inline_text.h"

#include <algorithm>
#include <utility>

namespace inglenook {

namespace {

constexpr int kDeepestList = 8;

/// A block while its lines are read.
struct OpenBlock {
    Block block;
    qsizetype begin = 0; // where it begins in the text
    std::vector<int> indents; // of the lists around it, before it began
    QString source; // its lines, marks of the block removed
    FenceLine fence; // of code
    int fenceIndent = 0;
};

/// Reads lines, one after the other, into blocks.
class LineReader {
public:
    explicit LineReader(std::vector<int> indents)
        : m_indents(std::move(indents))
    {
    }

    void readLine(QStringView line, qsizetype begin);
    /// Whether the line, which may go on, tells enough to be shown.
    [[nodiscard]] bool canShow(QStringView unfinished) const;

    [[nodiscard]] bool hasOpen() const { return m_open; }
    [[nodiscard]] const OpenBlock& last() const { return m_blocks.back(); }
    [[nodiscard]] const std::vector<OpenBlock>& blocks() const { return m_blocks; }
    [[nodiscard]] const std::vector<int>& indents() const { return m_indents; }

private:
    [[nodiscard]] bool inside(BlockKind kind) const
    {
        return m_open && m_blocks.back().block.kind == kind;
    }
    OpenBlock& begin(BlockKind kind, qsizetype at);
    void addLine(QStringView text);
    bool continueCode(QStringView line);
    bool continueTable(QStringView line);
    bool continueQuote(QStringView line);
    bool beginMarked(QStringView line, qsizetype at);
    bool beginListItem(QStringView line, qsizetype at);
    void beginText(QStringView line, qsizetype at);

    std::vector<OpenBlock> m_blocks;
    bool m_open = false; // whether the last block may go on
    std::vector<int> m_indents; // columns of the markers of the lists around the current line
};

OpenBlock& LineReader::begin(BlockKind kind, qsizetype at)
{
    OpenBlock open;
    open.block.kind = kind;
    open.begin = at;
    open.indents = m_indents;
    m_blocks.push_back(std::move(open));
    m_open = true;
    return m_blocks.back();
}

void LineReader::addLine(QStringView text)
{
    QString& source = m_blocks.back().source;
    if (!source.isEmpty())
        source += u'\n';
    source += text;
}

void LineReader::readLine(QStringView line, qsizetype at)
{
    if (line.endsWith(u'\r'))
        line.chop(1);
    if (inside(BlockKind::Code) && continueCode(line))
        return;
    if (line.trimmed().isEmpty()) {
        m_open = false;
        return;
    }
    if (continueTable(line) || continueQuote(line) || beginMarked(line, at) ||
        beginListItem(line, at))
        return;
    if (inside(BlockKind::Paragraph) || inside(BlockKind::ListItem))
        addLine(line.trimmed());
    else
        beginText(line, at);
}

bool LineReader::continueCode(QStringView line)
{
    OpenBlock& code = m_blocks.back();
    if (closesFence(line, code.fence)) {
        m_open = false;
        return true;
    }
    qsizetype strip = 0;
    while (strip < line.size() && strip < code.fenceIndent && line[strip] == u' ')
        ++strip;
    // An empty source has no lines yet; one empty line is a line.
    code.source += line.mid(strip);
    code.source += u'\n';
    return true;
}

bool LineReader::continueTable(QStringView line)
{
    if (inside(BlockKind::Paragraph)) {
        OpenBlock& head = m_blocks.back();
        const QStringList cells =
            head.source.contains(u'\n') ? QStringList() : readCells(head.source);
        if (cells.isEmpty() || !isDelimiterRow(line, int(cells.size())))
            return false;
        head.block.kind = BlockKind::Table;
        head.block.columns = int(cells.size());
        return true;
    }
    if (!inside(BlockKind::Table))
        return false;
    if (!line.contains(u'|'))
        return false;
    addLine(line.trimmed());
    return true;
}

bool LineReader::continueQuote(QStringView line)
{
    const std::optional<QuoteLine> quote = readQuote(line);
    if (!quote || !inside(BlockKind::Quote) || m_blocks.back().block.level != quote->level)
        return false;
    m_blocks.back().source += u'\n';
    m_blocks.back().source += quote->text;
    return true;
}

bool LineReader::beginMarked(QStringView line, qsizetype at)
{
    if (const std::optional<FenceLine> fence = readFence(line)) {
        const int indent = indentOf(line);
        const auto around = std::count_if(m_indents.begin(), m_indents.end(),
                                          [indent](int i) { return i < indent; });
        OpenBlock& code = begin(BlockKind::Code, at);
        code.fence = *fence;
        code.fenceIndent = indent;
        code.block.level = std::min(int(around), kDeepestList);
        code.block.language = fence->info.section(u' ', 0, 0);
        return true;
    }
    if (const std::optional<HeadingLine> heading = readHeading(line)) {
        m_indents.clear();
        OpenBlock& block = begin(BlockKind::Heading, at);
        block.block.level = heading->level;
        block.source = heading->text.toString();
        m_open = false;
        return true;
    }
    if (isRule(line)) {
        m_indents.clear();
        begin(BlockKind::Rule, at);
        m_open = false;
        return true;
    }
    if (const std::optional<QuoteLine> quote = readQuote(line)) {
        m_indents.clear();
        OpenBlock& block = begin(BlockKind::Quote, at);
        block.block.level = quote->level;
        block.source = quote->text.toString();
        return true;
    }
    return false;
}

bool LineReader::beginListItem(QStringView line, qsizetype at)
{
    const std::optional<ListLine> item = readListItem(line);
    // "in\n1984. It was" is no list; one inside a paragraph begins with 1 or a bullet.
    if (!item || (inside(BlockKind::Paragraph) && item->number > 1))
        return false;
    OpenBlock& block = begin(BlockKind::ListItem, at);
    const int column = indentOf(line);
    while (!m_indents.empty() && m_indents.back() > column)
        m_indents.pop_back();
    if (m_indents.empty() || column >= m_indents.back() + 2) {
        if (m_indents.size() < size_t(kDeepestList))
            m_indents.push_back(column);
    } else {
        m_indents.back() = column;
    }
    block.block.level = int(m_indents.size());
    block.block.marker = item->marker;
    block.source = item->text.toString();
    return true;
}

void LineReader::beginText(QStringView line, qsizetype at)
{
    const int indent = indentOf(line);
    const auto around = std::count_if(m_indents.begin(), m_indents.end(),
                                      [indent](int i) { return i + 2 <= indent; });
    if (around == 0)
        m_indents.clear();
    OpenBlock& block = begin(around > 0 ? BlockKind::ListItem : BlockKind::Paragraph, at);
    block.block.level = int(around);
    block.source = line.trimmed().toString();
}

bool LineReader::canShow(QStringView unfinished) const
{
    const QStringView text = unfinished.trimmed();
    if (inside(BlockKind::Code)) {
        const FenceLine& fence = last().fence;
        return !std::all_of(text.begin(), text.end(),
                            [&fence](QChar c) { return c == fence.mark; });
    }
    if (inside(BlockKind::Table) && !text.isEmpty())
        return true;
    const bool underHead = inside(BlockKind::Paragraph) && last().source.startsWith(u'|') &&
        !last().source.contains(u'\n');
    if (underHead && std::all_of(text.begin(), text.end(), [](QChar c) {
            return QStringView(u"|-: ").contains(c);
        }))
        return false;
    return !isUndecided(unfinished);
}

/// The block as it is drawn.
Block draw(const OpenBlock& open, bool growing)
{
    const TextEnd end = growing ? TextEnd::Growing : TextEnd::Closed;
    Block block = open.block;
    block.closed = !growing;
    const bool startsTable = growing && block.kind == BlockKind::Paragraph &&
        open.source.startsWith(u'|') && !open.source.contains(u'\n');
    if (startsTable) {
        block.kind = BlockKind::Table;
        block.columns = int(readCells(open.source).size());
    }
    if (block.kind == BlockKind::Code) {
        block.text =
            withoutDisguise(open.source.endsWith(u'\n') ? open.source.chopped(1) : open.source);
    } else if (block.kind == BlockKind::Table) {
        for (const QStringView row : QStringView(open.source).split(u'\n')) {
            QStringList cells = readCells(row);
            cells.resize(block.columns);
            for (const QString& cell : std::as_const(cells))
                block.cells.append(inlineText(cell, end));
        }
    } else {
        block.text = inlineText(open.source, end);
    }
    return block;
}

} // namespace

void BlockParser::append(QStringView piece)
{
    m_text += piece;
    parseTail(false);
}

void BlockParser::finish()
{
    parseTail(true);
}

void BlockParser::parseTail(bool finished)
{
    const QStringView text(m_text);
    LineReader lines(m_tailIndents);
    qsizetype at = m_tailBegin;
    for (qsizetype end = text.indexOf(u'\n', at); end >= 0; end = text.indexOf(u'\n', at)) {
        lines.readLine(text.mid(at, end - at), at);
        at = end + 1;
    }
    // What the whole lines settle; the unfinished one may still become anything.
    const size_t open = lines.hasOpen() ? 1 : 0;
    const int settledBefore = m_settled;
    const size_t settling = lines.blocks().size() - open;
    m_tailBegin = open ? lines.last().begin : at;
    m_tailIndents = open ? lines.last().indents : lines.indents();

    const QStringView rest = text.mid(at);
    if (!rest.isEmpty() && (finished || lines.canShow(rest)))
        lines.readLine(rest, at);

    m_blocks.resize(size_t(settledBefore));
    const std::vector<OpenBlock>& read = lines.blocks();
    for (size_t i = 0; i < read.size(); ++i) {
        const bool growing = !finished && i >= settling && i + 1 == read.size();
        m_blocks.push_back(draw(read[i], growing));
    }
    m_settled = settledBefore + int(settling);
}

} // namespace inglenook
