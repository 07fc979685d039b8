#include "app/no_network.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>

namespace inglenook {

namespace {

class Refusal : public QNetworkReply {
public:
    Refusal(QNetworkAccessManager::Operation operation, const QNetworkRequest& request,
            QObject* parent)
        : QNetworkReply(parent)
    {
        setOperation(operation);
        setRequest(request);
        setUrl(request.url());
        setError(ContentAccessDenied, QStringLiteral("The network is not used."));
        QMetaObject::invokeMethod(
            this,
            [this] {
                emit errorOccurred(error());
                setFinished(true);
                emit finished();
            },
            Qt::QueuedConnection);
    }

    void abort() override { }

protected:
    qint64 readData(char*, qint64) override { return -1; }
};

class RefusingManager : public QNetworkAccessManager {
public:
    using QNetworkAccessManager::QNetworkAccessManager;

protected:
    QNetworkReply* createRequest(Operation operation, const QNetworkRequest& request,
                                 QIODevice*) override
    {
        return new Refusal(operation, request, this);
    }
};

} // namespace

QNetworkAccessManager* NoNetwork::create(QObject* parent)
{
    return new RefusingManager(parent);
}

} // namespace inglenook
