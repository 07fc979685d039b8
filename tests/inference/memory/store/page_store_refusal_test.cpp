// What the disk, the user or another program refuses: writing stops with a sentence, reading goes
// on.

#include "tests/inference/memory/store/stored_pages.h"

#include <QTemporaryDir>
#include <QTest>
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace inglenook;

namespace {

constexpr size_t kPayload = 10'000;

/// No file of this process grows beyond some bytes while this lives.
class SmallDisk {
public:
    explicit SmallDisk(uint64_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit limit{.rlim_cur = bytes, .rlim_max = m_before.rlim_max};
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~SmallDisk() { setrlimit(RLIMIT_FSIZE, &m_before); }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

private:
    rlimit m_before{};
};

/// No more files can be opened while this lives.
class NoFiles {
public:
    NoFiles()
    {
        for (int file = open("/dev/null", O_RDONLY | O_CLOEXEC); file >= 0;
             file = open("/dev/null", O_RDONLY | O_CLOEXEC))
            m_files.push_back(file);
    }
    ~NoFiles()
    {
        for (const int file : m_files)
            close(file);
    }
    NoFiles(const NoFiles&) = delete;
    NoFiles& operator=(const NoFiles&) = delete;

private:
    std::vector<int> m_files;
};

} // namespace

class PageStoreRefusalTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_temporary = std::make_unique<QTemporaryDir>();
        m_options = {.folder = std::filesystem::path(m_temporary->path().toStdString()) / "pages",
                     .quotaBytes = uint64_t{1} << 40};
    }

    void fullDiskStopsWritingUntilThereIsSpace();
    void fullDiskDoesNotStopForgetting();
    void noQuotaWritesNothing();
    void removedFolderIsMadeAgain();
    void removedSegmentIsNoPage();
    void noFilesToOpenLosesNothing();
    void folderThatCannotBeIsSaid();
    void secondProgramReads();
    void readerTakesOverFromAKilledWriter();
    void readerSurvivesItsFilesVanishing();
    void readOnlyStoreChangesNothing();

private:
    std::unique_ptr<QTemporaryDir> m_temporary;
    PageStore::Options m_options;
};

void PageStoreRefusalTest::fullDiskStopsWritingUntilThereIsSpace()
{
    PageStore store(m_options);
    const auto pages = testPages(1, 4, kPayload);
    {
        // room for the first page and a part of the second
        const SmallDisk disk(4096 + 12'288 + 5'000);
        QVERIFY(append(store, pages[0]));
        QVERIFY(store.note().empty());
        QVERIFY(!append(store, pages[1]));
        QVERIFY(store.note().starts_with("The disk is full"));
        QVERIFY(!append(store, pages[2]));
        QVERIFY(store.note().starts_with("The disk is full"));
        store.keep("a", std::vector{pages[0].name}); // there is room for so little
        QVERIFY(store.note().starts_with("The disk is full"));
        QCOMPARE(countReadable(store, pages), 1);
    }

    for (const TestPage& page : pages)
        QVERIFY(append(store, page));
    QVERIFY(store.note().empty());
    QCOMPARE(countReadable(store, pages), 4);

    PageStore reader(m_options);
    QCOMPARE(countReadable(reader, pages), 4);
    QCOMPARE(reader.stats().damaged, uint64_t{0});
}

void PageStoreRefusalTest::fullDiskDoesNotStopForgetting()
{
    PageStore store(m_options);
    const auto pages = testPages(1, 2, kPayload);
    const auto others = testPages(9, 1, kPayload);
    appendAll(store, pages);
    appendAll(store, others);
    store.keep("a", std::vector{pages[1].name});
    const auto payload = pages[1].payload();
    const SmallDisk disk(store.stats().diskBytes); // not a byte behind the last record

    QVERIFY(store.forget("a"));

    QVERIFY(!folderHolds(m_options.folder, std::span(payload).subspan(5000, 1000)));
    QCOMPARE(countReadable(store, others), 1);
}

void PageStoreRefusalTest::noQuotaWritesNothing()
{
    const auto pages = testPages(1, 1, kPayload);
    m_options.quotaBytes = 0;
    PageStore store(m_options);

    QVERIFY(!append(store, pages[0]));
    QVERIFY(!store.note().empty());
    store.keep("a", std::vector{pages[0].name});
    QVERIFY(segmentFiles(m_options.folder).empty());
}

void PageStoreRefusalTest::removedFolderIsMadeAgain()
{
    PageStore store(m_options);
    const auto pages = testPages(1, 3, kPayload);
    appendAll(store, pages);
    store.keep("a", std::vector{pages[1].name});

    std::filesystem::remove_all(m_options.folder);
    QCOMPARE(countReadable(store, pages), 3); // the file is open and lives on without a name
    store.keep("a", std::vector{pages[2].name});
    QVERIFY(!std::filesystem::exists(m_options.folder));
    const auto more = testPages(50, 2, kPayload);
    appendAll(store, more);

    QCOMPARE(countReadable(store, more), 2);
    QCOMPARE(countReadable(store, pages), 0);
    QVERIFY(store.note().empty());
    PageStore reader(m_options);
    QVERIFY(reader.mode() == PageStore::Mode::Read); // the new folder is locked as the old one was
    QCOMPARE(countReadable(reader, more), 2);
}

void PageStoreRefusalTest::removedSegmentIsNoPage()
{
    const auto pages = testPages(1, 3, kPayload);
    {
        PageStore store(m_options);
        appendAll(store, pages);
    }
    PageStore store(m_options);
    for (const auto& file : segmentFiles(m_options.folder))
        std::filesystem::remove(file);

    for (const TestPage& page : testPages(70, 2, kPayload))
        QVERIFY(append(store, page));

    QVERIFY(countReadable(store, pages) == 0);
    PageStore reader(m_options);
    QCOMPARE(countReadable(reader, testPages(70, 2, kPayload)), 2);
}

void PageStoreRefusalTest::noFilesToOpenLosesNothing()
{
    m_options.segmentBytes = 20'000; // a page each
    const auto pages = testPages(1, 80, kPayload); // more than are kept open
    PageStore store(m_options);
    appendAll(store, pages);
    {
        const NoFiles none;
        QVERIFY(countReadable(store, pages) < 80);
        QVERIFY(!append(store, testPages(200, 1, kPayload).front()));
        QVERIFY(!store.note().empty());
    }

    QCOMPARE(countReadable(store, pages), 80);
    QVERIFY(append(store, testPages(200, 1, kPayload).front()));
    QVERIFY(store.note().empty());
}

void PageStoreRefusalTest::folderThatCannotBeIsSaid()
{
    const auto pages = testPages(1, 1, kPayload);
    m_options.folder = "/proc/self/no such folder/pages";
    PageStore store(m_options);

    QVERIFY(store.mode() == PageStore::Mode::Read);
    QVERIFY(store.note().find("/proc/self/no such folder") != std::string::npos);
    QVERIFY(!store.otherWrites());
    QVERIFY(!append(store, pages[0]));
    QVERIFY(reading(store, pages[0]) == Reading::Missing);
}

void PageStoreRefusalTest::secondProgramReads()
{
    const auto pages = testPages(1, 3, kPayload);
    auto writer = std::make_unique<PageStore>(m_options);
    append(*writer, pages[0]);

    PageStore second(m_options);
    QVERIFY(second.mode() == PageStore::Mode::Read);
    QVERIFY(second.otherWrites());
    QVERIFY(second.note().starts_with("Another program"));
    QCOMPARE(countReadable(second, pages), 1);
    QVERIFY(!append(second, pages[1]));
    QVERIFY(!second.forget("a"));

    append(*writer, pages[1]);
    QCOMPARE(countReadable(second, pages), 1);
    second.refresh();
    QCOMPARE(countReadable(second, pages), 2);

    writer.reset();
    second.refresh();
    QVERIFY(second.mode() == PageStore::Mode::Write);
    QVERIFY(!second.otherWrites());
    QVERIFY(second.note().empty());
    QVERIFY(append(second, pages[2]));
}

void PageStoreRefusalTest::readerTakesOverFromAKilledWriter()
{
    const auto pages = testPages(1, 2, kPayload);
    int ready[2];
    QVERIFY(pipe(ready) == 0);
    const pid_t writer = fork();
    if (writer == 0) {
        PageStore store(m_options);
        append(store, pages[0]);
        (void)!::write(ready[1], "x", 1);
        pause();
        _exit(0);
    }
    char byte = 0;
    QVERIFY(::read(ready[0], &byte, 1) == 1);
    PageStore store(m_options);
    QVERIFY(store.mode() == PageStore::Mode::Read);

    kill(writer, SIGKILL);
    waitpid(writer, nullptr, 0);
    store.refresh();

    QVERIFY(store.mode() == PageStore::Mode::Write);
    QCOMPARE(countReadable(store, pages), 1);
    QVERIFY(append(store, pages[1]));
    close(ready[0]);
    close(ready[1]);
}

void PageStoreRefusalTest::readerSurvivesItsFilesVanishing()
{
    m_options.segmentBytes = 20'000;
    const auto pages = testPages(1, 80, kPayload);
    PageStore writer(m_options);
    appendAll(writer, pages);
    writer.keep("a", std::vector{pages[9].name});
    PageStore reader(m_options);
    QCOMPARE(countReadable(reader, pages), 80);

    writer.forget("a"); // and all behind it
    const auto others = testPages(300, 1, kPayload);
    appendAll(writer, others);

    for (const TestPage& page : pages)
        QVERIFY(reading(reader, page) != Reading::Wrong);
    reader.refresh();
    QCOMPARE(countReadable(reader, pages), 0);
    QCOMPARE(countReadable(reader, others), 1);
}

void PageStoreRefusalTest::readOnlyStoreChangesNothing()
{
    const auto pages = testPages(1, 2, kPayload);
    {
        PageStore store(m_options);
        append(store, pages[0]);
    }
    const auto file = segmentFiles(m_options.folder).front();
    std::ofstream(file, std::ios::app) << "the beginning of a record";
    const std::string content = contentOf(file);
    m_options.readOnly = true;
    PageStore store(m_options);

    QVERIFY(store.mode() == PageStore::Mode::Read);
    QVERIFY(store.note().empty());
    QCOMPARE(countReadable(store, pages), 1);
    QVERIFY(!append(store, pages[1]));
    store.prune(0);
    store.compact();
    QVERIFY(contentOf(file) == content);
    m_options.readOnly = false;
    QVERIFY(PageStore(m_options).mode() == PageStore::Mode::Write); // nobody is kept out
}

QTEST_GUILESS_MAIN(PageStoreRefusalTest)
#include "page_store_refusal_test.moc"
