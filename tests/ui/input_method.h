#pragma once

#include <QObject>
#include <QString>

namespace inglenook {

/// Plays an input method for tests: composes text in an item, and commits it.
class InputMethod : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    Q_INVOKABLE void compose(QObject* item, const QString& preedit) const;
    Q_INVOKABLE void commit(QObject* item, const QString& text) const;
};

} // namespace inglenook
