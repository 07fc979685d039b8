#include "app/single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QLocalSocket>

namespace inglenook {

namespace {

constexpr int kAnswerMs = 1000;

} // namespace

SingleInstance::SingleInstance(const QString& dataFolder, QObject* parent)
    : QObject(parent)
    , m_server(this)
{
    const QByteArray folder = QDir(dataFolder).absolutePath().toUtf8();
    const QByteArray hash =
        QCryptographicHash::hash(folder, QCryptographicHash::Sha256).toHex().left(24);
    m_name = QStringLiteral("inglenook-") + QString::fromLatin1(hash);
    connect(&m_server, &QLocalServer::newConnection, this, [this] {
        while (QLocalSocket* socket = m_server.nextPendingConnection()) {
            connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
            socket->write("shown\n");
            socket->flush();
            socket->disconnectFromServer();
            emit showRequested();
        }
    });
}

bool SingleInstance::handedOver()
{
    QLocalSocket other;
    other.connectToServer(m_name);
    if (other.waitForConnected(kAnswerMs) &&
        (other.bytesAvailable() > 0 || other.waitForReadyRead(kAnswerMs)))
        return true;
    // Nobody answers: what is left of one that was killed makes room. The database has a lock of
    // its own.
    QLocalServer::removeServer(m_name);
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    m_server.listen(m_name);
    return false;
}

} // namespace inglenook
