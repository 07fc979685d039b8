#include "app/model_scanner.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest/QtTest>

using namespace inglenook;

class ModelScannerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void starterModelIsListedWithItsFacts()
    {
        if (!QFile::exists(INGLENOOK_STARTER_MODEL))
            QSKIP("The starter model is not in this source tree.");
        const ModelScan scan = scanOf({}, INGLENOOK_STARTER_MODEL);

        QCOMPARE(scan.files.size(), size_t(1));
        const ModelFileRow& row = scan.files.front();
        QVERIFY2(row.problem.isEmpty(), qPrintable(row.problem));
        QVERIFY(row.starter);
        QCOMPARE(row.quantisation, "Q8_0");
        QCOMPARE(row.architecture, "llama");
        QVERIFY(row.neededBytes > 1'000'000);
        QVERIFY(scan.freeBytes > 0);
    }

    void starterModelAndItsDraftShareAVocabulary()
    {
        if (!QFile::exists(INGLENOOK_STARTER_MODEL))
            QSKIP("The starter model is not in this source tree.");
        const ModelScan scan =
            scanOf(QFileInfo(INGLENOOK_STARTER_MODEL).path(), INGLENOOK_STARTER_MODEL);

        ModelListModel files;
        files.reset(scan.files, 0);
        const std::vector<ModelFileRow> drafts = files.draftsFor(INGLENOOK_STARTER_MODEL);
        QCOMPARE(drafts.size(), size_t(1));
        QVERIFY(drafts[0].path.endsWith("guide-draft-1m-q8_0.gguf"));
    }

    void whatIsNoModelIsListedWithTheReason()
    {
        QTemporaryDir folder;
        write(folder.filePath("broken.gguf"), "GGUF and then nothing");
        write(folder.filePath("notes.txt"), "not a model");
        QVERIFY(QDir(folder.path()).mkdir("below"));
        write(folder.filePath("below/empty.gguf"), "");
        write(folder.filePath("below/large-00002-of-00003.gguf"), "");

        const ModelScan scan = scanOf(folder.path(), {});

        QCOMPARE(scan.files.size(), size_t(2));
        for (const ModelFileRow& row : scan.files) {
            QVERIFY(!row.problem.isEmpty());
            QVERIFY(!row.name.isEmpty());
        }
    }

    void missingFolderIsAnEmptyOne()
    {
        QTemporaryDir folder;
        const ModelScan scan = scanOf(folder.filePath("nowhere"), {});
        QVERIFY(scan.files.empty());
        QCOMPARE(scan.problem, "");
    }

    void devicesAreNamedOnceStartingWithAuto()
    {
        ModelScanner scanner;
        QSignalSpy devices(&scanner, &ModelScanner::devicesListed);
        scanner.scan({}, {}, {});
        scanner.scan({}, {}, {});
        QCOMPARE(devices.count(), 1);
        const QStringList names = devices[0][0].toStringList();
        QCOMPARE(names.first(), "auto");
        QVERIFY(names.size() > 1);
        QVERIFY(names[1].startsWith("cpu"));
    }

    void cardsAreOfferedTogether()
    {
        const DeviceFacts cpu{.id = "cpu", .name = "Ryzen"};
        const DeviceFacts first{.id = "cuda:0", .name = "A", .card = true};
        const DeviceFacts second{.id = "vulkan:1", .name = "B", .card = true};
        const DeviceFacts software{.id = "vulkan:2", .name = "llvmpipe"};
        QCOMPARE(ModelScanner::deviceLines({cpu, software}),
                 QStringList({"auto", "cpu Ryzen", "vulkan:2 llvmpipe"}));
        QCOMPARE(ModelScanner::deviceLines({cpu, first}).mid(2),
                 QStringList({"cuda:0 A", "cuda:0,cpu together"}));
        QCOMPARE(ModelScanner::deviceLines({cpu, first, second}).mid(4),
                 QStringList({"cuda:0,vulkan:1 together", "cuda:0,vulkan:1,cpu together"}));
    }

private:
    static ModelScan scanOf(const QString& folder, const QString& starter)
    {
        ModelScanner scanner;
        QSignalSpy scanned(&scanner, &ModelScanner::scanned);
        scanner.scan(folder, starter, {});
        return scanned.isEmpty() ? ModelScan() : scanned[0][0].value<ModelScan>();
    }
    static void write(const QString& path, const QByteArray& bytes)
    {
        QFile file(path);
        QVERIFY(file.open(QFile::WriteOnly));
        file.write(bytes);
    }
};

QTEST_GUILESS_MAIN(ModelScannerTest)
#include "model_scanner_test.moc"
