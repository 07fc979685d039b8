#include "inference/memory/store/page_store.h"
#include "tests/inference/engine_listener.h"
#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"

#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <fstream>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

const std::string kQuestion = "tell me about the cache of a model that I open on my old laptop and "
                              "how much memory it takes when I go on with a long conversation";

} // namespace

/// Cache pages on disk, seen from outside: an engine that ends, and one that comes after it.
class EngineCacheTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void restartReadsOnlyTheLastToken();
    void turnIsOnDiskWhileTheProgramRuns();
    void longerConversationGoesOnBehindIt();
    void savedByOneDeviceGoesOnOnSeveral();
    void damagedPagesAreComputedAgain();
    void otherModelAndOtherRopeFindNothing();
    void forgottenConversationIsReadAgain();
    void forgottenConversationOfLessThanAPageLeavesNothing();
    void expectedConversationIsRestoredBeforeItIsAsked();
    void folderIsEmptiedWhereNothingShallBeKept();
    void folderThatCannotBeWrittenIsTold();
    void secondProgramIsNoTrouble();
    void stoppedWhileRestoringEndsOnce();

private:
    [[nodiscard]] LoadRequest request(const std::string& device = "cpu") const
    {
        LoadRequest request;
        request.path = m_path;
        request.device = device;
        request.threads = 1;
        request.contextTokens = 256;
        request.pageFolder = m_pages;
        return request;
    }

    /// One life of the program: loads, answers, ends.
    struct Answer {
        std::string text;
        ReplyStats stats;
    };
    static Answer answer(const LoadRequest& load, const ReplyRequest& asked)
    {
        Listener listener;
        listener.engine.load(load);
        listener.engine.startReply(asked);
        listener.run();
        const Heard& reply = listener.replies[asked.id];
        if (reply.finished.size() != 1)
            return {};
        return {.text = reply.text, .stats = reply.finished.front().stats};
    }

    static ReplyRequest question(const std::string& text = kQuestion)
    {
        ReplyRequest request = requestOf(1, text, 12);
        request.conversation = "a";
        return request;
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::string m_path;
    std::string m_pages;
};

void EngineCacheTest::initTestCase()
{
    keepDriversLoaded();
}

void EngineCacheTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_path = m_folder->filePath("tiny.gguf").toStdString();
    m_pages = m_folder->filePath("pages").toStdString();
    writeModel(*tinyModel("llama"), m_path);
}

void EngineCacheTest::restartReadsOnlyTheLastToken()
{
    const Answer first = answer(request(), question());
    QVERIFY(first.stats.promptTokens > 64);
    QCOMPARE(first.stats.reusedTokens, 0);

    const Answer second = answer(request(), question());

    QCOMPARE(second.text, first.text);
    QCOMPARE(second.stats.reusedTokens, first.stats.promptTokens - 1);
}

void EngineCacheTest::turnIsOnDiskWhileTheProgramRuns()
{
    Listener first;
    first.engine.load(request());
    first.engine.startReply(question());
    first.run();
    const int prompt = first.replies.at(1).finished.at(0).stats.promptTokens;

    // written in the background, to the last token: where the program is killed, nothing is missing
    QTRY_COMPARE(answer(request(), question()).stats.reusedTokens, prompt - 1);
}

void EngineCacheTest::longerConversationGoesOnBehindIt()
{
    const Answer first = answer(request(), question());
    ReplyRequest next = question();
    next.messages.push_back({.role = "assistant", .text = first.text});
    next.messages.push_back({.role = "user", .text = "and a house?"});

    const Answer restored = answer(request(), next);
    LoadRequest withoutPages = request();
    withoutPages.pageFolder.clear();
    const Answer computed = answer(withoutPages, next);

    QCOMPARE(restored.text, computed.text);
    QVERIFY(restored.stats.reusedTokens >= first.stats.promptTokens);
    QCOMPARE(computed.stats.reusedTokens, 0);
}

void EngineCacheTest::savedByOneDeviceGoesOnOnSeveral()
{
    const Answer alone = answer(request(), question());
    LoadRequest split = request("cpu,reference");
    split.split = "tensor";

    const Answer together = answer(split, question());

    QCOMPARE(together.stats.reusedTokens, alone.stats.promptTokens - 1);
    QCOMPARE(together.text, alone.text); // greedy enough for a model of F32
}

void EngineCacheTest::damagedPagesAreComputedAgain()
{
    const Answer first = answer(request(), question());
    for (const auto& entry : std::filesystem::directory_iterator(m_pages)) {
        const auto size = std::filesystem::file_size(entry.path());
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        for (uint64_t at = 3000; at < size; at += 1500)
            file.seekp(static_cast<std::streamoff>(at)).put('x');
    }

    const Answer second = answer(request(), question());

    QCOMPARE(second.text, first.text);
    QCOMPARE(second.stats.reusedTokens, 0);
    // each life finds out about one of the two pages, and writes it anew
    QCOMPARE(answer(request(), question()).text, first.text);
    QCOMPARE(answer(request(), question()).stats.reusedTokens, first.stats.promptTokens - 1);
}

void EngineCacheTest::otherModelAndOtherRopeFindNothing()
{
    (void)answer(request(), question());
    writeModel(*tinyModel("llama", DType::Q8_0), m_path);

    QCOMPARE(answer(request(), question()).stats.reusedTokens, 0);
}

void EngineCacheTest::forgottenConversationIsReadAgain()
{
    const Answer first = answer(request(), question());
    {
        Listener listener;
        listener.engine.forgetConversation("a"); // heard before there is a model
        listener.engine.load(request());
        listener.run();
    }
    QCOMPARE(answer(request(), question()).stats.reusedTokens, 0);
    QVERIFY(first.stats.promptTokens > 0);
}

void EngineCacheTest::forgottenConversationOfLessThanAPageLeavesNothing()
{
    const Answer first = answer(request(), question("hello"));
    QVERIFY(first.stats.promptTokens < 40);
    const PageStore::Options look{.folder = m_pages, .readOnly = true};
    QCOMPARE(PageStore(look).stats().keptPages, uint64_t{1});
    {
        Listener listener;
        listener.engine.forgetConversation("a");
        listener.engine.load(request());
        listener.run();
    }
    QCOMPARE(PageStore(look).stats().pages, uint64_t{0});
}

void EngineCacheTest::expectedConversationIsRestoredBeforeItIsAsked()
{
    const Answer first = answer(request(), question());
    Listener listener;
    listener.engine.load(request());
    listener.run();

    listener.engine.expectReply(question());
    QVERIFY(listener.engine.busy());
    listener.run();
    std::filesystem::remove_all(m_pages); // it is not needed any more
    listener.engine.startReply(question());
    listener.run();

    const Heard& reply = listener.replies.at(1);
    QCOMPARE(reply.text, first.text);
    QCOMPARE(reply.finished.at(0).stats.reusedTokens, first.stats.promptTokens - 1);
}

void EngineCacheTest::folderIsEmptiedWhereNothingShallBeKept()
{
    (void)answer(request(), question());
    LoadRequest nothing = request();
    nothing.pageQuota = 0;

    const Answer second = answer(nothing, question());

    QCOMPARE(second.stats.reusedTokens, 0);
    QVERIFY(!second.text.empty());
    QCOMPARE(answer(request(), question()).stats.reusedTokens, 0);
}

void EngineCacheTest::folderThatCannotBeWrittenIsTold()
{
    std::ofstream(m_pages) << "a file in its place";
    Listener listener;
    listener.engine.load(request());
    listener.engine.startReply(question());
    listener.run();

    QCOMPARE(listener.replies.at(1).finished.size(), size_t{1});
    QCOMPARE(listener.cacheNotes.size(), size_t{1});
    QVERIFY(contains(listener.cacheNotes.front().sentence, m_pages.c_str()));
    QVERIFY(listener.cacheNotes.front().trouble);
}

void EngineCacheTest::secondProgramIsNoTrouble()
{
    const PageStore first({.folder = m_pages, .quotaBytes = uint64_t{1} << 30});
    Listener listener;
    listener.engine.load(request());
    listener.engine.startReply(question());
    listener.run();

    QCOMPARE(listener.cacheNotes.size(), size_t{1});
    QVERIFY(contains(listener.cacheNotes.front().sentence, "Another program"));
    QVERIFY(!listener.cacheNotes.front().trouble);
}

void EngineCacheTest::stoppedWhileRestoringEndsOnce()
{
    (void)answer(request(), question());
    Listener listener;
    listener.engine.load(request());
    listener.run();
    listener.engine.startReply(question());
    listener.step(); // it begins, and waits for the disk
    listener.engine.stopReply(1);
    listener.run();

    QCOMPARE(listener.replies.at(1).finished.size(), size_t{1});
    QCOMPARE(listener.replies.at(1).finished.front().reason, StopReason::Stopped);
}

QTEST_GUILESS_MAIN(EngineCacheTest)
#include "engine_cache_test.moc"
