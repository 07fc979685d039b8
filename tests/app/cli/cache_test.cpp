#include "tests/inference/memory/store/stored_pages.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace inglenook;

namespace {

struct Outcome {
    int status = -1;
    QString text;
    QString complaint;
    [[nodiscard]] QJsonObject json() const
    {
        return QJsonDocument::fromJson(text.toUtf8()).object();
    }
};

Outcome nook(const QStringList& arguments)
{
    QProcess process;
    process.start(NOOK, QStringList{"cache"} + arguments);
    if (!process.waitForFinished(60'000))
        return {};
    return {.status = process.exitCode(),
            .text = process.readAllStandardOutput(),
            .complaint = process.readAllStandardError()};
}

} // namespace

class CacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        m_options = {.folder = std::filesystem::path(m_folder->path().toStdString()) / "pages",
                     .quotaBytes = uint64_t{1} << 40,
                     .segmentBytes = 30'000};
    }

    void statsCountPages()
    {
        const auto pages = testPages(1, 4, 10'000);
        {
            PageStore store(m_options);
            appendAll(store, pages);
            store.keep("a", std::vector{pages[2].name});
        }

        const Outcome outcome = run("stats", {"--json"});

        QCOMPARE(outcome.status, 0);
        QCOMPARE(outcome.json()["pages"].toInt(), 4);
        QCOMPARE(outcome.json()["kept_pages"].toInt(), 3);
        QCOMPARE(outcome.json()["payload_bytes"].toInt(), 40'000);
        QVERIFY(run("stats").text.contains("4, of which conversations keep 3"));
    }

    void nothingThereIsNoFault()
    {
        const Outcome outcome = run("stats", {"--json"});

        QCOMPARE(outcome.status, 0);
        QCOMPARE(outcome.json()["pages"].toInt(), 0);
        QCOMPARE(run("verify").status, 0);
        QCOMPARE(run("prune").status, 0);
        QVERIFY(!std::filesystem::exists(m_options.folder));
    }

    void verifyRemovesWhatIsDamaged()
    {
        {
            PageStore store(m_options);
            appendAll(store, testPages(1, 4, 10'000));
        }
        const auto file = segmentFiles(m_options.folder).front();
        std::string content = contentOf(file);
        content[9000] ^= 4;
        writeContent(file, content);

        const Outcome outcome = run("verify", {"--json"});

        QCOMPARE(outcome.json()["pages"].toInt(), 3);
        QCOMPARE(outcome.json()["damaged"].toInt(), 1);
        QCOMPARE(run("verify", {"--json"}).json()["damaged"].toInt(), 0);
        QCOMPARE(run("stats", {"--json"}).json()["pages"].toInt(), 3);
    }

    void pruneLeavesAsMuchAsAsked()
    {
        const auto pages = testPages(1, 12, 10'000);
        {
            PageStore store(m_options);
            appendAll(store, pages);
        }

        const Outcome outcome = run("prune", {"--to", "0.1M", "--json"});

        QCOMPARE(outcome.status, 0);
        QVERIFY(outcome.json()["disk_bytes"].toInt() <= 100'000);
        QVERIFY(outcome.json()["pages"].toInt() > 2);
        QCOMPARE(run("prune", {"--json"}).json()["pages"].toInt(), 0);
    }

    void pruneRefusesWhileAnotherProgramWrites()
    {
        PageStore store(m_options);
        appendAll(store, testPages(1, 2, 10'000));

        const Outcome outcome = run("prune");

        QCOMPARE(outcome.status, 1);
        QVERIFY(outcome.complaint.contains("Another program"));
        QCOMPARE(run("stats", {"--json"}).json()["pages"].toInt(), 2);
    }

    void sizesThatAreNoneAreRefused_data()
    {
        QTest::addColumn<QString>("size");
        for (const char* size : {"much", "-1", "3X", "nan", "1e300", ""})
            QTest::addRow("%s", size) << size;
    }

    void sizesThatAreNoneAreRefused()
    {
        QFETCH(QString, size);

        const Outcome outcome = run("prune", {"--to=" + size});

        QVERIFY(outcome.status != 0);
        QVERIFY(!outcome.complaint.isEmpty());
    }

private:
    [[nodiscard]] Outcome run(const QString& part, const QStringList& arguments = {}) const
    {
        return nook(QStringList{part, "--cache-dir", m_folder->path()} + arguments);
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    PageStore::Options m_options;
};

QTEST_GUILESS_MAIN(CacheTest)
#include "cache_test.moc"
