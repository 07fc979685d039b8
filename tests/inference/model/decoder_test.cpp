#include "inference/model/decoder.h"

#include "tests/models/decoder_checks.h"
#include "tests/models/tiny_runner.h"
#include "tests/support/tested_devices.h"

#include <QTest>

#include <cmath>
#include <optional>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

constexpr int kPromptTokens = kCheckedTokens;

using Check = std::string (*)(const TinyDevices&, const ModelFile&);

} // namespace

class DecoderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void slicedPromptEqualsOneShot_data() { addRows(); }
    void slicedPromptEqualsOneShot() { verify(checkSlicedPrompt); }
    void mixedSequencesOnShuffledPagesEqualEachAlone_data() { addRows(); }
    void mixedSequencesOnShuffledPagesEqualEachAlone() { verify(checkMixedSequences); }
    void replayedStepsEqualOneShot_data() { addRows(); }
    void replayedStepsEqualOneShot() { verify(checkReplay); }
    void quantisedCachesAreRowInvariant_data() { addKvRows(); }
    void quantisedCachesAreRowInvariant();
    void quantisedCachesHoldWhatTheReferenceHolds_data() { addKvRows(); }
    void quantisedCachesHoldWhatTheReferenceHolds();
    void windowEndsWhereItShould();
    void impossibleStepsAreRefused();

private:
    void addRows() const;
    void addKvRows() const;
    /// The device of this row with this row's cache; none where it is missing.
    std::optional<TinyDevices> quantisedDevice();
    void verify(Check check);

    std::vector<TestedDevice> m_devices = testedDevices();
    OpenedDevices m_opened;
};

void DecoderTest::addRows() const
{
    QTest::addColumn<int>("device");
    QTest::addColumn<int>("index");
    for (size_t d = 0; d < m_devices.size(); ++d)
        for (size_t i = 0; i < checkedModels().size(); ++i)
            QTest::newRow((m_devices[d].name + " " + checkedModels()[i].text()).c_str())
                << static_cast<int>(d) << static_cast<int>(i);
}

void DecoderTest::verify(Check check)
{
    QFETCH(const int, device);
    QFETCH(const int, index);
    const TestedDevice& tested = m_devices[static_cast<size_t>(device)];
    if (!tested.problem.empty() && !tested.expected)
        QSKIP(tested.problem.c_str());
    const auto file = checkedModels()[static_cast<size_t>(index)].file();
    const std::string problem = check(m_opened.open(tested.id), *file);
    QVERIFY2(problem.empty(), problem.c_str());
}

void DecoderTest::addKvRows() const
{
    QTest::addColumn<int>("device");
    QTest::addColumn<int>("kv");
    QTest::addColumn<QString>("model");
    for (size_t d = 0; d < m_devices.size(); ++d)
        for (const KvType type : {KvType::Q8_0, KvType::Q4})
            for (const char* model : {"llama", "mistral-window", "qwen3", "gemma2"})
                QTest::addRow("%s %s, cache %s", m_devices[d].name.c_str(), model,
                              std::string(name(type)).c_str())
                    << static_cast<int>(d) << static_cast<int>(type) << QString(model);
}

std::optional<TinyDevices> DecoderTest::quantisedDevice()
{
    QFETCH(const int, device);
    QFETCH(const int, kv);
    const TestedDevice& tested = m_devices[static_cast<size_t>(device)];
    if (!tested.problem.empty() && !tested.expected)
        return std::nullopt;
    TinyDevices devices(m_opened.open(tested.id));
    devices.kvType = static_cast<KvType>(kv);
    return devices;
}

void DecoderTest::quantisedCachesAreRowInvariant()
{
    QFETCH(const QString, model);
    const auto devices = quantisedDevice();
    if (!devices)
        QSKIP("the device is missing");
    const auto file = tinyModel(model.toStdString());
    QCOMPARE(checkSlicedPrompt(*devices, *file), std::string());
    QCOMPARE(checkMixedSequences(*devices, *file), std::string());
    QCOMPARE(checkReplay(*devices, *file), std::string());
}

/// A number that lies between two of few bits may become the other one elsewhere: logits differ by
/// little. Queries may be rounded to 8 bits, which costs as much again as it costs to keep keys so,
/// and little of what 4 bits cost.
void DecoderTest::quantisedCachesHoldWhatTheReferenceHolds()
{
    QFETCH(const QString, model);
    const auto devices = quantisedDevice();
    if (!devices)
        QSKIP("the device is missing");
    const auto file = tinyModel(model.toStdString());
    const std::vector<int32_t> tokens = tinyPrompt(kPromptTokens);
    const auto logits = [&](const TinyDevices& on) {
        return TinyRunner(on, *file).runSlices(tokens, 0, kPromptTokens);
    };
    const auto distance = [](const std::vector<float>& a, const std::vector<float>& b) {
        double sum = 0.;
        for (size_t i = 0; i < a.size(); ++i)
            sum += std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        return sum;
    };
    TinyDevices reference(m_opened.open({.kind = DeviceKind::Reference}));
    const std::vector<float> exact = logits(reference);
    reference.kvType = devices->kvType;
    const std::vector<float> expected = logits(reference);

    const double difference = distance(logits(*devices), expected);

    QVERIFY(distance(expected, exact) > 0.);
    const double share = difference / distance(expected, exact);
    QVERIFY2(share < (devices->kvType == KvType::Q8_0 ? 2. : 0.5), std::to_string(share).c_str());
}

void DecoderTest::windowEndsWhereItShould()
{
    // two layers with a window of eight tokens, itself included: what is 15 tokens back cannot
    // reach a row
    constexpr int kReach = 2 * (8 - 1);
    TinyRunner runner(m_opened.open({.kind = DeviceKind::Reference}), *tinyModel("mistral-window"));
    const std::vector<int32_t> tokens = tinyPrompt(kPromptTokens);
    const int last = kPromptTokens - 1;
    std::vector<int32_t> beyond = tokens;
    beyond[static_cast<size_t>(last - kReach - 1)] ^= 1;
    std::vector<int32_t> within = tokens;
    within[static_cast<size_t>(last - kReach)] ^= 1;
    const auto lastRow = [&](const std::vector<int32_t>& list) {
        const std::vector<float> logits = runner.runSlices(list, 0, kPromptTokens);
        return std::vector<float>(logits.end() - runner.spec().vocabulary, logits.end());
    };

    const std::vector<float> expected = lastRow(tokens);

    QVERIFY(lastRow(beyond) == expected);
    QVERIFY(lastRow(within) != expected);
}

void DecoderTest::impossibleStepsAreRefused()
{
    TinyRunner runner(m_opened.open({.kind = DeviceKind::Reference}), *tinyModel("llama"));
    const int beyond = TinyRunner::kPagesPerSlot * kPageTokens;

    QVERIFY_EXCEPTION_THROWN(runner.group().run({}), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(runner.group().run(std::vector<StepRow>(129)), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(runner.group().run(std::vector<StepRow>{{.position = beyond}}),
                             std::invalid_argument);
}

QTEST_APPLESS_MAIN(DecoderTest)
#include "decoder_test.moc"
