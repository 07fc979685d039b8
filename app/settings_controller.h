#pragma once

#include "app/chat_settings.h"
#include "app/model_controller.h"

#include <QObject>
#include <QVariantMap>

#include <map>
#include <string>

namespace inglenook {

/// What the user can choose. Each property is kept under its name as soon as it changes.
class SettingsController : public QObject {
    Q_OBJECT
    QML_ELEMENT
    QML_UNCREATABLE("comes from the program")
    Q_PROPERTY(Theme theme READ theme WRITE setTheme NOTIFY themeChanged)
    Q_PROPERTY(bool dark READ dark NOTIFY darkChanged)
    Q_PROPERTY(double textScale READ textScale WRITE setTextScale NOTIFY textScaleChanged)
    Q_PROPERTY(bool sidebarVisible READ sidebarVisible WRITE setSidebarVisible NOTIFY
                   sidebarVisibleChanged)
    Q_PROPERTY(
        QString systemPrompt READ systemPrompt WRITE setSystemPrompt NOTIFY systemPromptChanged)
    Q_PROPERTY(double temperature READ temperature WRITE setTemperature NOTIFY temperatureChanged)
    Q_PROPERTY(int topK READ topK WRITE setTopK NOTIFY topKChanged)
    Q_PROPERTY(double topP READ topP WRITE setTopP NOTIFY topPChanged)
    Q_PROPERTY(double minP READ minP WRITE setMinP NOTIFY minPChanged)
    Q_PROPERTY(
        double repeatPenalty READ repeatPenalty WRITE setRepeatPenalty NOTIFY repeatPenaltyChanged)
    Q_PROPERTY(bool fixedSeed READ fixedSeed WRITE setFixedSeed NOTIFY fixedSeedChanged)
    Q_PROPERTY(int seed READ seed WRITE setSeed NOTIFY seedChanged)
    Q_PROPERTY(
        int contextTokens READ contextTokens WRITE setContextTokens NOTIFY contextTokensChanged)
    Q_PROPERTY(int maxTokens READ maxTokens WRITE setMaxTokens NOTIFY maxTokensChanged)
    Q_PROPERTY(Overflow overflow READ overflow WRITE setOverflow NOTIFY overflowChanged)
    Q_PROPERTY(QString device READ device WRITE setDevice NOTIFY deviceChanged)
    Q_PROPERTY(QString split READ split WRITE setSplit NOTIFY splitChanged)
    Q_PROPERTY(int threads READ threads WRITE setThreads NOTIFY threadsChanged)
    Q_PROPERTY(QVariantMap drafts READ drafts WRITE setDrafts NOTIFY draftsChanged)
    Q_PROPERTY(bool keepPages READ keepPages WRITE setKeepPages NOTIFY keepPagesChanged)
    Q_PROPERTY(
        int pageGigabytes READ pageGigabytes WRITE setPageGigabytes NOTIFY pageGigabytesChanged)
    Q_PROPERTY(bool showStatistics READ showStatistics WRITE setShowStatistics NOTIFY
                   showStatisticsChanged)
    Q_PROPERTY(QString databasePath READ databasePath NOTIFY databasePathChanged)
    Q_PROPERTY(QString modelsFolder READ modelsFolder NOTIFY modelsFolderChanged)

public:
    enum Theme : int { System, Light, Dark }; // a file may hold any number
    Q_ENUM(Theme)
    /// What happens to a conversation that is longer than the context.
    enum Overflow : int { Stop, ForgetOldest, ForgetMiddle };
    Q_ENUM(Overflow)

    explicit SettingsController(QObject* parent = nullptr);

    [[nodiscard]] Theme theme() const { return m_theme; }
    [[nodiscard]] bool dark() const { return m_dark; }
    [[nodiscard]] double textScale() const { return m_textScale; }
    [[nodiscard]] bool sidebarVisible() const { return m_sidebarVisible; }
    [[nodiscard]] QString systemPrompt() const { return m_systemPrompt; }
    [[nodiscard]] double temperature() const { return m_temperature; }
    [[nodiscard]] int topK() const { return m_topK; }
    [[nodiscard]] double topP() const { return m_topP; }
    [[nodiscard]] double minP() const { return m_minP; }
    [[nodiscard]] double repeatPenalty() const { return m_repeatPenalty; }
    [[nodiscard]] bool fixedSeed() const { return m_fixedSeed; }
    [[nodiscard]] int seed() const { return m_seed; }
    [[nodiscard]] int contextTokens() const { return m_contextTokens; }
    [[nodiscard]] int maxTokens() const { return m_maxTokens; }
    [[nodiscard]] Overflow overflow() const { return m_overflow; }
    [[nodiscard]] QString device() const { return m_device; }
    [[nodiscard]] QString split() const { return m_split; } // over several devices
    [[nodiscard]] int threads() const { return m_threads; }
    /// What guesses, by the model's path, as in LoadRequest::draft; not there: "auto".
    [[nodiscard]] QVariantMap drafts() const { return m_drafts; }
    [[nodiscard]] bool keepPages() const { return m_keepPages; } // of the cache, on disk
    [[nodiscard]] int pageGigabytes() const { return m_pageGigabytes; } // that they may take there
    [[nodiscard]] bool showStatistics() const { return m_showStatistics; }
    [[nodiscard]] QString databasePath() const { return m_databasePath; }
    [[nodiscard]] QString modelsFolder() const { return m_modelsFolder; }

    void setTheme(Theme theme);
    void setTextScale(double scale);
    void setSidebarVisible(bool visible);
    void setSystemPrompt(const QString& text);
    void setTemperature(double temperature);
    void setTopK(int topK);
    void setTopP(double topP);
    void setMinP(double minP);
    void setRepeatPenalty(double penalty);
    void setFixedSeed(bool fixed);
    void setSeed(int seed);
    void setContextTokens(int tokens);
    void setMaxTokens(int tokens);
    void setOverflow(Overflow overflow);
    void setDevice(const QString& device);
    void setSplit(const QString& split);
    void setThreads(int threads);
    void setDrafts(const QVariantMap& drafts);
    void setKeepPages(bool keep);
    void setPageGigabytes(int gigabytes);
    void setShowStatistics(bool show);

    /// `key` is the name of a property.
    Q_INVOKABLE void reset(const QString& key);
    [[nodiscard]] Q_INVOKABLE bool isDefault(const QString& key) const;
    Q_INVOKABLE void resetAll();
    /// Chooses what guesses for a model, both by their paths; "auto" and "none" are no paths.
    Q_INVOKABLE void setDraft(const QString& model, const QString& draft);

    [[nodiscard]] ChatSettings chatSettings() const;
    [[nodiscard]] LoadSettings loadSettings() const;

    bool eventFilter(QObject* watched, QEvent* event) override;

public slots:
    /// What was kept; values that no longer make sense are left at their defaults.
    void onSettingsRead(const std::map<std::string, std::string>& values);
    void onDatabaseOpened(const QString& path);
    void onModelsFolderChanged(const QString& folder);

signals:
    void themeChanged();
    void darkChanged();
    void textScaleChanged();
    void sidebarVisibleChanged();
    void systemPromptChanged();
    void temperatureChanged();
    void topKChanged();
    void topPChanged();
    void minPChanged();
    void repeatPenaltyChanged();
    void fixedSeedChanged();
    void seedChanged();
    void contextTokensChanged();
    void maxTokensChanged();
    void overflowChanged();
    void deviceChanged();
    void splitChanged();
    void threadsChanged();
    void draftsChanged();
    void keepPagesChanged();
    void pageGigabytesChanged();
    void showStatisticsChanged();
    void databasePathChanged();
    void modelsFolderChanged();

    void chatSettingsChanged(const inglenook::ChatSettings& settings);
    void loadSettingsChanged(const inglenook::LoadSettings& settings);

    // Requests
    void saveRequested(const QString& key, const QString& value);

private:
    using Notify = void (SettingsController::*)();
    template <class T> void assign(T& member, const T& value, const char* key, Notify notify);
    void updateDark();

    Theme m_theme = System;
    bool m_dark = false;
    double m_textScale = 1.;
    bool m_sidebarVisible = true;
    QString m_systemPrompt;
    double m_temperature = 0.7;
    int m_topK = 40;
    double m_topP = 0.95;
    double m_minP = 0.05;
    double m_repeatPenalty = 1.;
    bool m_fixedSeed = false;
    int m_seed = 0;
    int m_contextTokens = 0;
    int m_maxTokens = 0;
    Overflow m_overflow = Stop;
    QString m_device = QStringLiteral("auto");
    QString m_split = QStringLiteral("auto");
    int m_threads = 0;
    QVariantMap m_drafts;
    bool m_keepPages = true;
    int m_pageGigabytes = 8;
    bool m_showStatistics = true;
    QString m_databasePath;
    QString m_modelsFolder;
    QVariantMap m_defaults; // by property name, for everything that is kept
    bool m_reading = false; // what comes from storage is not sent back
};

} // namespace inglenook
