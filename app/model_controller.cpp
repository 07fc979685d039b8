#include "app/model_controller.h"

#include <QDesktopServices>
#include <QDir>
#include <QFileInfo>
#include <QLocale>
#include <QStandardPaths>
#include <QUrl>

namespace inglenook {

namespace {

constexpr uint64_t kGigabyte = 1'000'000'000; // as all sizes are shown

} // namespace

ModelController::ModelController(QObject* parent)
    : QObject(parent)
    , m_files(new ModelListModel(this))
{
}

void ModelController::start(const Beginning& beginning)
{
    m_starterPath = beginning.starterPath;
    m_modelsFolder = beginning.modelsFolder;
    emit modelsFolderChanged();
    refresh();
    const QString& last = beginning.lastPath;
    const QString& unfinished = beginning.unfinishedPath;
    load(!last.isEmpty() && last != unfinished && QFile::exists(last) ? last : m_starterPath);
    if (!unfinished.isEmpty() && unfinished != m_requestedPath)
        setErrorText(tr("%1 was being loaded when Inglenook ended last time; choose it again to "
                        "try it once more.")
                         .arg(unfinished));
}

void ModelController::setFilter(const QString& filter)
{
    if (m_filter == filter)
        return;
    m_filter = filter;
    m_files->setFilter(filter);
    emit filterChanged();
}

void ModelController::setModelsFolder(const QString& folder)
{
    // A folder dialog hands over a URL.
    const QUrl url(folder);
    const QString path = QDir::cleanPath(url.isLocalFile() ? url.toLocalFile() : folder);
    if (m_modelsFolder == path)
        return;
    m_modelsFolder = path;
    emit modelsFolderChanged();
    emit remembered(kModelsFolderKey, path);
    refresh();
}

void ModelController::load(const QString& path)
{
    if (path.isEmpty())
        return;
    m_requestedPath = path;
    setErrorText({});
    setProgress(0.);
    setState(Loading);
    const ModelFileRow* file = m_files->find(path);
    clearCurrent(file ? file->name : QFileInfo(path).completeBaseName());
    emit remembered(kUnfinishedKey, path);
    LoadRequest request;
    request.path = path.toStdString();
    request.device = m_settings.device.toStdString();
    request.split = m_settings.split.toStdString();
    request.threads = m_settings.threads;
    request.contextTokens = m_settings.contextTokens;
    request.draft = m_settings.drafts.value(path, kAutomaticDraft).toStdString();
    request.pageQuota = m_settings.keepPages ? uint64_t(m_settings.pageGigabytes) * kGigabyte : 0;
    const QString caches = QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation);
    if (!caches.isEmpty()) {
        request.cacheFolder = (caches + QStringLiteral("/inglenook")).toStdString();
        request.pageFolder = request.cacheFolder + "/pages";
    }
    emit loadRequested(request);
}

void ModelController::unload()
{
    m_requestedPath.clear();
    setErrorText({});
    setState(None);
    clearCurrent();
    emit remembered(kUnfinishedKey, {});
    emit unloadRequested();
}

void ModelController::cancel()
{
    if (m_state == Loading)
        unload();
}

void ModelController::refresh()
{
    emit scanRequested(m_modelsFolder, m_starterPath, m_settings);
}

void ModelController::openModelsFolder()
{
    if (!QDir().mkpath(m_modelsFolder)) {
        setErrorText(
            tr("The models folder %1 cannot be created; choose another one.").arg(m_modelsFolder));
        return;
    }
    QDesktopServices::openUrl(QUrl::fromLocalFile(m_modelsFolder));
}

void ModelController::retry()
{
    load(m_requestedPath.isEmpty() ? m_starterPath : m_requestedPath);
}

void ModelController::onScanned(const ModelScan& scan)
{
    m_files->reset(scan.files, scan.freeBytes);
    findDrafts();
    if (!scan.problem.isEmpty())
        setErrorText(scan.problem);
}

void ModelController::onDevicesListed(const QStringList& devices)
{
    if (m_devices == devices)
        return;
    m_devices = devices;
    emit devicesChanged();
}

void ModelController::onLoadProgress(float fraction)
{
    if (m_state == Loading)
        setProgress(double(fraction));
}

void ModelController::onModelLoaded(const ModelLoaded& model)
{
    const QString path = QString::fromStdString(model.path);
    if (m_state != Loading || path != m_requestedPath)
        return; // an answer to an earlier request
    const QLocale locale;
    const auto size = [&locale](uint64_t bytes) {
        return locale.formattedDataSize(qint64(bytes), 1, QLocale::DataSizeSIFormat);
    };
    m_currentPath = path;
    m_currentName = QString::fromStdString(model.name);
    m_quantisation = QString::fromStdString(model.quantisation);
    m_deviceName = QString::fromStdString(model.device);
    m_deviceNote = QString::fromStdString(model.note);
    m_draftName = QString::fromStdString(model.draftName);
    m_contextTokens = model.contextTokens;
    m_memoryText = tr("%1 weights, %2 cache").arg(size(model.weightBytes), size(model.cacheBytes));
    m_files->setCurrent(m_currentPath);
    emit currentChanged();
    findDrafts();
    setProgress(1.);
    setState(Loaded);
    emit remembered(kUnfinishedKey, {});
    emit remembered(kLastModelKey, m_currentPath);
}

void ModelController::onLoadFailed(const LoadFailed& failure)
{
    if (m_state != Loading || QString::fromStdString(failure.path) != m_requestedPath)
        return; // an answer to an earlier request
    emit remembered(kUnfinishedKey, {});
    setErrorText(QString::fromStdString(failure.sentence));
    setState(Failed);
    clearCurrent();
}

void ModelController::onModelLost(const QString& sentence)
{
    if (m_state != Loaded)
        return;
    setErrorText(sentence);
    setState(Failed);
    clearCurrent();
}

void ModelController::onCacheNoted(const CacheNote& note)
{
    m_cacheNote = QString::fromStdString(note.sentence);
    m_cacheInTrouble = note.trouble;
    emit cacheNoteChanged();
}

QString ModelController::cacheTrouble() const
{
    return m_cacheInTrouble && !m_dismissed.contains(m_cacheNote) ? m_cacheNote : QString();
}

void ModelController::dismissCacheTrouble()
{
    // The disk may be full, have a little room and be full again many times.
    m_dismissed.append(m_cacheNote);
    emit cacheNoteChanged();
}

void ModelController::onLoadSettingsChanged(const LoadSettings& settings)
{
    m_settings = settings;
}

void ModelController::onModelWanted(const QString& path)
{
    if (path == m_currentPath || (m_state == Loading && path == m_requestedPath) ||
        !m_files->find(path))
        return;
    load(path);
}

void ModelController::setState(State state)
{
    if (m_state == state)
        return;
    m_state = state;
    emit stateChanged();
}

void ModelController::setProgress(double progress)
{
    if (m_progress == progress)
        return;
    m_progress = progress;
    emit progressChanged();
}

void ModelController::setErrorText(const QString& sentence)
{
    if (m_errorText == sentence)
        return;
    m_errorText = sentence;
    emit errorTextChanged();
}

void ModelController::clearCurrent(const QString& name)
{
    m_currentPath.clear();
    m_currentName = name;
    m_quantisation.clear();
    m_deviceName.clear();
    m_deviceNote.clear();
    m_draftName.clear();
    m_memoryText.clear();
    m_contextTokens = 0;
    m_files->setCurrent({});
    emit currentChanged();
    findDrafts();
}

void ModelController::findDrafts()
{
    QStringList paths;
    QStringList names;
    for (const ModelFileRow& row : m_files->draftsFor(m_currentPath)) {
        paths.append(row.path);
        names.append(row.quantisation.isEmpty() ? row.name : row.name + u' ' + row.quantisation);
    }
    if (m_draftPaths == paths && m_draftNames == names)
        return;
    m_draftPaths = paths;
    m_draftNames = names;
    emit draftsChanged();
}

} // namespace inglenook
