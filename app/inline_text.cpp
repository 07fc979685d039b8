#include "app/inline_text.h"

#include <QHash>

#include <algorithm>
#include <optional>
#include <vector>

namespace inglenook {

namespace {

constexpr qsizetype kLongestAddress = 2048;

bool isPunctuation(QChar c)
{
    const char16_t u = c.unicode();
    return (u >= '!' && u <= '/') || (u >= ':' && u <= '@') || (u >= '[' && u <= '`') ||
        (u >= '{' && u <= '~');
}

/// Finds where an address ends, and remembers where there was no end, so that many beginnings cost
/// no more than one.
class AddressEnds {
public:
    qsizetype endOf(QStringView text, qsizetype begin, QChar end, QChar never)
    {
        qsizetype at = begin >= m_barrenBegin ? std::max(begin, m_barrenEnd) : begin;
        while (at < text.size() && at - begin <= kLongestAddress && text[at] != never) {
            if (text[at] == end)
                return at;
            ++at;
        }
        m_barrenBegin = begin;
        m_barrenEnd = at;
        return -1;
    }

private:
    qsizetype m_barrenBegin = 0;
    qsizetype m_barrenEnd = 0;
};

/// Reads a text once, left to right, and collects what is to be seen. Marks that may turn out to be
/// one half of a pair are kept as pieces of their own until the other half is found.
class InlineReader {
public:
    InlineReader(QStringView text, TextEnd end)
        : m_text(text)
        , m_growing(end == TextEnd::Growing)
    {
        findCodeEnds();
    }

    QString read()
    {
        while (m_at < m_text.size())
            readNext();
        QString result;
        for (Piece& piece : m_pieces) {
            if (piece.mark && m_growing && piece.hideWhileOpen)
                piece.text.clear();
            result += piece.text;
        }
        return result;
    }

private:
    struct Piece {
        QString text;
        bool mark = false; // half of a pair, or just these characters
        bool hideWhileOpen = false;
    };

    void readNext();
    void readCode();
    void readEmphasis();
    void readBracket();
    bool readAngle();
    bool readEntity();
    void addText(QStringView text);
    void addMark(QStringView text, bool hideWhileOpen);
    void findCodeEnds();
    [[nodiscard]] qsizetype runAt(qsizetype at) const;
    [[nodiscard]] QChar charAt(qsizetype at) const
    {
        return at >= 0 && at < m_text.size() ? m_text[at] : u' ';
    }

    QStringView m_text;
    bool m_growing;
    qsizetype m_at = 0;
    std::vector<Piece> m_pieces;
    std::vector<size_t> m_openers[3]; // places in m_pieces of * _ ~
    std::vector<size_t> m_brackets;
    AddressEnds m_addresses;
    AddressEnds m_angles;
    QHash<qsizetype, qsizetype> m_codeEnds; // of a run of backticks, the next one as long
};

void InlineReader::addText(QStringView text)
{
    if (m_pieces.empty() || m_pieces.back().mark)
        m_pieces.emplace_back();
    m_pieces.back().text += text;
}

void InlineReader::addMark(QStringView text, bool hideWhileOpen)
{
    m_pieces.push_back({.text = text.toString(), .mark = true, .hideWhileOpen = hideWhileOpen});
}

qsizetype InlineReader::runAt(qsizetype at) const
{
    qsizetype end = at;
    while (end < m_text.size() && m_text[end] == m_text[at])
        ++end;
    return end - at;
}

void InlineReader::findCodeEnds()
{
    QHash<qsizetype, qsizetype> last; // the latest run of each length
    for (qsizetype at = m_text.indexOf(u'`'); at >= 0;) {
        const qsizetype length = runAt(at);
        if (const auto earlier = last.constFind(length); earlier != last.constEnd())
            m_codeEnds.insert(*earlier, at);
        last.insert(length, at);
        at = m_text.indexOf(u'`', at + length);
    }
}

void InlineReader::readNext()
{
    const QChar c = m_text[m_at];
    switch (c.unicode()) {
    case '\\':
        if (m_at + 1 < m_text.size() && isPunctuation(m_text[m_at + 1])) {
            addText(m_text.mid(m_at + 1, 1));
            m_at += 2;
            return;
        }
        break;
    case '`':
        return readCode();
    case '*':
    case '_':
    case '~':
        return readEmphasis();
    case '!':
        if (charAt(m_at + 1) == u'[') {
            m_brackets.push_back(m_pieces.size());
            addMark(m_text.mid(m_at, 2), false);
            m_at += 2;
            return;
        }
        break;
    case '[':
        m_brackets.push_back(m_pieces.size());
        addMark(m_text.mid(m_at, 1), false);
        ++m_at;
        return;
    case ']':
        return readBracket();
    case '<':
        if (readAngle())
            return;
        break;
    case '&':
        if (readEntity())
            return;
        break;
    default:
        break;
    }
    addText(m_text.mid(m_at, 1));
    ++m_at;
}

void InlineReader::readCode()
{
    const qsizetype length = runAt(m_at);
    const qsizetype begin = m_at + length;
    const auto end = m_codeEnds.constFind(m_at);
    if (end == m_codeEnds.constEnd() && !m_growing) {
        addText(m_text.mid(m_at, length));
        m_at = begin;
        return;
    }
    // The rest of a growing text is code until it proves otherwise.
    QStringView code =
        end == m_codeEnds.constEnd() ? m_text.mid(begin) : m_text.mid(begin, *end - begin);
    m_at = begin + code.size() + (end == m_codeEnds.constEnd() ? 0 : length);
    if (code.size() > 2 && code.front() == u' ' && code.back() == u' ')
        code = code.mid(1, code.size() - 2);
    addText(code);
}

void InlineReader::readEmphasis()
{
    const QChar c = m_text[m_at];
    const qsizetype length = runAt(m_at);
    const QChar before = charAt(m_at - 1);
    const QChar after = charAt(m_at + length);
    const bool atEnd = m_at + length == m_text.size();
    bool opens = !after.isSpace();
    bool closes = !before.isSpace();
    if (c == u'_') {
        opens = opens && !before.isLetterOrNumber();
        closes = closes && !after.isLetterOrNumber();
    }
    if (c == u'~' && length != 2)
        opens = closes = false;
    std::vector<size_t>& openers = m_openers[c == u'*' ? 0 : c == u'_' ? 1 : 2];
    qsizetype left = length;
    while (closes && left > 0 && !openers.empty()) {
        QString& open = m_pieces[openers.back()].text;
        const qsizetype paired = std::min(left, open.size());
        open.chop(paired);
        left -= paired;
        if (open.isEmpty())
            openers.pop_back();
    }
    if (left > 0) {
        // "2*3" is a product; a mark before a word is likely to be closed after it. The last one
        // may be either.
        const bool atWord = before.isSpace() || isPunctuation(before);
        if (opens)
            openers.push_back(m_pieces.size());
        addMark(m_text.mid(m_at, left), (opens && atWord) || atEnd);
    }
    m_at += length;
}

void InlineReader::readBracket()
{
    const qsizetype begin = m_at + 2;
    const bool address = charAt(m_at + 1) == u'(' && !m_brackets.empty();
    const qsizetype end = address ? m_addresses.endOf(m_text, begin, u')', u'\n') : -1;
    if (end < 0) {
        if (!m_brackets.empty())
            m_brackets.pop_back(); // "[so]" is just that
        addText(m_text.mid(m_at, 1));
        ++m_at;
        return;
    }
    const size_t open = m_brackets.back();
    m_brackets.clear(); // links do not nest
    m_pieces[open].text.clear();
    QString label;
    for (size_t i = open; i < m_pieces.size(); ++i)
        label += m_pieces[i].text;
    const QStringView target = m_text.mid(begin, end - begin).trimmed();
    addMark({}, false); // what follows is no part of the label's last piece
    if (!target.isEmpty() && target != label)
        addText(label.isEmpty() ? target.toString() : QStringLiteral(" (%1)").arg(target));
    m_at = end + 1;
}

bool InlineReader::readAngle()
{
    for (const QLatin1String tag :
         {QLatin1String("<br>"), QLatin1String("<br/>"), QLatin1String("<br />")}) {
        if (m_text.mid(m_at, tag.size()).compare(tag, Qt::CaseInsensitive) == 0) {
            addText(u"\n");
            m_at += tag.size();
            return true;
        }
    }
    for (const QLatin1String scheme :
         {QLatin1String("<https://"), QLatin1String("<http://"), QLatin1String("<mailto:")}) {
        if (!m_text.mid(m_at).startsWith(scheme))
            continue;
        const qsizetype end = m_angles.endOf(m_text, m_at + 1, u'>', u' ');
        if (end < 0)
            return false;
        addText(m_text.mid(m_at + 1, end - m_at - 1));
        m_at = end + 1;
        return true;
    }
    return false;
}

bool InlineReader::readEntity()
{
    struct Entity {
        QLatin1String name;
        char16_t character;
    };
    static constexpr Entity kEntities[] = {
        {QLatin1String("&amp;"), '&'},  {QLatin1String("&lt;"), '<'},
        {QLatin1String("&gt;"), '>'},   {QLatin1String("&quot;"), '"'},
        {QLatin1String("&#39;"), '\''}, {QLatin1String("&nbsp;"), 0xa0}};
    for (const Entity& entity : kEntities) {
        if (!m_text.mid(m_at).startsWith(entity.name))
            continue;
        const QChar character(entity.character);
        addText(QStringView(&character, 1));
        m_at += entity.name.size();
        return true;
    }
    return false;
}

} // namespace

QString inlineText(QStringView markdown, TextEnd end)
{
    return withoutDisguise(InlineReader(markdown, end).read());
}

QString withoutDisguise(const QString& text)
{
    const auto overrides = [](QChar c) { return c.unicode() == 0x202d || c.unicode() == 0x202e; };
    constexpr char16_t kTagLead = 0xdb40; // of U+E0000 to U+E007F
    const bool clean = std::none_of(
        text.begin(), text.end(), [&](QChar c) { return overrides(c) || c.unicode() == kTagLead; });
    if (clean)
        return text;
    QString seen;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const bool tag = text[i].unicode() == kTagLead && i + 1 < text.size() &&
            text[i + 1].unicode() >= 0xdc00 && text[i + 1].unicode() <= 0xdc7f;
        if (tag)
            ++i;
        else if (!overrides(text[i]))
            seen += text[i];
    }
    return seen;
}

} // namespace inglenook
