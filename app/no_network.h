#pragma once

#include <QQmlNetworkAccessManagerFactory>

namespace inglenook {

/// Refuses whatever the interface would fetch: nothing that a model or a file says leads to a
/// packet.
class NoNetwork : public QQmlNetworkAccessManagerFactory {
public:
    [[nodiscard]] QNetworkAccessManager* create(QObject* parent) override;
};

} // namespace inglenook
