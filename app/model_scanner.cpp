#include "app/model_scanner.h"

#include "app/machine.h"

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

/// Free memory of the device that is wanted, or of the roomiest.
quint64 ModelScanner::lookAtDevices(const QString& wanted)
{
    QStringList names{QStringLiteral("auto")};
    quint64 freeBytes = 0;
    for (const DeviceFacts& device : usableDevices()) {
        const QString id = QString::fromStdString(device.id);
        names.append(device.name.empty() ? id : id + u' ' + QString::fromStdString(device.name));
        if (wanted == QStringLiteral("auto") || wanted == id)
            freeBytes = std::max(freeBytes, quint64(device.freeBytes));
    }
    if (!m_listed)
        emit devicesListed(names);
    m_listed = true;
    return freeBytes;
}

} // namespace inglenook
