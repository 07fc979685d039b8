#include "inference/model/decoder.h"

#include "tests/models/tiny_runner.h"
#include "tests/support/tested_devices.h"

#include <QTest>
#include <algorithm>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

/// More than one page, and no multiple of anything.
constexpr int kPromptTokens = 75;

struct Case {
    std::string model;
    DType type = DType::F32;
};

// shapes of decoder that differ in their operators, and one whose matrices are quantised
const Case kCases[] = {{"llama"},  {"mistral-window"},    {"qwen2"}, {"qwen3"}, {"gemma2"},
                       {"gemma3"}, {"llama", DType::Q8_0}};

std::unique_ptr<ModelFile> modelOf(int index)
{
    return tinyModel(kCases[index].model, kCases[index].type);
}

/// Where two lists of logits first differ, for the message of a failing test.
QString difference(const std::vector<float>& found, const std::vector<float>& expected,
                   int vocabulary)
{
    const auto [a, b] = std::mismatch(found.begin(), found.end(), expected.begin(), expected.end());
    if (a == found.end() && b == expected.end())
        return {};
    const auto index = static_cast<int>(a - found.begin());
    return QString("row %1, logit %2: %3 instead of %4; %5 and %6 numbers")
        .arg(index / vocabulary)
        .arg(index % vocabulary)
        .arg(a == found.end() ? 0. : static_cast<double>(*a), 0, 'g', 9)
        .arg(b == expected.end() ? 0. : static_cast<double>(*b), 0, 'g', 9)
        .arg(found.size())
        .arg(expected.size());
}

StepRow rowOf(const std::vector<int32_t>& tokens, int position, int slot)
{
    return {.token = tokens[static_cast<size_t>(position)],
            .position = position,
            .slot = slot,
            .output = true};
}

} // namespace

class DecoderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void slicedPromptEqualsOneShot_data() { addRows(); }
    void slicedPromptEqualsOneShot();
    void mixedSequencesOnShuffledPagesEqualEachAlone_data() { addRows(); }
    void mixedSequencesOnShuffledPagesEqualEachAlone();
    void replayedStepsEqualOneShot_data() { addRows(); }
    void replayedStepsEqualOneShot();
    void windowEndsWhereItShould();
    void impossibleStepsAreRefused();

private:
    void addRows() const;

    std::vector<TestedDevice> m_devices = testedDevices();
    OpenedDevices m_opened;
};

void DecoderTest::addRows() const
{
    QTest::addColumn<int>("device");
    QTest::addColumn<int>("index");
    for (size_t d = 0; d < m_devices.size(); ++d) {
        for (size_t i = 0; i < std::size(kCases); ++i) {
            const std::string row =
                m_devices[d].name + " " + kCases[i].model + " " + std::string(name(kCases[i].type));
            QTest::newRow(row.c_str()) << static_cast<int>(d) << static_cast<int>(i);
        }
    }
}

void DecoderTest::slicedPromptEqualsOneShot()
{
    QFETCH(const int, device);
    QFETCH(const int, index);
    const TestedDevice& tested = m_devices[static_cast<size_t>(device)];
    if (!tested.problem.empty() && !tested.expected)
        QSKIP(tested.problem.c_str());
    TinyRunner runner(m_opened.open(tested.id), *modelOf(index));
    const std::vector<int32_t> tokens = tinyPrompt(kPromptTokens);

    const std::vector<float> expected = runner.runSlices(tokens, 0, kPromptTokens);

    for (const int slice : {1, 3, 16, 33}) {
        const std::vector<float> found = runner.runSlices(tokens, 1, slice);
        const QString problem = difference(found, expected, runner.spec().vocabulary);
        QVERIFY2(problem.isEmpty(),
                 qPrintable(QString("slices of %1: %2").arg(slice).arg(problem)));
    }
}

void DecoderTest::mixedSequencesOnShuffledPagesEqualEachAlone()
{
    QFETCH(const int, device);
    QFETCH(const int, index);
    const TestedDevice& tested = m_devices[static_cast<size_t>(device)];
    if (!tested.problem.empty() && !tested.expected)
        QSKIP(tested.problem.c_str());
    TinyRunner runner(m_opened.open(tested.id), *modelOf(index));
    const std::vector<int32_t> a = tinyPrompt(kPromptTokens, 1);
    const std::vector<int32_t> b = tinyPrompt(kPromptTokens, 2);
    const std::vector<float> aloneA = runner.runSlices(a, 0, kPromptTokens);
    const std::vector<float> aloneB = runner.runSlices(b, 1, kPromptTokens);
    const auto vocabulary = static_cast<size_t>(runner.spec().vocabulary);

    runner.setPages(2, {13, 2, 7, 5});
    runner.setPages(3, {4, 11, 0, 9});
    std::vector<float> foundA(aloneA.size());
    std::vector<float> foundB(aloneB.size());
    // a runs ahead of b; the last step of one is shorter
    for (int first = 0; first < kPromptTokens + 10; first += 10) {
        std::vector<StepRow> rows;
        for (int i = 0; i < 10; ++i) {
            if (first + i < kPromptTokens)
                rows.push_back(rowOf(a, first + i, 2));
            if (const int behind = first + i - 10; behind >= 0 && behind < kPromptTokens)
                rows.push_back(rowOf(b, behind, 3));
        }
        const std::vector<float> logits = runner.run(rows);
        for (size_t r = 0; r < rows.size(); ++r) {
            std::vector<float>& found = rows[r].slot == 2 ? foundA : foundB;
            std::copy_n(logits.begin() + static_cast<std::ptrdiff_t>(r * vocabulary), vocabulary,
                        found.begin() +
                            static_cast<std::ptrdiff_t>(static_cast<size_t>(rows[r].position) *
                                                        vocabulary));
        }
    }

    const QString problemA = difference(foundA, aloneA, runner.spec().vocabulary);
    QVERIFY2(problemA.isEmpty(), qPrintable(problemA));
    const QString problemB = difference(foundB, aloneB, runner.spec().vocabulary);
    QVERIFY2(problemB.isEmpty(), qPrintable(problemB));
}

void DecoderTest::replayedStepsEqualOneShot()
{
    QFETCH(const int, device);
    QFETCH(const int, index);
    const TestedDevice& tested = m_devices[static_cast<size_t>(device)];
    if (!tested.problem.empty() && !tested.expected)
        QSKIP(tested.problem.c_str());
    TinyRunner runner(m_opened.open(tested.id), *modelOf(index));
    const std::vector<int32_t> tokens = tinyPrompt(kPromptTokens);
    const auto vocabulary = static_cast<size_t>(runner.spec().vocabulary);
    const std::vector<float> expected = runner.runSlices(tokens, 0, kPromptTokens);
    constexpr int kSteps = 7;
    const std::span<const int32_t> prompt = std::span(tokens).first(kPromptTokens - kSteps);
    static_cast<void>(runner.runSlices(prompt, 1, kPromptTokens));
    const int recordingsBefore = runner.decoder().recordings();

    std::vector<float> found;
    for (int position = kPromptTokens - kSteps; position < kPromptTokens; ++position) {
        const std::vector<float> logits = runner.run({rowOf(tokens, position, 1)});
        found.insert(found.end(), logits.begin(), logits.end());
    }

    QCOMPARE(runner.decoder().recordings(), recordingsBefore + 1);
    const std::vector<float> tail(expected.end() - static_cast<std::ptrdiff_t>(kSteps * vocabulary),
                                  expected.end());
    const QString problem = difference(found, tail, runner.spec().vocabulary);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
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

    QVERIFY_EXCEPTION_THROWN(runner.decoder().run({}), std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(runner.decoder().run(std::vector<StepRow>(129)),
                             std::invalid_argument);
    QVERIFY_EXCEPTION_THROWN(runner.decoder().run(std::vector<StepRow>{{.position = beyond}}),
                             std::invalid_argument);
}

QTEST_APPLESS_MAIN(DecoderTest)
#include "decoder_test.moc"
