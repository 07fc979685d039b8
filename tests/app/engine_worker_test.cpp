#include "app/engine_worker.h"

#include "app/local_engine.h"

#include <QFile>
#include <QSignalSpy>
#include <QThread>
#include <QtTest/QtTest>

#include <atomic>
#include <stdexcept>

using namespace inglenook;

namespace {

/// An engine that does as the test says: each step answers the next list of events.
struct Script {
    std::vector<std::vector<EngineEvent>> steps;
    std::vector<std::string> calls;
    size_t throwAt = SIZE_MAX; // the step that throws
    size_t next = 0;
    int made = 0;
};

class ScriptedEngine final : public EnginePort {
public:
    explicit ScriptedEngine(Script& script)
        : m_script(script)
    {
        ++script.made;
    }
    void load(const LoadRequest& request) override
    {
        m_script.calls.push_back("load " + request.path);
    }
    void unload() override { m_script.calls.emplace_back("unload"); }
    void startReply(const ReplyRequest& request) override
    {
        m_script.calls.push_back("start " + std::to_string(request.id));
    }
    void stopReply(ReplyId id) override { m_script.calls.push_back("stop " + std::to_string(id)); }
    void expectReply(const ReplyRequest& request) override
    {
        m_script.calls.push_back("expect " + request.messages.back().text);
    }
    void forgetConversation(const std::string& name) override
    {
        m_script.calls.push_back("forget " + name);
    }
    bool busy() const override
    {
        return m_script.next < m_script.steps.size() || m_script.next == m_script.throwAt;
    }
    std::vector<EngineEvent> step() override
    {
        if (m_script.next == m_script.throwAt) {
            m_script.throwAt = SIZE_MAX;
            throw std::runtime_error("The device was lost.");
        }
        return m_script.steps[m_script.next++];
    }

private:
    Script& m_script;
};

/// An engine that answers for ever, one piece per step, until it is stopped.
class EndlessEngine final : public EnginePort {
public:
    explicit EndlessEngine(std::atomic<int>& steps)
        : m_steps(steps)
    {
    }
    void load(const LoadRequest&) override { }
    void unload() override { }
    void startReply(const ReplyRequest& request) override { m_id = request.id; }
    void stopReply(ReplyId) override { m_stop = true; }
    void expectReply(const ReplyRequest&) override { }
    void forgetConversation(const std::string&) override { }
    bool busy() const override { return m_id != 0; }
    std::vector<EngineEvent> step() override
    {
        ++m_steps;
        if (!m_stop)
            return {ReplyText{.id = m_id, .text = "x"}};
        return {ReplyFinished{
            .id = std::exchange(m_id, 0), .reason = StopReason::Stopped, .stats = {}}};
    }

private:
    std::atomic<int>& m_steps;
    ReplyId m_id = 0;
    bool m_stop = false;
};

ReplyRequest ask(ReplyId id, const std::string& text = "hello")
{
    ReplyRequest request;
    request.id = id;
    request.messages = {{.role = "user", .text = text}};
    return request;
}

} // namespace

class EngineWorkerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void eventsGoOutInTheirOrder()
    {
        Script script;
        script.steps = {{LoadProgress{0.5f}},
                        {ModelLoaded{.path = "/a"}},
                        {PromptProgress{.id = 1, .done = 2, .total = 4, .reused = 1}},
                        {ContextTrimmed{.id = 1, .messages = 4}},
                        {ContextTrimmed{.id = 99, .messages = 1}},
                        {ReplyText{.id = 1, .text = "Gr\xc3\xbc"}, ReplyText{.id = 1, .text = "n"}},
                        {ReplyFinished{.id = 1}}};
        EngineWorker worker([&] { return std::make_unique<ScriptedEngine>(script); });
        QSignalSpy loaded(&worker, &EngineWorker::modelLoaded);
        QSignalSpy progress(&worker, &EngineWorker::promptProgressed);
        QSignalSpy trimmed(&worker, &EngineWorker::contextTrimmed);
        QSignalSpy text(&worker, &EngineWorker::replyText);
        QSignalSpy finished(&worker, &EngineWorker::replyFinished);

        worker.load({.path = "/a"});
        worker.startReply(ask(1));
        QTRY_COMPARE(finished.count(), 1);

        QCOMPARE(script.calls, (std::vector<std::string>{"load /a", "start 1"}));
        QCOMPARE(loaded.count(), 1);
        QCOMPARE(progress.count(), 1);
        QCOMPARE(trimmed.count(), 1);
        QCOMPARE(trimmed[0][0].value<ContextTrimmed>().messages, 4);
        QString whole;
        int pieces = 0;
        for (const QVariantList& piece : text) {
            whole += piece[1].toString();
            pieces += piece[2].toInt();
        }
        QCOMPARE(whole, QString::fromUtf8("Grün"));
        QCOMPARE(pieces, 2);
    }

    void cacheIsPreparedAndForgotten()
    {
        Script script;
        script.steps = {{CacheNote{.sentence = "The disk is full.", .trouble = true}}};
        EngineWorker worker([&] { return std::make_unique<ScriptedEngine>(script); });
        QSignalSpy noted(&worker, &EngineWorker::cacheNoted);

        worker.expectReply(ask(0, "on show"));
        worker.forgetConversations({"a", "b"});
        QTRY_COMPARE(noted.count(), 1);

        QCOMPARE(noted[0][0].value<CacheNote>().sentence, std::string("The disk is full."));
        QVERIFY(noted[0][0].value<CacheNote>().trouble);
        QCOMPARE(script.calls,
                 (std::vector<std::string>{"expect on show", "forget a", "forget b"}));
    }

    void textIsGathered()
    {
        Script script;
        for (int i = 0; i < 2000; ++i)
            script.steps.push_back({ReplyText{.id = 1, .text = "x"}});
        script.steps.push_back({ReplyFinished{.id = 1}});
        EngineWorker worker([&] { return std::make_unique<ScriptedEngine>(script); });
        QSignalSpy text(&worker, &EngineWorker::replyText);
        QSignalSpy finished(&worker, &EngineWorker::replyFinished);
        QElapsedTimer timer;
        timer.start();

        worker.startReply(ask(1));
        QTRY_COMPARE(finished.count(), 1);

        // thirty times a second, the first piece and the last one
        QVERIFY2(text.count() <= timer.elapsed() / 33 + 3, QByteArray::number(text.count()));
        qsizetype length = 0;
        for (const QVariantList& piece : text)
            length += piece[1].toString().size();
        QCOMPARE(length, 2000);
    }

    void lastPieceDoesNotWaitForTheNextStep()
    {
        Script script;
        script.steps = {{ReplyText{.id = 1, .text = "a"}}, {ReplyText{.id = 1, .text = "b"}}};
        EngineWorker worker([&] { return std::make_unique<ScriptedEngine>(script); });
        QSignalSpy text(&worker, &EngineWorker::replyText);

        worker.startReply(ask(1));

        QTRY_COMPARE(text.count(), 2);
        QCOMPARE(text[1][1], "b");
    }

    void eachReplyEndsOnce()
    {
        Script script;
        script.steps = {{ReplyFinished{.id = 1}, ReplyFinished{.id = 1},
                         ReplyText{.id = 1, .text = "late"},
                         ReplyFailed{.id = 7, .sentence = "never asked"}}};
        EngineWorker worker([&] { return std::make_unique<ScriptedEngine>(script); });
        QSignalSpy text(&worker, &EngineWorker::replyText);
        QSignalSpy finished(&worker, &EngineWorker::replyFinished);
        QSignalSpy failed(&worker, &EngineWorker::replyFailed);

        worker.startReply(ask(1));
        worker.startReply(ask(1));
        worker.stopReply(9);
        QTRY_COMPARE(finished.count(), 1);

        QCOMPARE(script.calls, std::vector<std::string>{"start 1"});
        QCOMPARE(failed.count(), 0);
        QCOMPARE(text.count(), 0);
    }

    void brokenEngineFailsItsRepliesAndIsReplaced()
    {
        Script script;
        script.steps = {{ReplyText{.id = 1, .text = "half"}}};
        script.throwAt = 1;
        EngineWorker worker([&] { return std::make_unique<ScriptedEngine>(script); });
        QSignalSpy failed(&worker, &EngineWorker::replyFailed);
        QSignalSpy unloaded(&worker, &EngineWorker::modelLost);
        QSignalSpy text(&worker, &EngineWorker::replyText);

        worker.startReply(ask(1));
        QTRY_COMPARE(failed.count(), 1);

        QCOMPARE(failed[0][0].value<ReplyFailed>().sentence, std::string("The device was lost."));
        QCOMPARE(text.count(), 1);
        QCOMPARE(unloaded.count(), 1);
        worker.load({.path = "/a"});
        QCOMPARE(script.made, 2);
    }

    void engineThatCannotBeMadeIsSaid()
    {
        EngineWorker worker(
            []() -> std::unique_ptr<EnginePort> { throw std::runtime_error("No such device."); });
        QSignalSpy failed(&worker, &EngineWorker::loadFailed);

        worker.load({.path = "/a"});

        QCOMPARE(failed.count(), 1);
        QCOMPARE(failed[0][0].value<LoadFailed>().path, std::string("/a"));
        QCOMPARE(failed[0][0].value<LoadFailed>().sentence, std::string("No such device."));
    }

    void stopAndQuitAreMessagesLikeAnyOther()
    {
        std::atomic<int> steps = 0;
        QThread thread;
        auto* worker = new EngineWorker([&] { return std::make_unique<EndlessEngine>(steps); });
        worker->moveToThread(&thread);
        connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
        QSignalSpy finished(worker, &EngineWorker::replyFinished);
        thread.start();
        QMetaObject::invokeMethod(
            worker, [worker] { worker->startReply(ask(1)); }, Qt::QueuedConnection);
        QTRY_VERIFY(steps > 100);

        QMetaObject::invokeMethod(
            worker, [worker] { worker->stopReply(1); }, Qt::QueuedConnection);
        QTRY_COMPARE(finished.count(), 1);

        QMetaObject::invokeMethod(
            worker, [worker] { worker->startReply(ask(2)); }, Qt::QueuedConnection);
        thread.quit();
        QVERIFY(thread.wait(20'000)); // although it is busy
    }

    void starterModelAnswers()
    {
        if (!QFile::exists(INGLENOOK_STARTER_MODEL))
            QSKIP("The starter model is not in this source tree.");
        EngineWorker worker(makeLocalEngine);
        QSignalSpy loaded(&worker, &EngineWorker::modelLoaded);
        QSignalSpy failed(&worker, &EngineWorker::loadFailed);
        worker.load({.path = INGLENOOK_STARTER_MODEL, .device = "cpu"});
        QTRY_COMPARE_WITH_TIMEOUT(loaded.count() + failed.count(), 1, 120'000);
        if (!failed.isEmpty())
            QFAIL(failed[0][0].value<LoadFailed>().sentence.c_str());

        ReplyRequest request = ask(5, "What can you do?");
        request.sampling.temperature = 0.f;
        request.maxTokens = 12;
        QSignalSpy text(&worker, &EngineWorker::replyText);
        QSignalSpy finished(&worker, &EngineWorker::replyFinished);
        worker.startReply(request);
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 120'000);

        QVERIFY(!text.isEmpty());
        const auto end = finished[0][0].value<ReplyFinished>();
        QCOMPARE(end.id, ReplyId(5));
        QVERIFY(end.stats.replyTokens > 0);
    }
};

QTEST_GUILESS_MAIN(EngineWorkerTest)
#include "engine_worker_test.moc"
