#include "inference/engine.h"
#include "inference/model/machine_figures.h"
#include "tests/inference/engine_listener.h"
#include "tests/models/tiny_model.h"
#include "tests/support/loaded_drivers.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace inglenook;
using namespace inglenook::tests;

/// Models on several devices: how they are chosen, and that replies are the same.
class EngineDevicesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void repliesAreThoseOfOneDevice_data();
    void repliesAreThoseOfOneDevice();
    void expertsMayBeElsewhere();
    void oneDeviceThatIsFasterAloneIsUsedAlone();
    void aPromiseThatIsNotKeptIsNotBelievedAgain();
    void whatCannotBeSplitIsSaid();
    void wishesThatMakeNoSenseAreRefused();

private:
    [[nodiscard]] LoadRequest loadRequest(const std::string& devices,
                                          const std::string& split = "auto") const
    {
        LoadRequest request;
        request.path = m_path;
        request.device = devices;
        request.split = split;
        request.threads = 1;
        request.contextTokens = 256;
        return request;
    }
    /// What it answers: two at once, and one that goes on from the first.
    static std::string answers(Listener& listener)
    {
        listener.engine.startReply(requestOf(1, "hello"));
        listener.engine.startReply(requestOf(2, "another text"));
        listener.run();
        listener.engine.startReply(requestOf(3, "hello again"));
        listener.run();
        std::string all;
        for (const ReplyId id : {1, 2, 3})
            all += listener.replies.at(id).finished.size() == 1
                ? listener.replies.at(id).text + "\n"
                : "no reply\n";
        return all;
    }
    /// What the model is told to have loaded.
    ModelLoaded load(Listener& listener, const LoadRequest& request)
    {
        listener.engine.load(request);
        listener.run();
        if (listener.loaded.empty())
            qFatal("%s", listener.loadFailed.front().sentence.c_str());
        return listener.loaded.front();
    }
    std::string refusal(const LoadRequest& request)
    {
        Listener listener;
        listener.engine.load(request);
        listener.run();
        return listener.loadFailed.empty() ? "" : listener.loadFailed.front().sentence;
    }
    /// Figures of the processor and the reference: both as fast, and meeting in no time.
    void writeFigures(double bandwidth) const
    {
        MachineFigures machine;
        for (const DeviceKind kind : {DeviceKind::Cpu, DeviceKind::Reference}) {
            const DeviceInfo info = describeDevice({kind, 0});
            machine.devices.push_back({.device = toString(info.id),
                                       .name = info.name,
                                       .driver = info.driver,
                                       .readBandwidth = bandwidth,
                                       .matmulRate = 1e9,
                                       .stepSeconds = 0.});
        }
        machine.links.push_back({.first = "cpu", .second = "reference", .exchangeSeconds = 0.});
        writeMachineFigures(m_figures, machine);
    }

    QTemporaryDir m_folder;
    std::string m_path;
    std::string m_figures;
};

void EngineDevicesTest::initTestCase()
{
    keepDriversLoaded();
    m_path = m_folder.filePath("tiny.gguf").toStdString();
    m_figures = m_folder.filePath("machine.json").toStdString();
    writeModel(*tinyModel("llama"), m_path);
}

void EngineDevicesTest::repliesAreThoseOfOneDevice_data()
{
    QTest::addColumn<std::string>("devices");
    QTest::addColumn<std::string>("split");
    const auto row = [](const char* devices, const char* split) {
        QTest::addRow("%s by %s", devices, split) << std::string(devices) << std::string(split);
    };
    row("cpu,cpu", "tensor");
    row("cpu,cpu", "0.3,0.7");
    row("cpu,cpu", "layer");
    row("reference,cpu", "tensor:0.5,0.5");
    row("reference,cpu", "layer:0.5,0.5");
}

void EngineDevicesTest::repliesAreThoseOfOneDevice()
{
    QFETCH(const std::string, devices);
    QFETCH(const std::string, split);
    std::vector<std::string> texts;
    for (const LoadRequest& request : {loadRequest("cpu"), loadRequest(devices, split)}) {
        Listener listener;
        const ModelLoaded model = load(listener, request);
        QCOMPARE(model.note, std::string());
        texts.push_back(answers(listener));
    }
    QVERIFY(texts[0].size() > 10 && !contains(texts[0], "no reply"));
    QCOMPARE(texts[1], texts[0]);
}

void EngineDevicesTest::expertsMayBeElsewhere()
{
    LoadRequest request = loadRequest("cpu");
    LoadRequest apart = loadRequest("cpu,cpu", "experts");
    request.path = apart.path = m_folder.filePath("mixture.gguf").toStdString();
    writeModel(*tinyModel("mixtral"), request.path);
    Listener alone;
    QCOMPARE(load(alone, request).note, std::string());
    Listener together;
    const ModelLoaded model = load(together, apart);
    QCOMPARE(model.device, std::string("cpu + cpu"));
    QCOMPARE(model.note, std::string());
    const std::string expected = answers(alone);
    QVERIFY(!contains(expected, "no reply"));
    QCOMPARE(answers(together), expected);

    // a lasting wish does not keep other models from being loaded
    Listener dense;
    const ModelLoaded other = load(dense, loadRequest("cpu,cpu", "experts"));
    QVERIFY2(contains(other.note, "no experts"), other.note.c_str());
}

void EngineDevicesTest::oneDeviceThatIsFasterAloneIsUsedAlone()
{
    Listener listener;
    const ModelLoaded model = load(listener, loadRequest("reference,cpu"));
    QCOMPARE(model.device, std::string("cpu"));
    QCOMPARE(model.note, std::string("cpu alone is faster than all of reference,cpu together."));
}

void EngineDevicesTest::aPromiseThatIsNotKeptIsNotBelievedAgain()
{
    LoadRequest request = loadRequest("cpu,reference");
    request.cacheFolder = m_folder.path().toStdString();
    // so slow alone that two must be faster: they are used together
    writeFigures(1e5);
    {
        Listener listener;
        QCOMPARE(load(listener, request).device, std::string("cpu + reference"));
    }
    // so fast alone that no step keeps up: the first steps tell
    writeFigures(1e15);
    Listener listener;
    const ModelLoaded model = load(listener, request);
    QVERIFY(model.device == "cpu" || model.device == "reference");
    QVERIFY2(contains(model.note, "passed over"), model.note.c_str());
    QVERIFY(readMachineFigures(m_figures).links.front().exchangeSeconds > 0.);
    Listener again;
    const ModelLoaded second = load(again, request);
    QVERIFY2(!contains(second.note, "passed over"), second.note.c_str());
}

void EngineDevicesTest::whatCannotBeSplitIsSaid()
{
    const std::string sentence = refusal(loadRequest("cpu,cpu,cpu,cpu,cpu", "tensor"));
    QVERIFY2(contains(sentence, "This model cannot be split over 5 devices: its "),
             sentence.c_str());
    QVERIFY(!contains(sentence, "There is room"));
    const std::string layers = refusal(loadRequest("cpu,cpu,cpu", "layer"));
    QVERIFY2(contains(layers, "it has 2 layers"), layers.c_str());
}

void EngineDevicesTest::wishesThatMakeNoSenseAreRefused()
{
    LoadRequest request = loadRequest("toaster");
    QVERIFY(contains(refusal(request), "toaster"));
    request = loadRequest("cpu", "tensor");
    QVERIFY(contains(refusal(request), "several devices only"));
}

QTEST_GUILESS_MAIN(EngineDevicesTest)
#include "engine_devices_test.moc"
