#include "app/desktop.h"

#include "app/chat_controller.h"
#include "app/conversation_controller.h"
#include "app/engine_worker.h"
#include "app/model_controller.h"
#include "app/model_scanner.h"
#include "app/settings_controller.h"
#include "app/storage_worker.h"

#include <utility>

namespace inglenook {

namespace {

void startWorker(QThread& thread, QObject* worker, const QString& name)
{
    thread.setObjectName(name);
    worker->moveToThread(&thread);
    QObject::connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
    thread.start();
}

} // namespace

Desktop::Desktop(DesktopOptions options, EngineFactory makeEngine)
    : m_options(std::move(options))
    , m_settings(new SettingsController(this))
    , m_models(new ModelController(this))
    , m_conversations(new ConversationController(this))
    , m_chat(new ChatController(this))
    , m_storage(new StorageWorker(m_options.dataFolder))
    , m_engine(new EngineWorker(std::move(makeEngine)))
    , m_scanner(new ModelScanner)
{
    connectStorage();
    connectEngine();
    connectControllers();
    startWorker(m_storageThread, m_storage, QStringLiteral("storage"));
    startWorker(m_engineThread, m_engine, QStringLiteral("engine"));
    startWorker(m_scannerThread, m_scanner, QStringLiteral("scanner"));
}

Desktop::~Desktop()
{
    m_chat->saveDraft();
    if (m_models->state() == ModelController::Loading)
        emit m_models->remembered(kUnfinishedKey, {}); // given up, not failed
    m_engineThread.quit();
    m_scannerThread.quit();
    // The storage worker first does what was asked of it before.
    QMetaObject::invokeMethod(m_storage, &StorageWorker::close, Qt::QueuedConnection);
    m_storageThread.wait();
    m_engineThread.wait();
    m_scannerThread.wait();
}

void Desktop::start()
{
    QMetaObject::invokeMethod(m_storage, &StorageWorker::open, Qt::QueuedConnection);
}

QVariantMap Desktop::controllers() const
{
    return {{QStringLiteral("chat"), QVariant::fromValue(m_chat)},
            {QStringLiteral("conversations"), QVariant::fromValue(m_conversations)},
            {QStringLiteral("models"), QVariant::fromValue(m_models)},
            {QStringLiteral("settings"), QVariant::fromValue(m_settings)}};
}

void Desktop::connectStorage()
{
    using S = StorageWorker;
    connect(m_storage, &S::closed, &m_storageThread, &QThread::quit, Qt::DirectConnection);
    connect(m_storage, &S::settingsRead, this, &Desktop::onSettingsRead);
    connect(m_storage, &S::listed, m_conversations, &ConversationController::onListed);
    connect(m_storage, &S::searched, m_conversations, &ConversationController::onSearched);
    connect(m_storage, &S::problem, m_conversations, &ConversationController::onProblem);
    connect(m_storage, &S::conversationRead, m_chat, &ChatController::onConversationRead);
    connect(m_storage, &S::newChatDraftRead, m_chat, &ChatController::onNewChatDraftRead);
    connect(m_storage, &S::turnStored, m_chat, &ChatController::onTurnStored);
    connect(m_storage, &S::turnNotStored, m_chat, &ChatController::onTurnNotStored);
    connect(m_storage, &S::allStored, m_chat, &ChatController::onAllStored);
    connect(m_storage, &S::opened, this,
            [this](const QString& path, qint64 conversation, qint64 message) {
                m_settings->onDatabaseOpened(path);
                m_chat->onStorageOpened(conversation, message);
                emit ready();
            });

    connect(m_chat, &ChatController::readRequested, m_storage, &S::read);
    connect(m_chat, &ChatController::turnAdded, m_storage, &S::addTurn);
    connect(m_chat, &ChatController::replyGrew, m_storage, &S::growReply);
    connect(m_chat, &ChatController::replyEnded, m_storage, &S::endReply);
    connect(m_chat, &ChatController::versionChosen, m_storage, &S::chooseVersion);
    connect(m_chat, &ChatController::messageRemoved, m_storage, &S::removeMessage);
    connect(m_chat, &ChatController::messageRestored, m_storage, &S::restoreMessage);
    connect(m_chat, &ChatController::draftSaveRequested, m_storage, &S::setDraft);
    connect(m_conversations, &ConversationController::searchRequested, m_storage, &S::search);
    connect(m_conversations, &ConversationController::renameRequested, m_storage, &S::rename);
    connect(m_conversations, &ConversationController::pinRequested, m_storage, &S::setPinned);
    connect(m_conversations, &ConversationController::removeRequested, m_storage,
            &S::removeConversation);
    connect(m_conversations, &ConversationController::restoreRequested, m_storage,
            &S::restoreConversation);
    connect(m_settings, &SettingsController::saveRequested, m_storage, &S::setSetting);
    connect(m_models, &ModelController::remembered, m_storage, &S::setSetting);
}

void Desktop::connectEngine()
{
    using E = EngineWorker;
    connect(m_engine, &E::loadProgressed, m_models, &ModelController::onLoadProgress);
    connect(m_engine, &E::modelLoaded, m_models, &ModelController::onModelLoaded);
    connect(m_engine, &E::loadFailed, m_models, &ModelController::onLoadFailed);
    connect(m_engine, &E::modelLost, m_models, &ModelController::onModelLost);
    connect(m_engine, &E::promptProgressed, m_chat, &ChatController::onPromptProgress);
    connect(m_engine, &E::replyText, m_chat, &ChatController::onReplyText);
    connect(m_engine, &E::contextTrimmed, m_chat, &ChatController::onContextTrimmed);
    connect(m_engine, &E::replyFinished, m_chat, &ChatController::onReplyFinished);
    connect(m_engine, &E::replyFailed, m_chat, &ChatController::onReplyFailed);
    connect(m_engine, &E::cacheNoted, m_models, &ModelController::onCacheNoted);

    connect(m_models, &ModelController::loadRequested, m_engine, &E::load);
    connect(m_models, &ModelController::unloadRequested, m_engine, &E::unload);
    connect(m_chat, &ChatController::replyRequested, m_engine, &E::startReply);
    connect(m_chat, &ChatController::replyExpected, m_engine, &E::expectReply);
    connect(m_chat, &ChatController::stopRequested, m_engine, &E::stopReply);
    connect(m_storage, &StorageWorker::purged, m_engine, &E::forgetConversations);
}

void Desktop::connectControllers()
{
    connect(m_scanner, &ModelScanner::scanned, m_models, &ModelController::onScanned);
    connect(m_scanner, &ModelScanner::devicesListed, m_models, &ModelController::onDevicesListed);
    connect(m_models, &ModelController::scanRequested, m_scanner, &ModelScanner::scan);

    connect(m_settings, &SettingsController::chatSettingsChanged, m_chat,
            &ChatController::onChatSettingsChanged);
    connect(m_settings, &SettingsController::loadSettingsChanged, m_models,
            &ModelController::onLoadSettingsChanged);
    connect(m_models, &ModelController::modelsFolderChanged, m_settings,
            [this] { m_settings->onModelsFolderChanged(m_models->modelsFolder()); });

    const auto tellModel = [this] {
        m_chat->onModelChanged(m_models->state(), m_models->currentPath(), m_models->currentName(),
                               m_models->deviceName(), m_models->errorText());
    };
    connect(m_models, &ModelController::stateChanged, m_chat, tellModel);
    connect(m_models, &ModelController::currentChanged, m_chat, tellModel);
    connect(m_chat, &ChatController::modelWanted, m_models, &ModelController::onModelWanted);

    connect(m_conversations, &ConversationController::openRequested, m_chat, &ChatController::open);
    connect(m_conversations, &ConversationController::newChatRequested, m_chat,
            &ChatController::newChat);
    connect(m_conversations, &ConversationController::renameRequested, m_chat,
            &ChatController::onConversationRenamed);
    connect(m_conversations, &ConversationController::removeRequested, m_chat,
            &ChatController::onConversationRemoved);
    connect(m_chat, &ChatController::currentChanged, m_conversations,
            &ConversationController::onCurrentChanged);
    connect(m_chat, &ChatController::busyChanged, m_conversations,
            &ConversationController::onBusyChanged);
    connect(m_chat, &ChatController::answeredUnseen, m_conversations,
            &ConversationController::onAnsweredUnseen);
    connect(m_chat, &ChatController::conversationUpdated, m_conversations,
            &ConversationController::onConversationChanged);
}

void Desktop::onSettingsRead(const std::map<std::string, std::string>& values)
{
    const auto value = [&values](const QString& key) {
        const auto found = values.find(key.toStdString());
        return found == values.end() ? QString() : QString::fromStdString(found->second);
    };
    m_settings->onSettingsRead(values);
    m_chat->onChatSettingsChanged(m_settings->chatSettings());
    m_models->onLoadSettingsChanged(m_settings->loadSettings());

    QString folder = m_options.modelsFolder;
    if (folder.isEmpty())
        folder = value(kModelsFolderKey);
    if (folder.isEmpty())
        folder = m_options.dataFolder + QStringLiteral("/models");
    m_models->start({.modelsFolder = folder,
                     .starterPath = m_options.starterPath,
                     .lastPath = value(kLastModelKey),
                     .unfinishedPath = value(kUnfinishedKey)});
}

} // namespace inglenook
