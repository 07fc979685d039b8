#pragma once

#include <QObject>
#include <QPointer>
#include <QQuickTextDocument>
#include <qqmlregistration.h>

class QTextDocument;

namespace inglenook {

/// Spaces the lines of a TextEdit. Selectable text has to be a TextEdit, and a TextEdit, unlike
/// Text, has no lineHeight.
class LineHeight : public QObject {
    Q_OBJECT
    QML_ELEMENT
    Q_PROPERTY(QQuickTextDocument* document READ document WRITE setDocument NOTIFY documentChanged)
    Q_PROPERTY(qreal factor READ factor WRITE setFactor NOTIFY factorChanged)

public:
    explicit LineHeight(QObject* parent = nullptr);

    QQuickTextDocument* document() const { return m_document; }
    void setDocument(QQuickTextDocument* document);

    qreal factor() const { return m_factor; }
    void setFactor(qreal factor);

signals:
    void documentChanged();
    void factorChanged();

private:
    void apply();

    QPointer<QQuickTextDocument> m_document;
    qreal m_factor = 1.;
    bool m_applying = false; // changing the format is itself a change of the contents
};

} // namespace inglenook
