#include "app/engine_worker.h"

#include <QMetaObject>

#include <utility>

namespace inglenook {

namespace {

constexpr int kFlushMs = 33;

template <class... Cases> struct Switch : Cases... {
    using Cases::operator()...;
};
template <class... Cases> Switch(Cases...) -> Switch<Cases...>;

} // namespace

EngineWorker::EngineWorker(EngineFactory makeEngine)
    : m_makeEngine(std::move(makeEngine))
    , m_flushTimer(this)
{
    m_flushTimer.setSingleShot(true);
    m_flushTimer.setTimerType(Qt::PreciseTimer);
    m_flushTimer.setInterval(kFlushMs);
    connect(&m_flushTimer, &QTimer::timeout, this, &EngineWorker::flushAll);
}

EngineWorker::~EngineWorker() = default;

void EngineWorker::load(const LoadRequest& request)
{
    m_loadingPath = request.path;
    guarded([&] { m_engine->load(request); });
}

void EngineWorker::unload()
{
    guarded([&] { m_engine->unload(); });
}

void EngineWorker::startReply(const ReplyRequest& request)
{
    if (!m_replies.insert(request.id).second)
        return; // it runs already
    guarded([&] { m_engine->startReply(request); });
}

void EngineWorker::stopReply(quint64 id)
{
    if (m_replies.contains(id))
        guarded([&] { m_engine->stopReply(id); });
}

void EngineWorker::expectReply(const ReplyRequest& request)
{
    guarded([&] { m_engine->expectReply(request); });
}

void EngineWorker::forgetConversations(const QStringList& names)
{
    guarded([&] {
        for (const QString& name : names)
            m_engine->forgetConversation(name.toStdString());
    });
}

template <class Work> void EngineWorker::guarded(Work work)
{
    try {
        if (!m_engine)
            m_engine = m_makeEngine();
        work();
        keepGoing();
    } catch (const std::exception& error) {
        breakDown(error.what());
    }
}

void EngineWorker::breakDown(const std::string& sentence)
{
    // What threw is in no known state: it goes, and the model with it.
    m_engine.reset();
    flushAll();
    const std::string path = std::exchange(m_loadingPath, {});
    if (path.empty())
        emit modelLost(QString::fromStdString(sentence));
    else
        emit loadFailed({.path = path, .sentence = sentence});
    for (const ReplyId id : std::exchange(m_replies, {}))
        emit replyFailed({.id = id, .sentence = sentence});
}

void EngineWorker::keepGoing()
{
    if (m_posted || !m_engine->busy())
        return;
    m_posted = true;
    QMetaObject::invokeMethod(this, &EngineWorker::advance, Qt::QueuedConnection);
}

void EngineWorker::advance()
{
    m_posted = false;
    if (!m_engine)
        return;
    guarded([&] {
        for (const EngineEvent& event : m_engine->step())
            take(event);
        if (m_sinceFlush.isValid() && m_sinceFlush.elapsed() < kFlushMs) {
            if (!m_flushTimer.isActive())
                m_flushTimer.start();
        } else {
            flushAll();
        }
    });
}

void EngineWorker::take(const EngineEvent& event)
{
    std::visit(Switch{
                   [this](const LoadProgress& progress) { m_fraction = progress.fraction; },
                   [this](const ModelLoaded& model) {
                       m_fraction = -1.f;
                       m_loadingPath.clear();
                       emit modelLoaded(model);
                   },
                   [this](const LoadFailed& failure) {
                       m_fraction = -1.f;
                       if (failure.path == m_loadingPath)
                           m_loadingPath.clear();
                       emit loadFailed(failure);
                   },
                   [this](const PromptProgress& progress) { m_progress[progress.id] = progress; },
                   [this](const ContextTrimmed& trimmed) {
                       if (m_replies.contains(trimmed.id))
                           emit contextTrimmed(trimmed);
                   },
                   [this](const ReplyText& text) {
                       if (!m_replies.contains(text.id))
                           return;
                       Outgoing& outgoing = m_outgoing[text.id];
                       outgoing.text += QString::fromStdString(text.text);
                       ++outgoing.pieces;
                   },
                   [this](const ReplyFinished& finished) {
                       flush(finished.id);
                       if (m_replies.erase(finished.id) > 0)
                           emit replyFinished(finished);
                   },
                   [this](const ReplyFailed& failed) {
                       flush(failed.id);
                       if (m_replies.erase(failed.id) > 0)
                           emit replyFailed(failed);
                   },
                   [this](const CacheNote& note) { emit cacheNoted(note); },
               },
               event);
}

void EngineWorker::flush(ReplyId id)
{
    if (const auto progress = m_progress.extract(id)) {
        const PromptProgress& p = progress.mapped();
        if (m_replies.contains(id))
            emit promptProgressed(id, p.done, p.total, p.reused);
    }
    if (const auto outgoing = m_outgoing.extract(id))
        emit replyText(id, outgoing.mapped().text, outgoing.mapped().pieces);
}

void EngineWorker::flushAll()
{
    m_flushTimer.stop();
    m_sinceFlush.start();
    if (m_fraction >= 0.f)
        emit loadProgressed(std::exchange(m_fraction, -1.f));
    std::set<ReplyId> ids;
    for (const auto& [id, progress] : m_progress)
        ids.insert(id);
    for (const auto& [id, outgoing] : m_outgoing)
        ids.insert(id);
    for (const ReplyId id : ids)
        flush(id);
}

} // namespace inglenook
