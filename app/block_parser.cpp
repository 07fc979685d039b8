#include "app/block_parser.h"

namespace inglenook {

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
    m_blocks.resize(size_t(m_settled));
    const QStringList paragraphs = m_text.mid(m_tailBegin).split(QStringLiteral("\n\n"));
    for (qsizetype i = 0; i < paragraphs.size(); ++i) {
        Block block;
        block.text = paragraphs[i].trimmed();
        block.closed = finished || i + 1 < paragraphs.size();
        if (block.closed && i + 1 < paragraphs.size()) {
            m_tailBegin += paragraphs[i].size() + 2;
            m_settled += block.text.isEmpty() ? 0 : 1;
        }
        if (!block.text.isEmpty())
            m_blocks.push_back(std::move(block));
    }
}

} // namespace inglenook
