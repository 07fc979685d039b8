#pragma once

#include "app/engine_port.h"

#include <QObject>
#include <QThread>
#include <QVariantMap>

#include <map>
#include <string>

namespace inglenook {

class ChatController;
class ConversationController;
class EngineWorker;
class ModelController;
class ModelScanner;
class SettingsController;
class StorageWorker;

struct DesktopOptions {
    QString dataFolder; // of the database
    QString modelsFolder; // "": as in the settings, else beside the database
    QString starterPath; // of the model that ships; "" if it is missing
};

/// The whole program but for its window: the controllers, the workers on their threads, and what
/// connects them. Only here both ends are known.
class Desktop : public QObject {
    Q_OBJECT

public:
    Desktop(DesktopOptions options, EngineFactory makeEngine);
    /// Saves what is still to be saved and ends the threads.
    ~Desktop() override;

    /// Opens the database and loads a model; ready() follows as soon as the settings are known.
    void start();
    /// What Main.qml requires.
    [[nodiscard]] QVariantMap controllers() const;

signals:
    void ready();

private:
    void connectStorage();
    void connectEngine();
    void connectControllers();
    void onSettingsRead(const std::map<std::string, std::string>& values);

    DesktopOptions m_options;
    SettingsController* m_settings;
    ModelController* m_models;
    ConversationController* m_conversations;
    ChatController* m_chat;
    QThread m_storageThread;
    QThread m_engineThread;
    QThread m_scannerThread;
    // Each lives on its thread and ends with it.
    StorageWorker* m_storage;
    EngineWorker* m_engine;
    ModelScanner* m_scanner;
};

} // namespace inglenook
