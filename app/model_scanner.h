#pragma once

#include "app/machine.h"
#include "app/model_controller.h"

#include <QObject>

namespace inglenook {

/// Looks at this machine on a thread of its own: the model files in a folder and the devices.
/// Requests come in as slots, what was found goes out as signals.
class ModelScanner : public QObject {
    Q_OBJECT

public:
    /// The lines that devices are chosen by; the first word of each says what is meant: "auto",
    /// each device, cards together, cards with the processor.
    [[nodiscard]] static QStringList deviceLines(const std::vector<DeviceFacts>& devices);

public slots:
    /// Answers scanned(), and devicesListed() the first time. `starterPath` is listed too, wherever
    /// it lies.
    void scan(const QString& folder, const QString& starterPath,
              const inglenook::LoadSettings& settings);

signals:
    void scanned(const inglenook::ModelScan& scan);
    void devicesListed(const QStringList& devices);

private:
    [[nodiscard]] static ModelFileRow describe(const QString& path, int contextTokens);
    [[nodiscard]] quint64 lookAtDevices(const QString& wanted);

    bool m_listed = false;
};

} // namespace inglenook
