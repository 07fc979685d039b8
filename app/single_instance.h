#pragma once

#include <QLocalServer>
#include <QObject>

namespace inglenook {

/// One window per data folder: a second start shows the window of the first.
class SingleInstance : public QObject {
    Q_OBJECT

public:
    explicit SingleInstance(const QString& dataFolder, QObject* parent = nullptr);

    /// Whether another instance answered, and now shows its window. Else this one listens.
    [[nodiscard]] bool handedOver();

signals:
    /// Somebody started the program again.
    void showRequested();

private:
    QString m_name;
    QLocalServer m_server;
};

} // namespace inglenook
