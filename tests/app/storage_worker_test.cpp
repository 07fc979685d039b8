#include "app/storage_worker.h"

#include "tests/support/conversations.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QThread>
#include <QtTest/QtTest>

#include <csignal>
#include <sys/resource.h>

using namespace inglenook;

namespace {

/// While it lives no file can grow beyond its bytes: what a full disk looks like to a program.
class FullDisk {
public:
    explicit FullDisk(qint64 bytes)
    {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = rlim_t(bytes);
        ::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit m_before{};
};

MessageRecord growing(int64_t id, int64_t parent)
{
    MessageRecord reply = answer(id, parent, "");
    reply.state = MessageState::Growing;
    return reply;
}

} // namespace

class StorageWorkerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder.emplace();
        m_worker.emplace(m_folder->path());
        m_problems.emplace(&*m_worker, &StorageWorker::problem);
        m_stored.emplace(&*m_worker, &StorageWorker::turnStored);
    }
    void cleanup()
    {
        m_worker.reset();
        m_folder.reset();
    }

    void openAnswersWhatIsThere()
    {
        QSignalSpy opened(&*m_worker, &StorageWorker::opened);
        QSignalSpy listed(&*m_worker, &StorageWorker::listed);
        QSignalSpy settings(&*m_worker, &StorageWorker::settingsRead);
        m_worker->open();
        m_worker->addTurn(conversation(4), {question(8, 0, "q", 4), answer(9, 8, "a", 4)});
        m_worker->setSetting("theme", "2");
        m_worker->setDraft(0, "half a");
        m_worker->close();

        StorageWorker next(m_folder->path());
        QSignalSpy nextOpened(&next, &StorageWorker::opened);
        QSignalSpy nextListed(&next, &StorageWorker::listed);
        QSignalSpy nextSettings(&next, &StorageWorker::settingsRead);
        QSignalSpy draft(&next, &StorageWorker::newChatDraftRead);
        next.open();

        QCOMPARE(opened[0][1].toLongLong(), 0);
        QCOMPARE(nextOpened[0][1].toLongLong(), 4);
        QCOMPARE(nextOpened[0][2].toLongLong(), 9);
        QCOMPARE(nextListed[0][0].value<std::vector<ConversationRecord>>().size(), size_t(1));
        QCOMPARE((nextSettings[0][0].value<std::map<std::string, std::string>>().at("theme")),
                 std::string("2"));
        QCOMPARE(draft[0][0], "half a");
        QCOMPARE(m_problems->count(), 0);
    }

    void turnIsOnDiskWhenItIsSaidToBe()
    {
        m_worker->open();
        m_worker->addTurn(conversation(1), {question(1, 0, "q"), growing(2, 1)});

        QCOMPARE(m_stored->count(), 1);
        QCOMPARE(m_stored->at(0)[0].toLongLong(), 2);
        QCOMPARE(onDisk().size(), size_t(2));
    }

    void growingReplyIsWrittenAfterAMoment()
    {
        m_worker->open();
        m_worker->addTurn(conversation(1), {question(1, 0, "q"), growing(2, 1)});
        m_worker->growReply(2, "Gre");
        m_worker->growReply(2, "en");
        QCOMPARE(onDisk()[1].text, std::string(""));

        QTRY_COMPARE_WITH_TIMEOUT(onDisk()[1].text, std::string("Green"), 5000);
        QVERIFY(onDisk()[1].state == MessageState::Growing);
    }

    void endedReplyIsWrittenAtOnce()
    {
        m_worker->open();
        m_worker->addTurn(conversation(1), {question(1, 0, "q"), growing(2, 1)});
        m_worker->growReply(2, "Gre");
        MessageRecord reply = answer(2, 1, "Green");
        reply.figures.replyTokens = 2;
        m_worker->endReply(reply);

        QCOMPARE(onDisk()[1].text, std::string("Green"));
        QCOMPARE(onDisk()[1].figures.replyTokens, 2);
        m_worker->growReply(2, "late");
        m_worker->close();
        QCOMPARE(onDisk()[1].text, std::string("Green"));
    }

    void readGivesWhatHasGrown()
    {
        QSignalSpy read(&*m_worker, &StorageWorker::conversationRead);
        m_worker->open();
        m_worker->addTurn(conversation(1), {question(1, 0, "q"), growing(2, 1)});
        m_worker->growReply(2, "Gre");

        m_worker->read(1);
        m_worker->read(77);

        QCOMPARE(read.count(), 1);
        QCOMPARE(read[0][1].value<std::vector<MessageRecord>>()[1].text, std::string("Gre"));
    }

    void unfinishedReplyIsMarkedAtTheNextStart()
    {
        m_worker->open();
        m_worker->addTurn(conversation(1), {question(1, 0, "q"), growing(2, 1)});
        m_worker->growReply(2, "Gre");
        m_worker->close();

        m_worker->open();
        QVERIFY(onDisk()[1].state == MessageState::Interrupted);
        QCOMPARE(onDisk()[1].text, std::string("Gre"));
    }

    void fullDiskIsSaidAndMadeUpFor()
    {
        QSignalSpy failed(&*m_worker, &StorageWorker::turnNotStored);
        QSignalSpy allStored(&*m_worker, &StorageWorker::allStored);
        m_worker->open();
        m_worker->addTurn(conversation(1), {question(1, 0, "q"), answer(2, 1, "a")});
        {
            const FullDisk full(100);
            m_worker->addTurn(conversation(1), {question(3, 2, "kept in memory"), growing(4, 3)});
            QCOMPARE(failed.count(), 1);
            QCOMPARE(failed[0][0].toLongLong(), 4);
            QVERIFY(!failed[0][1].toString().isEmpty());
            m_worker->endReply(answer(4, 3, "whole"));
            QVERIFY(m_problems->count() > 0);
            QCOMPARE(onDisk().size(), size_t(2));
        }
        m_worker->rename(1, "any write");

        QCOMPARE(allStored.count(), 1);
        QCOMPARE(onDisk().size(), size_t(4));
        QCOMPARE(onDisk()[3].text, std::string("whole"));
    }

    void damageInUseIsRepairedAndTheWorkDone()
    {
        m_worker->open();
        std::vector<MessageRecord> messages; // more than sqlite keeps in memory
        for (int64_t id = 1; id <= 200; ++id)
            messages.push_back(question(id, id - 1, "message " + std::string(30'000, 'x')));
        m_worker->addTurn(conversation(1), messages);
        m_worker->close();
        m_worker->open();
        {
            // pages in the middle of the file, behind the program's back
            QFile file(path());
            QVERIFY(file.open(QFile::ReadWrite));
            file.seek(4096);
            file.write(QByteArray(int(file.size()) / 2, '\xff'));
        }
        QSignalSpy read(&*m_worker, &StorageWorker::conversationRead);

        m_worker->read(1);
        m_worker->addTurn(conversation(2), {question(301, 0, "new", 2), answer(302, 301, "b", 2)});

        QVERIFY(m_problems->count() > 0);
        QVERIFY2(m_problems->at(0)[0].toString().contains("was damaged"),
                 qPrintable(m_problems->at(0)[0].toString()));
        QCOMPARE(m_stored->last()[0].toLongLong(), 302);
        QVERIFY(QFile::exists(path() + ".damaged-1"));
    }

    void searchAnswersWithItsText()
    {
        QSignalSpy searched(&*m_worker, &StorageWorker::searched);
        m_worker->open();
        m_worker->addTurn(conversation(1), {question(1, 0, "green tea"), answer(2, 1, "a")});
        m_worker->search("tea");
        QCOMPARE(searched[0][0], "tea");
        QCOMPARE(searched[0][1].value<std::vector<SearchResult>>()[0].conversation, 1);
    }

    void everythingWorksFromAnotherThread()
    {
        QThread thread;
        auto* worker = new StorageWorker(m_folder->path());
        worker->moveToThread(&thread);
        connect(&thread, &QThread::finished, worker, &QObject::deleteLater);
        connect(worker, &StorageWorker::closed, &thread, &QThread::quit, Qt::DirectConnection);
        QSignalSpy opened(worker, &StorageWorker::opened);
        thread.start();

        QMetaObject::invokeMethod(worker, &StorageWorker::open, Qt::QueuedConnection);
        QVERIFY(opened.wait());
        QMetaObject::invokeMethod(
            worker,
            [worker] {
                worker->addTurn(conversation(1), {question(1, 0, "q"), growing(2, 1)});
            },
            Qt::QueuedConnection);
        QMetaObject::invokeMethod(
            worker, [worker] { worker->growReply(2, "Gre"); }, Qt::QueuedConnection);
        QMetaObject::invokeMethod(worker, &StorageWorker::close, Qt::QueuedConnection);
        QVERIFY(thread.wait(20'000));

        QCOMPARE(onDisk()[1].text, std::string("Gre"));
    }

    void requestsBeforeOpenAreHarmless()
    {
        m_worker->read(1);
        m_worker->search("a");
        m_worker->rename(1, "a");
        m_worker->addTurn(conversation(1), {question(1, 0, "q")});
        m_worker->close();
        QCOMPARE(m_stored->count(), 0);
    }

private:
    [[nodiscard]] QString path() const { return m_folder->filePath("conversations.sqlite"); }
    /// What another program would read now.
    [[nodiscard]] std::vector<MessageRecord> onDisk() const
    {
        Connection connection(path().toStdString(), Connection::Mode::ReadOnly);
        return ConversationStore(connection).messages(1);
    }

    std::optional<QTemporaryDir> m_folder;
    std::optional<StorageWorker> m_worker;
    std::optional<QSignalSpy> m_problems;
    std::optional<QSignalSpy> m_stored;
};

QTEST_GUILESS_MAIN(StorageWorkerTest)
#include "storage_worker_test.moc"
