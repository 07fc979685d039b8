#include "inference/memory/store/page_store.h"

#include "inference/memory/store/segment_record.h"
#include "tests/inference/memory/store/stored_pages.h"

#include <QTemporaryDir>
#include <QTest>
#include <xxhash.h>

using namespace inglenook;

namespace {

constexpr size_t kPayload = 10'000; // three blocks of a file with its header
constexpr uint64_t kPageOnDisk = 12'288;

class Folder {
public:
    [[nodiscard]] std::filesystem::path path() const
    {
        return std::filesystem::path(m_folder.path().toStdString()) / "pages";
    }
    [[nodiscard]] PageStore::Options options(uint64_t quota = uint64_t{1} << 40) const
    {
        return {.folder = path(), .quotaBytes = quota};
    }

private:
    QTemporaryDir m_folder;
};

} // namespace

class PageStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pagesAreThereAfterReopening();
    void tokensAndParentAreComparedNotTheNameAlone();
    void beginningsGiveWayToWhatGoesOn();
    void filesBelongToThisUserOnly();
    void forgottenPagesLeaveNoBytes();
    void forgettingLeavesWhatOthersKeep();
    void forgettingTakesWhatNobodyKeepsBehind();
    void keepersSurviveReopening();
    void laterKeepCounts();
    void interruptedForgettingIsFinished();
    void quotaTakesTheLongestUnused();
    void useSurvivesReopening();
    void parentsDoNotGoBeforeChildren();
    void conversationLargerThanTheQuotaKeepsItsBeginning();
    void pruneToNothingLeavesNoSegment();
    void keepersMoveWhenTheirSegmentGoes();
    void compactionKeepsWhatLives();
    void filesOfOtherVersionsAreLeftUntilPruned();
    void verifyFindsDamage();
};

void PageStoreTest::pagesAreThereAfterReopening()
{
    const Folder folder;
    const auto pages = testPages(1, 5, kPayload);
    {
        PageStore store(folder.options());
        QVERIFY(store.mode() == PageStore::Mode::Write);
        for (const TestPage& page : pages)
            QVERIFY(append(store, page));
        QVERIFY(append(store, pages[2])); // already there
        QCOMPARE(countReadable(store, pages), 5);
    }

    PageStore store(folder.options());

    QCOMPARE(countReadable(store, pages), 5);
    QCOMPARE(store.stats().pages, uint64_t{5});
    QCOMPARE(store.stats().payloadBytes, uint64_t{5 * kPayload});
    QCOMPARE(QString::fromStdString(store.note()), QString());
}

void PageStoreTest::tokensAndParentAreComparedNotTheNameAlone()
{
    const Folder folder;
    PageStore store(folder.options());
    const auto pages = testPages(1, 2, kPayload);
    appendAll(store, pages);

    TestPage otherTokens = pages[1];
    otherTokens.tokens.back() = 7;
    TestPage otherParent = pages[1];
    otherParent.parent = pages[1].name;

    QVERIFY(store.contains(pages[1].id()));
    QVERIFY(!store.contains(otherTokens.id()));
    QVERIFY(!store.contains(otherParent.id()));
    QVERIFY(!append(store, otherTokens)); // a second page cannot bear the name
    QCOMPARE(countReadable(store, pages), 2);
}

void PageStoreTest::beginningsGiveWayToWhatGoesOn()
{
    const Folder folder;
    PageStore store(folder.options());
    const TestPage parent = testPages(1, 1, kPayload).front();
    const TestPage full = testPage(parent.name, 5, kPayload);
    const TestPage ten = begunPage(full, 10);
    const TestPage twenty = begunPage(full, 20);
    const TestPage other = begunPage(testPage(parent.name, 6, kPayload), 10);
    const TestPage elsewhere = begunPage(testPage(full.name, 5, kPayload), 10);
    appendAll(store, {parent, ten, other, elsewhere});
    QVERIFY(reading(store, ten) == Reading::Right);

    QVERIFY(append(store, twenty));
    QVERIFY(reading(store, ten) == Reading::Missing);
    QVERIFY(append(store, ten)); // the other begins with it
    QVERIFY(reading(store, ten) == Reading::Missing);
    QVERIFY(append(store, full));

    QVERIFY(reading(store, twenty) == Reading::Missing);
    const auto payload = twenty.payload();
    QVERIFY(!folderHolds(folder.path(), std::span(payload).subspan(5000, 1000)));
    QCOMPARE(countReadable(store, {parent, full, other, elsewhere}), 4);
    QCOMPARE(store.stats().pages, uint64_t{4});
    PageStore again(folder.options());
    QCOMPARE(again.stats().pages, uint64_t{4});
}

void PageStoreTest::filesBelongToThisUserOnly()
{
    using std::filesystem::perms;
    const Folder folder;
    PageStore store(folder.options());
    appendAll(store, testPages(1, 1, kPayload));

    QVERIFY(std::filesystem::status(folder.path()).permissions() == perms::owner_all);
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        ++files;
        QVERIFY(entry.status().permissions() == (perms::owner_read | perms::owner_write));
    }
    QCOMPARE(files, 2); // a segment and the lock
}

void PageStoreTest::forgottenPagesLeaveNoBytes()
{
    const Folder folder;
    PageStore store(folder.options());
    const auto pages = testPages(1, 3, kPayload);
    const auto others = testPages(100, 1, kPayload);
    appendAll(store, pages);
    appendAll(store, others);
    store.keep("secret-conversation", std::vector{pages.back().name});
    const auto payload = pages[1].payload();
    const auto middle = std::span(payload).subspan(5000, 1000);
    const auto tokens = std::as_bytes(std::span(pages[1].tokens));
    QVERIFY(folderHolds(folder.path(), middle) && folderHolds(folder.path(), tokens));
    const uint64_t before = store.stats().diskBytes;

    QVERIFY(store.forget("secret-conversation"));

    QVERIFY(!folderHolds(folder.path(), middle));
    QVERIFY(!folderHolds(folder.path(), tokens));
    QVERIFY(!folderHolds(folder.path(), std::as_bytes(std::span("secret-conversation", 19))));
    QCOMPARE(countReadable(store, pages), 0);
    QCOMPARE(countReadable(store, others), 1);
    QVERIFY(store.stats().diskBytes <= before);
}

void PageStoreTest::forgettingLeavesWhatOthersKeep()
{
    const Folder folder;
    PageStore store(folder.options());
    const auto pages = testPages(1, 3, kPayload);
    appendAll(store, pages);
    store.keep("long", std::vector{pages[2].name});
    store.keep("short", std::vector{pages[0].name});

    store.forget("long");

    QCOMPARE(countReadable(store, pages), 1);
    QVERIFY(store.contains(pages[0].id()));
    QCOMPARE(store.stats().keptPages, uint64_t{1});
    store.forget("short");
    QCOMPARE(store.stats().pages, uint64_t{0});
    QVERIFY(segmentFiles(folder.path()).empty());
}

void PageStoreTest::forgettingTakesWhatNobodyKeepsBehind()
{
    const Folder folder;
    PageStore store(folder.options());
    const auto pages = testPages(1, 4, kPayload);
    appendAll(store, pages);
    store.keep("short", std::vector{pages[1].name});

    store.forget("short");

    QCOMPARE(store.stats().pages, uint64_t{0});
}

void PageStoreTest::keepersSurviveReopening()
{
    const Folder folder;
    const auto pages = testPages(1, 3, kPayload);
    {
        PageStore store(folder.options());
        appendAll(store, pages);
        store.keep("a", std::vector{pages[2].name});
        store.keep("b", std::vector{pages[1].name});
    }

    PageStore store(folder.options());

    QCOMPARE(store.stats().conversations, uint64_t{2});
    QCOMPARE(store.stats().keptPages, uint64_t{3});
    store.forget("a");
    QCOMPARE(countReadable(store, pages), 2);
    store.forget("b");
    QCOMPARE(countReadable(store, pages), 0);
}

void PageStoreTest::laterKeepCounts()
{
    const Folder folder;
    const auto pages = testPages(1, 2, kPayload);
    const auto branch = testPage(pages[0].name, 50, kPayload);
    {
        PageStore store(folder.options());
        appendAll(store, pages);
        append(store, branch);
        store.keep("a", std::vector{pages[1].name});
        store.keep("a", std::vector{branch.name});
        store.keep("b", std::vector{pages[1].name});
    }

    PageStore store(folder.options());
    store.forget("a");

    QVERIFY(store.contains(pages[1].id()));
    QVERIFY(!store.contains(branch.id()));
}

void PageStoreTest::interruptedForgettingIsFinished()
{
    const Folder folder;
    const auto pages = testPages(1, 3, kPayload);
    const auto others = testPages(60, 1, kPayload);
    {
        PageStore store(folder.options());
        appendAll(store, pages);
        appendAll(store, others);
        store.keep("a", std::vector{pages[2].name});
        store.keep("b", std::vector{others[0].name});
    }
    const auto file = segmentFiles(folder.path()).front();
    std::string before = contentOf(file);
    {
        PageStore store(folder.options());
        store.forget("a");
        QCOMPARE(countReadable(store, pages), 0);
    }
    // Killed after the intent was written: all is still there, and behind it the intent. Another
    // store writes the same intent at the same place for the same history.
    const Folder twin;
    std::filesystem::create_directories(twin.path());
    const auto twinFile = twin.path() / file.filename();
    writeContent(twinFile, before);
    RecordHeader header{.kind = RecordKind::Forget, .sequence = 1000};
    const auto payload = conversationPayload("a", {});
    seal(header, payload, 1);
    std::string intent(recordBytes(payload.size()), 0);
    std::memcpy(intent.data(), &header, sizeof header);
    std::memcpy(intent.data() + sizeof header, payload.data(), payload.size());
    writeContent(twinFile, before + intent);
    {
        PageStore reader({.folder = twin.path(), .readOnly = true});
        QCOMPARE(reader.stats().conversations, uint64_t{1});
    }

    PageStore store({.folder = twin.path(), .quotaBytes = uint64_t{1} << 40});

    QCOMPARE(countReadable(store, pages), 0);
    QCOMPARE(countReadable(store, others), 1);
    const auto gone = pages[0].payload();
    QVERIFY(!folderHolds(twin.path(), std::span(gone).subspan(5000, 1000)));
    QVERIFY(!folderHolds(twin.path(), payload));
}

void PageStoreTest::quotaTakesTheLongestUnused()
{
    const Folder folder;
    // eight segments of two pages each
    PageStore store(folder.options(8 * (2 * kPageOnDisk + 4096) + 4096));
    std::vector<TestPage> singles;
    for (int i = 0; i < 14; ++i) {
        singles.push_back(testPages(100 * i, 1, kPayload).front());
        QVERIFY(append(store, singles.back()));
    }
    QCOMPARE(store.stats().givenUp, uint64_t{0});
    QVERIFY(reading(store, singles[0]) == Reading::Right); // in use again

    for (int i = 14; i < 20; ++i) {
        singles.push_back(testPages(100 * i, 1, kPayload).front());
        QVERIFY(append(store, singles.back()));
        QVERIFY(store.stats().diskBytes <= store.stats().quotaBytes);
    }

    QVERIFY(store.contains(singles[0].id()));
    QVERIFY(!store.contains(singles[2].id()));
    QVERIFY(store.contains(singles[13].id()));
    QVERIFY(store.stats().givenUp > 0);
}

void PageStoreTest::useSurvivesReopening()
{
    const Folder folder;
    const uint64_t quota = 8 * (2 * kPageOnDisk + 4096) + 4096;
    std::vector<TestPage> singles;
    {
        PageStore store(folder.options(quota));
        for (int i = 0; i < 14; ++i) {
            singles.push_back(testPages(100 * i, 1, kPayload).front());
            append(store, singles.back());
        }
        QVERIFY(reading(store, singles[0]) == Reading::Right);
    }

    PageStore store(folder.options(quota));
    for (int i = 14; i < 20; ++i)
        append(store, testPages(100 * i, 1, kPayload).front());

    QVERIFY(store.contains(singles[0].id()));
    QVERIFY(!store.contains(singles[2].id()));
}

void PageStoreTest::parentsDoNotGoBeforeChildren()
{
    const Folder folder;
    PageStore store(folder.options(8 * (2 * kPageOnDisk + 4096) + 4096));
    const auto chain = testPages(1, 8, kPayload); // four segments
    appendAll(store, chain);
    for (int i = 0; i < 3; ++i)
        append(store, testPages(100 * (i + 1), 1, kPayload).front());
    QVERIFY(reading(store, chain[7]) == Reading::Right); // its parents count as used too

    for (int i = 3; i < 40; ++i) {
        append(store, testPages(100 * (i + 1), 1, kPayload).front());
        for (size_t page = 1; page < chain.size(); ++page)
            QVERIFY(!store.contains(chain[page].id()) || store.contains(chain[page - 1].id()));
    }
    QVERIFY(!store.contains(chain[7].id()));
}

void PageStoreTest::conversationLargerThanTheQuotaKeepsItsBeginning()
{
    const Folder folder;
    PageStore store(folder.options(20 * kPageOnDisk));
    const auto chain = testPages(1, 40, kPayload);

    appendAll(store, chain);

    const int readable = countReadable(store, chain);
    QVERIFY2(readable > 10 && readable < 20, std::to_string(readable).c_str());
    QVERIFY(store.contains(chain[static_cast<size_t>(readable - 1)].id()));
    QVERIFY(!store.note().empty());
    QVERIFY(store.stats().diskBytes <= store.stats().quotaBytes);
    // another conversation has its place all the same
    QVERIFY(append(store, testPages(500, 1, kPayload).front()));
    QVERIFY(store.note().empty());
}

void PageStoreTest::pruneToNothingLeavesNoSegment()
{
    const Folder folder;
    PageStore store({.folder = folder.path(), .quotaBytes = 1 << 30, .segmentBytes = 40'000});
    const auto pages = testPages(1, 20, kPayload);
    appendAll(store, pages);
    store.keep("a", std::vector{pages.back().name});

    store.prune(100'000);
    const int readable = countReadable(store, pages);
    QVERIFY(store.stats().diskBytes <= 100'000);
    QVERIFY(readable > 2 && readable < 9);
    QVERIFY(store.contains(pages[static_cast<size_t>(readable - 1)].id())); // the beginning

    store.prune(0);
    QVERIFY(segmentFiles(folder.path()).empty());
    QCOMPARE(store.stats().conversations, uint64_t{0});
    QVERIFY(append(store, pages[0])); // and it goes on
    QCOMPARE(countReadable(store, pages), 1);
}

void PageStoreTest::keepersMoveWhenTheirSegmentGoes()
{
    const Folder folder;
    const PageStore::Options options{
        .folder = folder.path(), .quotaBytes = 1 << 30, .segmentBytes = 30'000};
    const auto old = testPages(1, 2, kPayload);
    const auto fresh = testPages(100, 2, kPayload);
    {
        PageStore store(options);
        appendAll(store, fresh);
        appendAll(store, old);
        store.keep("a", std::vector{old[1].name, fresh[1].name}); // lies behind the old pages
        QCOMPARE(countReadable(store, fresh), 2);
        QVERIFY(store.stats().segments >= 2);

        store.prune(store.stats().diskBytes - 1);
    }

    PageStore store(options);
    QCOMPARE(countReadable(store, old), 0);
    QCOMPARE(countReadable(store, fresh), 2);
    QCOMPARE(store.stats().keptPages, uint64_t{2});
    store.forget("a");
    QCOMPARE(store.stats().pages, uint64_t{0});
}

void PageStoreTest::compactionKeepsWhatLives()
{
    const Folder folder;
    const auto pages = testPages(1, 1, kPayload);
    std::vector<TestPage> gone;
    {
        PageStore store(folder.options());
        for (int i = 0; i < 40; ++i) {
            gone.push_back(testPages(100 * (i + 1), 1, 100).front()); // one block: no hole
            append(store, gone.back());
            store.keep("gone " + std::to_string(i), std::vector{gone.back().name});
        }
        appendAll(store, pages);
        store.keep("a", std::vector{pages[0].name});
        for (int i = 0; i < 40; ++i)
            store.forget("gone " + std::to_string(i));
        const uint64_t before = store.stats().diskBytes;

        store.compact();

        QVERIFY(store.stats().diskBytes < before / 4);
        QCOMPARE(countReadable(store, pages), 1);
    }
    PageStore store(folder.options());
    QCOMPARE(countReadable(store, pages), 1);
    QCOMPARE(countReadable(store, gone), 0);
    store.forget("a");
    QCOMPARE(store.stats().pages, uint64_t{0});
}

void PageStoreTest::filesOfOtherVersionsAreLeftUntilPruned()
{
    const Folder folder;
    const auto pages = testPages(1, 2, kPayload);
    {
        PageStore store(folder.options());
        appendAll(store, pages);
    }
    const auto other = folder.path() / "00000000000000aa.pages";
    std::string content = contentOf(segmentFiles(folder.path()).front());
    content[12] = 2; // the version, and the checksum that belongs to it
    const uint64_t checksum = XXH3_64bits(content.data(), 16);
    std::memcpy(content.data() + 16, &checksum, sizeof checksum);
    writeContent(other, content);

    PageStore store(folder.options());
    QCOMPARE(countReadable(store, pages), 2);
    QVERIFY(std::filesystem::exists(other));
    QVERIFY(append(store, testPages(9, 1, kPayload).front()));
    QVERIFY(contentOf(other) == content);
    QVERIFY(store.stats().diskBytes > 2 * content.size());

    store.prune(1 << 30);
    QVERIFY(!std::filesystem::exists(other));
    QCOMPARE(countReadable(store, pages), 2);
}

void PageStoreTest::verifyFindsDamage()
{
    const Folder folder;
    const auto pages = testPages(1, 4, kPayload);
    {
        PageStore store(folder.options());
        appendAll(store, pages);
    }
    const auto file = segmentFiles(folder.path()).front();
    std::string content = contentOf(file);
    content[4096 + kPageOnDisk + 5000] ^= 1;
    writeContent(file, content);
    PageStore store(folder.options());

    uint64_t last = 0;
    const auto report = store.verify([&](uint64_t done, uint64_t total) {
        last = done;
        return done <= total;
    });

    QCOMPARE(report.pages, uint64_t{3});
    QCOMPARE(report.damaged, uint64_t{1});
    QCOMPARE(last, uint64_t{4 * kPayload});
    QVERIFY(!store.contains(pages[1].id()));
    QVERIFY(append(store, pages[1]));
    QCOMPARE(store.verify([](uint64_t, uint64_t) { return true; }).pages, uint64_t{4});
    QVERIFY(!store.verify([](uint64_t, uint64_t) { return false; }).finished);
}

QTEST_GUILESS_MAIN(PageStoreTest)
#include "page_store_test.moc"
