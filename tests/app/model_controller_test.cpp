#include "app/model_controller.h"

#include <QLocale>
#include <QSignalSpy>
#include <QTemporaryFile>
#include <QtTest/QtTest>

using namespace inglenook;

namespace {

ModelLoaded loaded(const QString& path)
{
    ModelLoaded model;
    model.path = path.toStdString();
    model.name = "Guide";
    model.quantisation = "Q8_0";
    model.device = "cpu";
    model.weightBytes = 6'200'000;
    model.cacheBytes = 12'000'000;
    model.contextTokens = 512;
    return model;
}

} // namespace

class ModelControllerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale::c()); }
    void init()
    {
        m_models.emplace();
        m_loads.emplace(&*m_models, &ModelController::loadRequested);
        m_kept.emplace(&*m_models, &ModelController::remembered);
    }
    void cleanup() { m_models.reset(); }

    void firstStartLoadsTheStarterModel()
    {
        QSignalSpy scans(&*m_models, &ModelController::scanRequested);
        m_models->start({.modelsFolder = "/m",
                         .starterPath = "/starter.gguf",
                         .lastPath = "",
                         .unfinishedPath = ""});
        QCOMPARE(loadPath(), "/starter.gguf");
        QCOMPARE(m_models->state(), ModelController::Loading);
        QCOMPARE(scans.count(), 1);
        QCOMPARE(scans[0][0], "/m");
    }

    void laterStartsLoadTheLastModelIfItIsThere()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        m_models->start({.modelsFolder = "",
                         .starterPath = "/s",
                         .lastPath = file.fileName(),
                         .unfinishedPath = ""});
        QCOMPARE(loadPath(), file.fileName());

        ModelController other;
        QSignalSpy loads(&other, &ModelController::loadRequested);
        other.start({.modelsFolder = "",
                     .starterPath = "/s",
                     .lastPath = "/gone.gguf",
                     .unfinishedPath = ""});
        QCOMPARE(loads[0][0].value<LoadRequest>().path, std::string("/s"));
    }

    void modelThatEndedTheProgramIsNotLoadedAgainUnasked()
    {
        QTemporaryFile file;
        QVERIFY(file.open());
        const QString bad = file.fileName();
        m_models->start(
            {.modelsFolder = "", .starterPath = "/s", .lastPath = bad, .unfinishedPath = bad});
        QCOMPARE(loadPath(), "/s");
        QVERIFY(m_models->errorText().contains(bad));

        m_models->load(bad);
        QCOMPARE(loadPath(), bad);
    }

    void loadingIsRememberedUntilItEnds()
    {
        m_models->load("/a.gguf");
        QCOMPARE(m_kept->last(), (QVariantList{kUnfinishedKey, "/a.gguf"}));
        m_models->onModelLoaded(loaded("/a.gguf"));
        QVERIFY(m_kept->contains({kUnfinishedKey, ""}));
        QCOMPARE(m_kept->last(), (QVariantList{kLastModelKey, "/a.gguf"}));
    }

    void loadedModelShowsItsFacts()
    {
        m_models->load("/a.gguf");
        m_models->onLoadProgress(0.5f);
        QCOMPARE(m_models->progress(), 0.5);

        m_models->onModelLoaded(loaded("/a.gguf"));

        QCOMPARE(m_models->state(), ModelController::Loaded);
        QCOMPARE(m_models->currentName(), "Guide");
        QCOMPARE(m_models->deviceName(), "cpu");
        QCOMPARE(m_models->contextTokens(), 512);
        QCOMPARE(m_models->memoryText(), "6.2 MB weights, 12.0 MB cache");
    }

    void modelIsNamedWhileItIsLoaded()
    {
        ModelScan scan;
        scan.files = {{.path = "/a.gguf", .name = "Guide"}};
        m_models->onScanned(scan);
        m_models->load("/a.gguf");
        QCOMPARE(m_models->currentName(), "Guide");
        m_models->load("/models/other-7b.gguf"); // in no folder that was looked at
        QCOMPARE(m_models->currentName(), "other-7b");

        m_models->onLoadFailed({.path = "/models/other-7b.gguf", .sentence = "It is gone."});
        QCOMPARE(m_models->currentName(), "");
    }

    void failureIsSaidAndCanBeRetried()
    {
        m_models->load("/a.gguf");
        m_models->onLoadFailed({.path = "/a.gguf", .sentence = "The file is truncated."});
        QCOMPARE(m_models->state(), ModelController::Failed);
        QCOMPARE(m_models->errorText(), "The file is truncated.");

        m_models->retry();
        QCOMPARE(m_models->errorText(), "");
        QCOMPARE(m_loads->count(), 2);
        QCOMPARE(loadPath(), "/a.gguf");
    }

    void answersToEarlierRequestsAreIgnored()
    {
        m_models->load("/a.gguf");
        m_models->load("/b.gguf");
        m_models->onLoadFailed({.path = "/a.gguf", .sentence = "Cancelled."});
        m_models->onModelLoaded(loaded("/a.gguf"));
        QCOMPARE(m_models->state(), ModelController::Loading);
        QCOMPARE(m_models->errorText(), "");

        m_models->onModelLoaded(loaded("/b.gguf"));
        QCOMPARE(m_models->currentPath(), "/b.gguf");
    }

    void cancelledLoadingIsNoError()
    {
        QSignalSpy unloads(&*m_models, &ModelController::unloadRequested);
        m_models->load("/a.gguf");
        m_models->cancel();
        m_models->onLoadFailed({.path = "/a.gguf", .sentence = "Cancelled."});
        QCOMPARE(m_models->state(), ModelController::None);
        QCOMPARE(m_models->errorText(), "");
        QCOMPARE(unloads.count(), 1);
        m_models->cancel();
        QCOMPARE(unloads.count(), 1);
    }

    void wantedModelIsLoadedIfItIsAnother()
    {
        ModelScan scan;
        scan.files.resize(2);
        scan.files[0].path = "/a.gguf";
        scan.files[1].path = "/b.gguf";
        m_models->onScanned(scan);
        m_models->load("/a.gguf");
        m_models->onModelWanted("/a.gguf");
        m_models->onModelLoaded(loaded("/a.gguf"));
        m_models->onModelWanted("/a.gguf");
        m_models->onModelWanted("/unknown.gguf");
        QCOMPARE(m_loads->count(), 1);

        m_models->onModelWanted("/b.gguf");
        QCOMPARE(loadPath(), "/b.gguf");
    }

    void settingsGoIntoTheRequest()
    {
        m_models->onLoadSettingsChanged({.device = "cpu", .threads = 2, .contextTokens = 1024});
        m_models->load("/a.gguf");
        const auto request = m_loads->last()[0].value<LoadRequest>();
        QCOMPARE(request.device, std::string("cpu"));
        QCOMPARE(request.threads, 2);
        QCOMPARE(request.contextTokens, 1024);
    }

    void keepsPagesUnlessToldNotTo()
    {
        m_models->load("/a.gguf");
        const auto usual = m_loads->last()[0].value<LoadRequest>();
        QCOMPARE(usual.pageFolder, usual.cacheFolder + "/pages");
        QCOMPARE(usual.pageQuota, uint64_t(8'000'000'000));

        m_models->onLoadSettingsChanged({.keepPages = false, .pageGigabytes = 3});
        m_models->load("/a.gguf");
        const auto request = m_loads->last()[0].value<LoadRequest>();
        QCOMPARE(request.pageFolder, usual.pageFolder); // which is emptied
        QCOMPARE(request.pageQuota, uint64_t(0));
        m_models->onLoadSettingsChanged({.pageGigabytes = 3});
        m_models->load("/a.gguf");
        QCOMPARE(m_loads->last()[0].value<LoadRequest>().pageQuota, uint64_t(3'000'000'000));
    }

    void eachModelHasItsOwnDraft()
    {
        m_models->onLoadSettingsChanged(
            {.drafts = {{"/a.gguf", "none"}, {"/b.gguf", "/small.gguf"}}});
        m_models->load("/a.gguf");
        QCOMPARE(m_loads->last()[0].value<LoadRequest>().draft, std::string("none"));
        m_models->load("/b.gguf");
        QCOMPARE(m_loads->last()[0].value<LoadRequest>().draft, std::string("/small.gguf"));
        m_models->load("/c.gguf");
        QCOMPARE(m_loads->last()[0].value<LoadRequest>().draft, std::string("auto"));
    }

    void draftsAreOfferedForTheModelThatIsLoaded()
    {
        ModelScan scan;
        scan.files = {{.path = "/a.gguf", .name = "A", .fileBytes = 9, .vocabulary = 7},
                      {.path = "/s.gguf", .name = "S", .fileBytes = 2, .vocabulary = 7}};
        scan.files[1].quantisation = "Q8_0";
        QSignalSpy changes(&*m_models, &ModelController::draftsChanged);
        m_models->onScanned(scan);
        QCOMPARE(m_models->draftPaths(), QStringList());

        m_models->load("/a.gguf");
        m_models->onModelLoaded(loaded("/a.gguf"));
        QCOMPARE(m_models->draftPaths(), QStringList("/s.gguf"));
        QCOMPARE(m_models->draftNames(), QStringList("S Q8_0"));
        QCOMPARE(changes.count(), 1);

        m_models->unload();
        QCOMPARE(m_models->draftPaths(), QStringList());
    }

    void modelThatGuessesIsNamedWhileItDoes()
    {
        ModelLoaded pair = loaded("/a.gguf");
        pair.draftName = "Small Guide";
        m_models->load("/a.gguf");
        m_models->onModelLoaded(pair);
        QCOMPARE(m_models->draftName(), "Small Guide");

        m_models->load("/b.gguf");
        QCOMPARE(m_models->draftName(), "");
        m_models->onModelLoaded(loaded("/b.gguf"));
        QCOMPARE(m_models->draftName(), "");
    }

    void fullDiskIsSaidUntilItIsOverOrPutAside()
    {
        const CacheNote full{.sentence = "The disk is full.", .trouble = true};
        m_models->onCacheNoted(full);
        QCOMPARE(m_models->cacheTrouble(), "The disk is full.");
        m_models->onCacheNoted({});
        QCOMPARE(m_models->cacheTrouble(), "");

        m_models->onCacheNoted(full);
        m_models->dismissCacheTrouble();
        m_models->onCacheNoted({});
        m_models->onCacheNoted(full);
        QCOMPARE(m_models->cacheTrouble(), "");
        QCOMPARE(m_models->cacheNote(), "The disk is full.");
        m_models->onCacheNoted({.sentence = "The folder is gone.", .trouble = true});
        QCOMPARE(m_models->cacheTrouble(), "The folder is gone.");
    }

    void whatIsNoTroubleIsSaidToThoseWhoLook()
    {
        m_models->onCacheNoted({.sentence = "Another program writes."});
        QCOMPARE(m_models->cacheTrouble(), "");
        QCOMPARE(m_models->cacheNote(), "Another program writes.");
    }

    void chosenFolderIsKeptAndScanned()
    {
        QSignalSpy scans(&*m_models, &ModelController::scanRequested);
        m_models->setModelsFolder("file:///home/me/my%20models/");
        QCOMPARE(m_models->modelsFolder(), "/home/me/my models");
        QCOMPARE(scans.count(), 1);
        QCOMPARE(m_kept->last(), (QVariantList{kModelsFolderKey, "/home/me/my models"}));
    }

private:
    [[nodiscard]] QString loadPath() const
    {
        return QString::fromStdString(m_loads->last()[0].value<LoadRequest>().path);
    }

    std::optional<ModelController> m_models;
    std::optional<QSignalSpy> m_loads;
    std::optional<QSignalSpy> m_kept;
};

QTEST_GUILESS_MAIN(ModelControllerTest)
#include "model_controller_test.moc"
