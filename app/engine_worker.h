#pragma once

#include "app/engine_port.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>

#include <map>
#include <set>

namespace inglenook {

/// Steps the engine on a thread of its own, one bounded unit of work per turn of the event loop, so
/// that stop, load and quit are messages like any other. Each reply that was asked for ends in
/// exactly one finished or failed.
class EngineWorker : public QObject {
    Q_OBJECT

public:
    /// The engine is made on the worker's thread, with the first request, and again after one that
    /// broke.
    explicit EngineWorker(EngineFactory makeEngine);
    ~EngineWorker() override;

public slots:
    void load(const inglenook::LoadRequest& request);
    void unload();
    void startReply(const inglenook::ReplyRequest& request);
    void stopReply(quint64 id);
    /// The messages of this request are on show and will probably be continued.
    void expectReply(const inglenook::ReplyRequest& request);
    /// These conversations were deleted for good: what the cache on disk has of them goes too.
    void forgetConversations(const QStringList& names);

signals:
    void loadProgressed(float fraction);
    void modelLoaded(const inglenook::ModelLoaded& model);
    void loadFailed(const inglenook::LoadFailed& failure);
    /// The engine broke while nothing was being loaded; the model is no longer there.
    void modelLost(const QString& sentence);
    void promptProgressed(quint64 id, int done, int total, int reused);
    /// At most thirty times a second for each reply; `pieces` is about the number of tokens.
    void replyText(quint64 id, const QString& text, int pieces);
    void contextTrimmed(const inglenook::ContextTrimmed& trimmed);
    void replyFinished(const inglenook::ReplyFinished& finished);
    void replyFailed(const inglenook::ReplyFailed& failed);
    void cacheNoted(const inglenook::CacheNote& note);

private:
    struct Outgoing {
        QString text;
        int pieces = 0;
    };

    template <class Work> void guarded(Work work);
    void breakDown(const std::string& sentence);
    void keepGoing();
    void advance();
    void take(const EngineEvent& event);
    void flush(ReplyId id);
    void flushAll();

    EngineFactory m_makeEngine;
    std::unique_ptr<EnginePort> m_engine;
    std::set<ReplyId> m_replies; // asked for and not ended
    std::string m_loadingPath; // "" if nothing is being loaded
    bool m_posted = false; // whether advance() is in the queue
    std::map<ReplyId, Outgoing> m_outgoing; // text that waits for its turn
    std::map<ReplyId, PromptProgress> m_progress;
    float m_fraction = -1.f; // of loading, not yet sent; < 0: none
    QElapsedTimer m_sinceFlush;
    QTimer m_flushTimer; // for text that waits while the engine has nothing more to say
};

} // namespace inglenook
