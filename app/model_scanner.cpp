#include "app/model_scanner.h"

#include <QDirIterator>
#include <QFileInfo>

#include <algorithm>

namespace inglenook {

namespace {

constexpr int kMostFiles = 2000; // a folder with more is not a folder of models

/// Of a model in several files only the first is opened.
bool isFurtherPart(const QString& name)
{
    const qsizetype of = name.lastIndexOf(QStringLiteral("-of-"));
    return of > 5 && !name.left(of).endsWith(QStringLiteral("-00001"));
}

} // namespace

ModelFileRow ModelScanner::describe(const QString& path, int contextTokens)
{
    const ModelFacts facts = describeModel(path.toStdString(), contextTokens);
    const QFileInfo info(path);
    ModelFileRow row;
    row.path = path;
    row.name = facts.name.empty() ? info.completeBaseName() : QString::fromStdString(facts.name);
    row.quantisation = QString::fromStdString(facts.quantisation);
    row.architecture = QString::fromStdString(facts.architecture);
    row.fileBytes = quint64(info.size());
    row.neededBytes = facts.neededBytes;
    row.vocabulary = facts.vocabulary;
    row.problem = QString::fromStdString(facts.problem);
    return row;
}

void ModelScanner::scan(const QString& folder, const QString& starterPath,
                        const LoadSettings& settings)
{
    ModelScan scan;
    QStringList paths;
    if (!starterPath.isEmpty())
        paths.append(starterPath);
    QDirIterator found(folder, {QStringLiteral("*.gguf")}, QDir::Files | QDir::Readable,
                       QDirIterator::Subdirectories);
    while (!folder.isEmpty() && found.hasNext() && paths.size() < kMostFiles) {
        const QString path = found.next();
        if (path != starterPath && !isFurtherPart(found.fileInfo().completeBaseName()))
            paths.append(path);
    }
    for (const QString& path : paths) {
        scan.files.push_back(describe(path, settings.contextTokens));
        scan.files.back().starter = path == starterPath;
    }
    if (const QFileInfo info(folder); info.exists() && !info.isReadable())
        scan.problem =
            tr("The models folder %1 cannot be read; check its permissions.").arg(folder);
    scan.freeBytes = lookAtDevices(settings.device);
    emit scanned(scan);
}

QStringList ModelScanner::deviceLines(const std::vector<DeviceFacts>& devices)
{
    QStringList lines{QStringLiteral("auto")};
    QStringList cards;
    for (const DeviceFacts& device : devices) {
        const QString id = QString::fromStdString(device.id);
        lines.append(device.name.empty() ? id : id + u' ' + QString::fromStdString(device.name));
        if (device.card)
            cards.append(id);
    }
    const QString together = tr("together");
    if (cards.size() > 1)
        lines.append(cards.join(u',') + u' ' + together);
    if (!cards.isEmpty())
        lines.append(cards.join(u',') + QStringLiteral(",cpu ") + together);
    return lines;
}

/// Free memory of the devices that are wanted, or of the roomiest.
quint64 ModelScanner::lookAtDevices(const QString& wanted)
{
    const std::vector<DeviceFacts> devices = usableDevices();
    const QStringList ids = wanted.split(u',');
    quint64 roomiest = 0;
    quint64 together = 0;
    for (const DeviceFacts& device : devices) {
        roomiest = std::max(roomiest, quint64(device.freeBytes));
        if (ids.contains(QString::fromStdString(device.id)))
            together += device.freeBytes;
    }
    if (!m_listed)
        emit devicesListed(deviceLines(devices));
    m_listed = true;
    return wanted == QStringLiteral("auto") ? roomiest : together;
}

} // namespace inglenook
