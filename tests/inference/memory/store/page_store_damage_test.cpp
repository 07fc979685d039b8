// Whatever happens to a byte of a segment costs at most the record it lies in.

#include "inference/memory/store/segment_record.h"
#include "tests/inference/memory/store/stored_pages.h"

#include <QTemporaryDir>
#include <QTest>

using namespace inglenook;

namespace {

constexpr size_t kPayload = 3'000; // one block with its header
constexpr uint64_t kQuota = uint64_t{1} << 40;

/// A segment with three pages and who keeps them, and folders to try its damaged likes in.
class Sample {
public:
    Sample()
        : pages(testPages(1, 3, kPayload))
    {
        const std::filesystem::path origin = m_root / "origin";
        {
            PageStore store({.folder = origin, .quotaBytes = kQuota});
            appendAll(store, pages);
            store.keep("a", std::vector{pages.back().name});
        }
        content = contentOf(segmentFiles(origin).front());
        file = folder / segmentFiles(origin).front().filename();
        std::filesystem::create_directories(folder);
    }

    /// The place of a byte: 0 before the pages, 1 to 3 in them, 4 behind.
    [[nodiscard]] static size_t recordAt(size_t position)
    {
        return std::min<size_t>(position / kBlockBytes, 4);
    }

private:
    QTemporaryDir m_temporary;
    std::filesystem::path m_root = m_temporary.path().toStdString();

public:
    std::vector<TestPage> pages;
    std::string content;
    std::filesystem::path folder = m_root / "damaged";
    std::filesystem::path file;
};

} // namespace

class PageStoreDamageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void flippedByteCostsItsRecordOnly();
    void writerGoesOnAfterAnyFlippedByte();
    void fileCutAnywhereKeepsWhatIsWhole();
    void writerGoesOnAfterAnyCut();
    void strayBytesBetweenRecordsArePassedOver();
};

void PageStoreDamageTest::flippedByteCostsItsRecordOnly()
{
    const Sample sample;
    writeContent(sample.file, sample.content);
    std::fstream file(sample.file, std::ios::in | std::ios::out | std::ios::binary);
    const auto put = [&](size_t at, char byte) {
        file.seekp(static_cast<std::streamoff>(at)).put(byte).flush();
    };
    int lost = 0;
    for (size_t at = 0; at < sample.content.size(); ++at) {
        put(at, static_cast<char>(sample.content[at] ^ (1 << at % 8)));

        PageStore store({.folder = sample.folder, .readOnly = true});
        for (size_t i = 0; i < sample.pages.size(); ++i) {
            const Reading found = reading(store, sample.pages[i]);
            const bool hit = Sample::recordAt(at) == i + 1;
            const bool sound = found == Reading::Right || (hit && found == Reading::Missing);
            QVERIFY2(sound, qPrintable(QString("byte %1, page %2").arg(at).arg(i)));
            lost += found == Reading::Missing ? 1 : 0;
        }
        put(at, sample.content[at]);
    }
    // all but the zeros that fill the blocks counts
    QCOMPARE(lost, static_cast<int>(3 * (sizeof(RecordHeader) + kPayload)));
}

void PageStoreDamageTest::writerGoesOnAfterAnyFlippedByte()
{
    const Sample sample;
    for (size_t at = 0; at < sample.content.size(); at += 211) {
        std::string damaged = sample.content;
        damaged[at] = static_cast<char>(~damaged[at]);
        writeContent(sample.file, damaged);
        {
            PageStore store({.folder = sample.folder, .quotaBytes = kQuota});
            QVERIFY(countReadable(store, sample.pages) >= 2);
            for (const TestPage& page : sample.pages)
                QVERIFY(append(store, page));
            store.keep("a", std::vector{sample.pages.back().name});
        }
        PageStore store({.folder = sample.folder, .quotaBytes = kQuota});
        QCOMPARE(countReadable(store, sample.pages), 3);
        QCOMPARE(store.stats().keptPages, uint64_t{3});
        store.prune(0);
        QVERIFY(segmentFiles(sample.folder).empty());
    }
}

void PageStoreDamageTest::fileCutAnywhereKeepsWhatIsWhole()
{
    const Sample sample;
    writeContent(sample.file, sample.content);
    for (size_t length = sample.content.size(); length > 0; --length) {
        std::filesystem::resize_file(sample.file, length);

        PageStore store({.folder = sample.folder, .readOnly = true});
        for (size_t i = 0; i < sample.pages.size(); ++i) {
            const bool whole = length >= (i + 2) * kBlockBytes;
            QVERIFY2(reading(store, sample.pages[i]) == (whole ? Reading::Right : Reading::Missing),
                     qPrintable(QString("length %1, page %2").arg(length).arg(i)));
        }
    }
}

void PageStoreDamageTest::writerGoesOnAfterAnyCut()
{
    const Sample sample;
    for (size_t length = 0; length <= sample.content.size(); length += 211) {
        writeContent(sample.file, sample.content.substr(0, length));
        {
            PageStore store({.folder = sample.folder, .quotaBytes = kQuota});
            for (const TestPage& page : sample.pages)
                QVERIFY(append(store, page));
        }
        PageStore store({.folder = sample.folder, .quotaBytes = kQuota});
        QCOMPARE(countReadable(store, sample.pages), 3);
        store.prune(0);
    }
}

void PageStoreDamageTest::strayBytesBetweenRecordsArePassedOver()
{
    const Sample sample;
    std::mt19937 random(5);
    std::string stray(3 * kBlockBytes * 300, 0); // more than is searched at once
    for (char& byte : stray)
        byte = static_cast<char>(random());
    std::string content = sample.content;
    content.insert(2 * kBlockBytes, stray);
    writeContent(sample.file, content);

    PageStore store({.folder = sample.folder, .quotaBytes = kQuota});

    QCOMPARE(countReadable(store, sample.pages), 3);
}

QTEST_GUILESS_MAIN(PageStoreDamageTest)
#include "page_store_damage_test.moc"
