#include "inference/engine.h"
#include "kernels/devices.h"
#include "tests/inference/engine_listener.h"
#include "tests/models/tiny_model.h"
#include "tests/support/faulty_backend.h"
#include "tests/support/loaded_drivers.h"

#include <QTemporaryDir>
#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

/// Opens the first device as `first` does, further ones as they are.
OpenDevice firstAs(std::function<std::unique_ptr<Backend>()> first)
{
    return [first = std::move(first),
            opened = std::make_shared<int>(0)](const DeviceId& id, const BackendOptions& options) {
        return (*opened)++ == 0 ? first() : createBackend(id, options);
    };
}

} // namespace

/// Devices that fail while they work: replies and loading end in a sentence, and the engine goes
/// on.
class EngineFailuresTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void lostDeviceEndsEveryReplyInASentence();
    void modelCanBeLoadedAgainAfterALoss();
    void memoryThatEndsWhileLoadingIsASentence();
    void memoryThatEndsSendsTheModelElsewhere();
    void deviceLostWhileLoadingIsASentence();
    void absentDeviceIsRefusedWithThoseThatAreThere();

private:
    [[nodiscard]] LoadRequest loadRequest(const std::string& device = "reference") const
    {
        LoadRequest request;
        request.path = m_path;
        request.device = device;
        request.contextTokens = 256;
        return request;
    }

    QTemporaryDir m_folder;
    std::string m_path;
};

void EngineFailuresTest::initTestCase()
{
    keepDriversLoaded();
    m_path = m_folder.filePath("tiny.gguf").toStdString();
    writeModel(*tinyModel("llama"), m_path);
}

void EngineFailuresTest::lostDeviceEndsEveryReplyInASentence()
{
    // three reads while loading, then one for each step
    Listener listener(firstAs([] { return createLostBackend(12); }));
    listener.engine.load(loadRequest());
    listener.run();
    QCOMPARE(listener.loaded.size(), size_t{1});

    for (const ReplyId id : {1, 2})
        listener.engine.startReply(requestOf(id, "hello", 0));
    listener.run();

    for (const ReplyId id : {1, 2}) {
        const Heard& heard = listener.replies.at(id);
        QCOMPARE(heard.failed.size(), size_t{1});
        QVERIFY(heard.finished.empty());
        QVERIFY(!heard.text.empty()); // what was said before stays
        QVERIFY2(contains(heard.failed[0].sentence, "The device was lost."),
                 heard.failed[0].sentence.c_str());
    }
    QCOMPARE(listener.loadFailed.size(), size_t{1}); // the model is gone
    QVERIFY(contains(listener.loadFailed[0].sentence, "another device"));
    QVERIFY(!listener.engine.busy());
}

void EngineFailuresTest::modelCanBeLoadedAgainAfterALoss()
{
    Listener healthy;
    healthy.engine.load(loadRequest());
    healthy.engine.startReply(requestOf(1, "hello"));
    healthy.run();
    Listener listener(firstAs([] { return createLostBackend(6); }));
    listener.engine.load(loadRequest());
    listener.engine.startReply(requestOf(1, "hello"));
    listener.run();
    QCOMPARE(listener.replies.at(1).failed.size(), size_t{1});
    listener.replies.clear();

    listener.engine.load(loadRequest());
    listener.engine.startReply(requestOf(1, "hello"));
    listener.run();

    QCOMPARE(listener.loaded.size(), size_t{2});
    QCOMPARE(listener.replies.at(1).finished.size(), size_t{1});
    QCOMPARE(listener.replies.at(1).text, healthy.replies.at(1).text);
}

void EngineFailuresTest::memoryThatEndsWhileLoadingIsASentence()
{
    for (const size_t bytes : {size_t{0}, size_t{100'000}, size_t{500'000}}) {
        Listener listener(firstAs([=] { return createSmallBackend(bytes); }));
        listener.engine.load(loadRequest());
        listener.run();

        QVERIFY(listener.loaded.empty());
        QCOMPARE(listener.loadFailed.size(), size_t{1});
        const std::string& sentence = listener.loadFailed[0].sentence;
        QVERIFY2(contains(sentence, "not enough memory"), sentence.c_str());
        QVERIFY2(contains(sentence, "There is room on cpu"), sentence.c_str());
        QVERIFY(!listener.engine.busy());
    }
}

void EngineFailuresTest::memoryThatEndsSendsTheModelElsewhere()
{
    Listener listener(firstAs([] { return createSmallBackend(100'000); }));
    listener.engine.load(loadRequest("cpu,reference"));
    listener.engine.startReply(requestOf(1, "hello"));
    listener.run();

    QCOMPARE(listener.loaded.size(), size_t{1});
    QVERIFY2(contains(listener.loaded[0].note, "not enough memory"),
             listener.loaded[0].note.c_str());
    QCOMPARE(listener.replies.at(1).finished.size(), size_t{1});
}

void EngineFailuresTest::deviceLostWhileLoadingIsASentence()
{
    Listener listener(firstAs([] { return createLostBackend(0); }));
    listener.engine.load(loadRequest());
    listener.run();

    QVERIFY(listener.loaded.empty());
    QVERIFY(contains(listener.loadFailed.at(0).sentence, "The device was lost."));
}

void EngineFailuresTest::absentDeviceIsRefusedWithThoseThatAreThere()
{
    for (const char* name : {"vulkan:99", "cuda:99"}) {
        Listener listener;
        listener.engine.load(loadRequest(name));
        listener.run();

        const std::string& sentence = listener.loadFailed.at(0).sentence;
        QVERIFY2(contains(sentence, name) && contains(sentence, "This machine has cpu"),
                 sentence.c_str());
    }
}

QTEST_APPLESS_MAIN(EngineFailuresTest)
#include "engine_failures_test.moc"
