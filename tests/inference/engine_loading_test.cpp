#include "inference/engine.h"

#include "inference/model_files/gguf_writer.h"
#include "tests/inference/tiny_model_test.h"

#include <QFile>
#include <QTest>
#include <algorithm>

using namespace inglenook;
using namespace inglenook::tests;

/// Loading and unloading, with a tiny random model on the reference backend.
class EngineLoadingTest : public TinyModelTest {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { writeTinyModel(); }
    void loadingTellsItsProgressAndTheModel();
    void withoutModelRepliesFail();
    void loadFailuresAreSentences_data();
    void loadFailuresAreSentences();
    void cancelledLoadAnswersOnce();
    void unloadWhileReplyingStopsThem();
    void loadWhileReplyingReplacesTheModel();
};

void EngineLoadingTest::loadingTellsItsProgressAndTheModel()
{
    Listener listener;
    load(listener, loadRequest());

    const ModelLoaded& model = listener.loaded.front();
    QCOMPARE(model.name, std::string("tiny llama"));
    QCOMPARE(model.architecture, std::string("llama"));
    QCOMPARE(model.quantisation, std::string("F32"));
    QCOMPARE(model.device, std::string("reference"));
    QCOMPARE(model.contextTokens, 256);
    QVERIFY(model.parameters > 60000 &&
            model.weightBytes == static_cast<uint64_t>(model.parameters) * 4);
    // 4 sequences of 4 pages of 64 tokens, two layers, 2 x 32 numbers of 2 bytes a token
    QCOMPARE(model.cacheBytes, uint64_t{4 * 4 * 64 * 2 * 2 * 32 * 2});
    QVERIFY(std::ranges::is_sorted(listener.fractions));
    QVERIFY(listener.fractions.size() > 10 && listener.fractions.back() <= 1.f);
    QVERIFY(!listener.engine.busy());
}

void EngineLoadingTest::withoutModelRepliesFail()
{
    Listener listener;
    listener.engine.startReply(requestOf(3, "hello"));
    listener.run();
    QCOMPARE(listener.replies.at(3).failed.size(), size_t{1});
}

void EngineLoadingTest::loadFailuresAreSentences_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("part");
    QTest::newRow("absent") << "absent"
                            << "absent.gguf";
    QTest::newRow("truncated") << "truncated"
                               << "truncated.gguf";
    QTest::newRow("vocabulary too small") << "vocabulary"
                                          << "vocabulary";
    QTest::newRow("no such device") << "device"
                                    << "toaster";
    QTest::newRow("array missing") << "array"
                                   << "output_norm.weight";
}

void EngineLoadingTest::loadFailuresAreSentences()
{
    QFETCH(const QString, kind);
    QFETCH(const QString, part);
    const QString path = m_folder.filePath(kind + ".gguf");
    LoadRequest request = loadRequest();
    request.path = path.toStdString();
    if (kind == "truncated") {
        QVERIFY(QFile::copy(QString::fromStdString(m_path), path));
        QFile file(path);
        QVERIFY(file.resize(file.size() / 2));
    } else if (kind == "device") {
        request.path = m_path;
        request.device = "toaster";
    } else if (kind != "absent") {
        const auto model = tinyModel("llama");
        Metadata metadata = model->metadata();
        if (kind == "vocabulary") {
            for (const char* key : {"tokenizer.ggml.tokens"}) {
                std::vector<std::string> fewer = *metadata.texts(key);
                fewer.pop_back();
                metadata.set(key, fewer);
            }
            std::vector<double> scores = *metadata.numbers("tokenizer.ggml.scores");
            scores.pop_back();
            metadata.set("tokenizer.ggml.scores", scores);
            std::vector<int64_t> kinds = *metadata.integers("tokenizer.ggml.token_type");
            kinds.pop_back();
            metadata.set("tokenizer.ggml.token_type", kinds);
        }
        std::vector<GgufArray> arrays;
        for (const ModelArray& array : model->arrays()) {
            if (kind == "vocabulary" || array.name != "output_norm.weight")
                arrays.push_back({.name = array.name,
                                  .typeName = array.typeName,
                                  .dimensions = array.dimensions,
                                  .bytes = array.bytes});
        }
        writeGguf(request.path, metadata, arrays);
    }
    Listener listener;

    listener.engine.load(request);
    listener.engine.startReply(requestOf(1, "hello"));
    listener.run();

    QVERIFY(listener.loaded.empty());
    QCOMPARE(listener.loadFailed.size(), size_t{1});
    const std::string& sentence = listener.loadFailed.front().sentence;
    QVERIFY2(QString::fromStdString(sentence).contains(part), sentence.c_str());
    QCOMPARE(listener.replies.at(1).failed.size(), size_t{1});
}

void EngineLoadingTest::cancelledLoadAnswersOnce()
{
    Listener listener;
    listener.engine.load(loadRequest());
    for (int i = 0; i < 6; ++i)
        listener.step();
    LoadRequest second = loadRequest(128);
    listener.engine.load(second);
    listener.run();

    QCOMPARE(listener.loadFailed.size(), size_t{1});
    QVERIFY(contains(listener.loadFailed.front().sentence, "cancelled"));
    QCOMPARE(listener.loaded.size(), size_t{1});
    QCOMPARE(listener.loaded.front().contextTokens, 128);
}

void EngineLoadingTest::unloadWhileReplyingStopsThem()
{
    Listener listener;
    load(listener, loadRequest());
    listener.engine.startReply(requestOf(1, "hello", 0));
    listener.engine.startReply(requestOf(2, "the", 0));
    listener.runToText(1);

    listener.engine.unload();
    listener.engine.startReply(requestOf(3, "hello"));
    listener.run();

    for (const ReplyId id : {1, 2}) {
        QCOMPARE(listener.replies.at(id).finished.size(), size_t{1});
        QVERIFY(listener.replies.at(id).finished.front().reason == StopReason::Stopped);
    }
    QCOMPARE(listener.replies.at(3).failed.size(), size_t{1});
    QVERIFY(!listener.engine.busy());
}

void EngineLoadingTest::loadWhileReplyingReplacesTheModel()
{
    const std::string other = m_folder.filePath("qwen3.gguf").toStdString();
    writeModel(*tinyModel("qwen3"), other);
    Listener listener;
    load(listener, loadRequest());
    listener.engine.startReply(requestOf(1, "hello", 0));
    listener.runToText(1);

    LoadRequest request = loadRequest();
    request.path = other;
    listener.engine.load(request);
    listener.engine.startReply(requestOf(2, "hello", 5));
    listener.run();

    QVERIFY(listener.replies.at(1).finished.front().reason == StopReason::Stopped);
    QCOMPARE(listener.loaded.size(), size_t{2});
    QCOMPARE(listener.loaded[1].architecture, std::string("qwen3"));
    QCOMPARE(listener.replies.at(2).finished.size(), size_t{1});
}

QTEST_APPLESS_MAIN(EngineLoadingTest)
#include "engine_loading_test.moc"
