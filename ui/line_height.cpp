#include "ui/line_height.h"

#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>

namespace inglenook {

LineHeight::LineHeight(QObject* parent)
    : QObject(parent)
{
}

void LineHeight::setDocument(QQuickTextDocument* document)
{
    if (m_document == document)
        return;
    if (m_document)
        m_document->textDocument()->disconnect(this);
    m_document = document;
    if (m_document)
        connect(m_document->textDocument(), &QTextDocument::contentsChanged, this,
                &LineHeight::apply);
    apply();
    emit documentChanged();
}

void LineHeight::setFactor(qreal factor)
{
    if (qFuzzyCompare(m_factor, factor))
        return;
    m_factor = factor;
    apply();
    emit factorChanged();
}

// New text arrives without a format; text typed into a block inherits it, so the last block tells.
void LineHeight::apply()
{
    if (!m_document || m_applying)
        return;
    QTextDocument* text = m_document->textDocument();
    const qreal wanted = 100. * m_factor;
    if (qFuzzyCompare(text->firstBlock().blockFormat().lineHeight(), wanted) &&
        qFuzzyCompare(text->lastBlock().blockFormat().lineHeight(), wanted))
        return;

    m_applying = true;
    QTextBlockFormat format;
    format.setLineHeight(wanted, QTextBlockFormat::ProportionalHeight);
    QTextCursor cursor(text);
    cursor.select(QTextCursor::Document);
    cursor.mergeBlockFormat(format);
    m_applying = false;
}

} // namespace inglenook
