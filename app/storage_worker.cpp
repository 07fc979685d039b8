#include "app/storage_worker.h"

#include "app/reply_request.h"

#include <QDateTime>

#include <utility>

namespace inglenook {

namespace {

constexpr int kGrowthMs = 250; // at most this much of a reply is lost
constexpr int kMostResults = 100;
constexpr const char* kNewChatDraft = "newChatDraft";

} // namespace

StorageWorker::StorageWorker(QString folder)
    : m_folder(std::move(folder))
    , m_growthTimer(this)
{
    m_growthTimer.setSingleShot(true);
    m_growthTimer.setInterval(kGrowthMs);
    connect(&m_growthTimer, &QTimer::timeout, this, &StorageWorker::writeGrown);
}

void StorageWorker::open()
{
    m_database.emplace(openDatabase(m_folder.toStdString()));
    QStringList gone;
    const std::optional<std::string> failure = attempt([&] {
        store().markInterrupted();
        for (const ConversationRecord& conversation : store().purge())
            gone.append(QString::fromStdString(cacheNameOf(conversation)));
    });
    if (!gone.isEmpty())
        emit purged(gone);
    if (failure)
        emit problem(QString::fromStdString(*failure));
    announce();
    if (!m_database->notice.empty())
        emit problem(QString::fromStdString(m_database->notice));
}

void StorageWorker::announce()
{
    std::vector<ConversationRecord> conversations;
    std::map<std::string, std::string> settings;
    qint64 lastConversation = 0;
    qint64 lastMessage = 0;
    const std::optional<std::string> failure = attempt([&] {
        settings = SettingsStore(m_database->connection).all();
        conversations = store().list();
        lastConversation = store().lastConversationId();
        lastMessage = store().lastMessageId();
    });
    if (failure)
        emit problem(QString::fromStdString(*failure));
    const auto draft = settings.find(kNewChatDraft);
    emit settingsRead(settings);
    emit listed(conversations);
    if (draft != settings.end())
        emit newChatDraftRead(QString::fromStdString(draft->second));
    emit opened(QString::fromStdString(m_database->connection.path()), lastConversation,
                lastMessage);
}

void StorageWorker::read(qint64 conversation)
{
    if (!m_database)
        return;
    std::optional<ConversationRecord> record;
    std::vector<MessageRecord> messages;
    writeGrown();
    const std::optional<std::string> failure = attempt([&] {
        record = store().conversation(conversation);
        messages = store().messages(conversation);
    });
    if (failure)
        emit problem(QString::fromStdString(*failure));
    else if (record)
        emit conversationRead(*record, messages);
}

void StorageWorker::search(const QString& text)
{
    if (!m_database)
        return;
    std::vector<SearchResult> results;
    const std::optional<std::string> failure =
        attempt([&] { results = store().search(text.toStdString(), kMostResults); });
    if (failure)
        emit problem(QString::fromStdString(*failure));
    emit searched(text, results);
}

void StorageWorker::addTurn(const ConversationRecord& conversation,
                            const std::vector<MessageRecord>& messages)
{
    if (!m_database || messages.empty())
        return;
    const qint64 reply = messages.back().id;
    m_growing[reply] = {};
    const std::optional<std::string> failure =
        write([this, conversation, messages] { store().add(conversation, messages); });
    if (failure)
        emit turnNotStored(reply, QString::fromStdString(*failure));
    else
        emit turnStored(reply);
}

void StorageWorker::growReply(qint64 message, const QString& text)
{
    const auto growing = m_growing.find(message);
    if (growing == m_growing.end())
        return;
    growing->second.text += text.toStdString();
    growing->second.dirty = true;
    if (!m_growthTimer.isActive())
        m_growthTimer.start();
}

void StorageWorker::writeGrown()
{
    m_growthTimer.stop();
    if (!m_database || !writeWaiting())
        return; // the messages themselves may not be there yet
    for (auto& [message, growing] : m_growing) {
        if (!growing.dirty)
            continue;
        growing.dirty = false;
        // Should this fail, the next piece or the end of the reply tries again, and says so.
        (void)attempt([this, id = message, &text = growing.text] { store().setText(id, text); });
    }
}

void StorageWorker::endReply(const MessageRecord& reply)
{
    m_growing.erase(reply.id);
    writeOrTell([this, reply] { store().finish(reply); });
}

void StorageWorker::chooseVersion(qint64 conversation, qint64 message)
{
    Q_UNUSED(conversation)
    writeOrTell([this, message] { store().choose(message); });
}

void StorageWorker::removeMessage(qint64 message)
{
    writeOrTell([this, message] { store().removeMessage(message); });
}

void StorageWorker::restoreMessage(qint64 message)
{
    writeOrTell([this, message] { store().restoreMessage(message); });
}

void StorageWorker::rename(qint64 conversation, const QString& title)
{
    writeOrTell([this, conversation, title] { store().rename(conversation, title.toStdString()); });
}

void StorageWorker::setPinned(qint64 conversation, bool pinned)
{
    writeOrTell([this, conversation, pinned] { store().setPinned(conversation, pinned); });
}

void StorageWorker::setDraft(qint64 conversation, const QString& text)
{
    if (conversation == 0)
        setSetting(QString::fromLatin1(kNewChatDraft), text);
    else
        writeOrTell(
            [this, conversation, text] { store().setDraft(conversation, text.toStdString()); });
}

void StorageWorker::removeConversation(qint64 conversation)
{
    writeOrTell([this, conversation] { store().removeConversation(conversation); });
}

void StorageWorker::restoreConversation(qint64 conversation)
{
    writeOrTell([this, conversation] { store().restoreConversation(conversation); });
}

void StorageWorker::setSetting(const QString& key, const QString& value)
{
    writeOrTell([this, key, value, now = QDateTime::currentMSecsSinceEpoch()] {
        SettingsStore(m_database->connection).set(key.toStdString(), value.toStdString(), now);
    });
}

void StorageWorker::close()
{
    writeGrown();
    m_growing.clear();
    m_waiting.clear(); // writeGrown() has tried for the last time
    m_database.reset();
    emit closed();
}

/// The sentence of what went wrong, if anything. A database that turns out to be damaged is
/// repaired, and the work done once more.
std::optional<std::string> StorageWorker::attempt(const Work& work)
{
    for (bool repaired = false;; repaired = true) {
        try {
            work();
            return std::nullopt;
        } catch (const DatabaseError& error) {
            if (error.fault() != DatabaseFault::Damaged || repaired)
                return error.what();
        } catch (const std::exception& error) {
            return std::string("The conversations could not be read or written (") + error.what() +
                ").";
        }
        repairDatabase(*m_database);
        emit problem(QString::fromStdString(m_database->notice));
    }
}

/// Whether nothing waits any more.
bool StorageWorker::writeWaiting()
{
    if (m_waiting.empty())
        return true;
    while (!m_waiting.empty()) {
        if (attempt(m_waiting.front()))
            return false;
        m_waiting.pop_front();
    }
    emit allStored();
    return true;
}

/// In the order of the requests: behind one that failed the others wait, because they may build on
/// it.
std::optional<std::string> StorageWorker::write(Work work)
{
    std::optional<std::string> failure;
    if (writeWaiting())
        failure = attempt(work);
    else
        failure = "What you write is kept in memory until the disk takes it again.";
    if (failure)
        m_waiting.push_back(std::move(work));
    return failure;
}

void StorageWorker::writeOrTell(Work work)
{
    if (!m_database)
        return;
    if (const std::optional<std::string> failure = write(std::move(work)))
        emit problem(QString::fromStdString(*failure));
}

} // namespace inglenook
