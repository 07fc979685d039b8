#pragma once

#include "app/model_list_model.h"
#include "inference/messages.h"

#include <QMap>
#include <QObject>
#include <QStringList>

namespace inglenook {

// Names under which the model controller's memory is kept
inline constexpr QLatin1String kLastModelKey("lastModel");
inline constexpr QLatin1String kUnfinishedKey("unfinishedModel");
inline constexpr QLatin1String kModelsFolderKey("modelsFolder");

/// Of LoadSettings::drafts, for models that are not in it: the engine looks for one.
inline constexpr QLatin1String kAutomaticDraft("auto");

/// How models are loaded, from the settings.
struct LoadSettings {
    QString device = QStringLiteral("auto"); // several: "cuda:0,cuda:1"
    QString split = QStringLiteral("auto"); // over them
    int threads = 0; // 0: as many as there are cores
    int contextTokens = 0; // 0: what the model and the memory allow
    QMap<QString, QString> drafts; // what guesses, by the model's path: "none" or a path
    bool keepPages = true; // of the cache, on disk
    int pageGigabytes = 8; // that they may take there

    bool operator==(const LoadSettings&) const = default;
};

/// What was found on this machine.
struct ModelScan {
    std::vector<ModelFileRow> files;
    QString problem; // the folder could not be read
    quint64 freeBytes = 0;
};

/// The model files and the one that is loaded. Emits requests and has slots for what happened.
class ModelController : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes from the program")
    Q_PROPERTY(inglenook::ModelListModel* files READ files CONSTANT)
    Q_PROPERTY(QString filter READ filter WRITE setFilter NOTIFY filterChanged)
    Q_PROPERTY(State state READ state NOTIFY stateChanged)
    Q_PROPERTY(double progress READ progress NOTIFY progressChanged)
    Q_PROPERTY(QString currentPath READ currentPath NOTIFY currentChanged)
    Q_PROPERTY(QString currentName READ currentName NOTIFY currentChanged)
    Q_PROPERTY(QString currentQuantisation READ currentQuantisation NOTIFY currentChanged)
    Q_PROPERTY(QString deviceName READ deviceName NOTIFY currentChanged)
    Q_PROPERTY(QString deviceNote READ deviceNote NOTIFY currentChanged)
    Q_PROPERTY(QString draftName READ draftName NOTIFY currentChanged)
    Q_PROPERTY(QStringList draftPaths READ draftPaths NOTIFY draftsChanged)
    Q_PROPERTY(QStringList draftNames READ draftNames NOTIFY draftsChanged)
    Q_PROPERTY(int contextTokens READ contextTokens NOTIFY currentChanged)
    Q_PROPERTY(QString memoryText READ memoryText NOTIFY currentChanged)
    Q_PROPERTY(QString errorText READ errorText NOTIFY errorTextChanged)
    Q_PROPERTY(QString cacheNote READ cacheNote NOTIFY cacheNoteChanged)
    Q_PROPERTY(QString cacheTrouble READ cacheTrouble NOTIFY cacheNoteChanged)
    Q_PROPERTY(
        QString modelsFolder READ modelsFolder WRITE setModelsFolder NOTIFY modelsFolderChanged)
    Q_PROPERTY(QStringList devices READ devices NOTIFY devicesChanged)

public:
    enum State { None, Loading, Loaded, Failed };
    Q_ENUM(State)

    explicit ModelController(QObject* parent = nullptr);

    [[nodiscard]] ModelListModel* files() const { return m_files; }
    [[nodiscard]] QString filter() const { return m_filter; }
    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] double progress() const { return m_progress; }
    [[nodiscard]] QString currentPath() const { return m_currentPath; }
    [[nodiscard]] QString currentName() const { return m_currentName; } // also while it is loaded
    [[nodiscard]] QString currentQuantisation() const { return m_quantisation; }
    [[nodiscard]] QString deviceName() const { return m_deviceName; }
    [[nodiscard]] QString deviceNote() const { return m_deviceNote; } // on how it was chosen, or ""
    [[nodiscard]] QString draftName() const { return m_draftName; } // what guesses for it, or ""
    [[nodiscard]] QStringList draftPaths() const { return m_draftPaths; } // what could
    [[nodiscard]] QStringList draftNames() const { return m_draftNames; } // of the same, in turn
    [[nodiscard]] int contextTokens() const { return m_contextTokens; }
    [[nodiscard]] QString memoryText() const { return m_memoryText; }
    [[nodiscard]] QString errorText() const { return m_errorText; }
    /// What there is to say of the cache on disk, or "".
    [[nodiscard]] QString cacheNote() const { return m_cacheNote; }
    /// The same where the user should know it unasked and has not put it aside.
    [[nodiscard]] QString cacheTrouble() const;
    [[nodiscard]] QString modelsFolder() const { return m_modelsFolder; }
    [[nodiscard]] QStringList devices() const { return m_devices; }
    void setFilter(const QString& filter);
    void setModelsFolder(const QString& folder);

    Q_INVOKABLE void load(const QString& path);
    Q_INVOKABLE void unload();
    Q_INVOKABLE void cancel();
    Q_INVOKABLE void refresh();
    Q_INVOKABLE void openModelsFolder();
    Q_INVOKABLE void retry();
    /// Says this trouble no more, until the program starts again.
    Q_INVOKABLE void dismissCacheTrouble();

    struct Beginning {
        QString modelsFolder;
        QString starterPath; // of the model that ships; "" if it is missing
        QString lastPath; // what was loaded last time
        QString
            unfinishedPath; // what was being loaded when the program ended, and may have ended it
    };
    /// Looks at the machine and loads the last model, else the starter model.
    void start(const Beginning& beginning);

public slots:
    void onScanned(const inglenook::ModelScan& scan);
    void onDevicesListed(const QStringList& devices);
    void onLoadProgress(float fraction);
    void onModelLoaded(const inglenook::ModelLoaded& model);
    void onLoadFailed(const inglenook::LoadFailed& failure);
    void onModelLost(const QString& sentence);
    void onCacheNoted(const inglenook::CacheNote& note);
    void onLoadSettingsChanged(const inglenook::LoadSettings& settings);
    /// The conversation on show was answered by this model before.
    void onModelWanted(const QString& path);

signals:
    void filterChanged();
    void stateChanged();
    void progressChanged();
    void currentChanged();
    void draftsChanged();
    void errorTextChanged();
    void cacheNoteChanged();
    void modelsFolderChanged();
    void devicesChanged();

    // Requests
    void loadRequested(const inglenook::LoadRequest& request);
    void unloadRequested();
    void scanRequested(const QString& folder, const QString& starterPath,
                       const inglenook::LoadSettings& settings);
    /// Kept for the next start.
    void remembered(const QString& key, const QString& value);

private:
    void setState(State state);
    void setProgress(double progress);
    void setErrorText(const QString& sentence);
    void clearCurrent(const QString& name = {});
    void findDrafts();

    ModelListModel* m_files;
    QString m_filter;
    State m_state = None;
    double m_progress = 0.;
    QString m_requestedPath; // what is being loaded, or failed to
    QString m_currentPath;
    QString m_currentName;
    QString m_quantisation;
    QString m_deviceName;
    QString m_deviceNote;
    QString m_draftName;
    QStringList m_draftPaths;
    QStringList m_draftNames;
    QString m_memoryText;
    int m_contextTokens = 0;
    QString m_errorText;
    QString m_cacheNote;
    bool m_cacheInTrouble = false;
    QStringList m_dismissed; // troubles of the cache
    QString m_modelsFolder;
    QString m_starterPath;
    QStringList m_devices;
    LoadSettings m_settings;
};

} // namespace inglenook
