#include "inference/model/rope_scaling.h"

#include "inference/architectures/architecture.h"
#include "inference/model/rope_table.h"
#include "tests/models/tiny_model.h"

#include <QTest>
#include <cmath>
#include <cstring>
#include <numbers>
#include <set>
#include <stdexcept>

using namespace inglenook;
using namespace inglenook::tests;

namespace {

constexpr long double kPi = std::numbers::pi_v<long double>;

RopeSpec specOf(int dims, double base = 10000.)
{
    RopeSpec spec;
    spec.dims = dims;
    spec.base = base;
    spec.trainedContext = 4096;
    return spec;
}

/// Whether a table turns pair i by position * frequencies[i] and multiplies by `magnitude`.
bool turnsBy(const RopeSpec& spec, const std::vector<long double>& frequencies,
             long double magnitude)
{
    const RopeTable table(spec);
    std::vector<float> row(static_cast<size_t>(table.dims()));
    for (const int position : {0, 1, 77, 4095, 131071}) {
        table.fill(position, row);
        for (size_t i = 0; i < frequencies.size(); ++i) {
            const long double angle = position * frequencies[i];
            const long double cosine = magnitude * std::cos(angle);
            const long double sine = magnitude * std::sin(angle);
            if (std::abs(static_cast<long double>(row[2 * i]) - cosine) > 1e-6L * magnitude ||
                std::abs(static_cast<long double>(row[2 * i + 1]) - sine) > 1e-6L * magnitude)
                return false;
        }
    }
    return true;
}

long double plainFrequency(size_t pair, int dims, long double base)
{
    return std::pow(base, -2.L * static_cast<long double>(pair) / dims);
}

/// The array of a tiny model, as numbers.
std::vector<float> numbersOf(const ModelFile& file, const char* name)
{
    const ModelArray* array = file.find(name);
    std::vector<float> values(static_cast<size_t>(array->cols));
    std::memcpy(values.data(), array->bytes.data(), array->bytes.size());
    return values;
}

/// The spec of a tiny model under a choice, loaded with a context.
ModelSpec chosen(const char* model, const char* choice, int context)
{
    ModelSpec spec = readModelSpec(*tinyModel(model));
    applyRopeChoice(spec, readRopeChoice(choice));
    for (RopeSpec& rope : spec.ropes)
        settleRope(rope, context);
    return spec;
}

} // namespace

class RopeScalingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void linearIsPositionInterpolation();
    void ntkStretchesTheSlowestWaveAndKeepsTheFastest();
    void ntkMayFollowTheContext();
    void yarnIsThePapersRamp();
    void longRopeTakesTheSetOfItsContext();
    void longRopesMagnitudeFollowsFromTheContexts();
    void choiceReplacesWhatTheFileSays();
    void choiceLeavesLocalLayersAlone();
    void wrongChoicesAreRefused_data();
    void wrongChoicesAreRefused();
    void everyNumberThatTurnsIsInTheDescription();
};

// Chen et al. 2023, "Extending Context Window of Large Language Models via Positional
// Interpolation": m is replaced by m / s.
void RopeScalingTest::linearIsPositionInterpolation()
{
    RopeSpec spec = specOf(32);
    spec.factor = 3.;
    std::vector<long double> expected;
    for (size_t i = 0; i < 16; ++i)
        expected.push_back(plainFrequency(i, 32, 10000.L) / 3.L);
    QVERIFY(turnsBy(spec, expected, 1.L));
}

// As in YaRN (Peng et al. 2023), section 3.1: b' = b s^(d / (d - 2)).
void RopeScalingTest::ntkStretchesTheSlowestWaveAndKeepsTheFastest()
{
    RopeSpec spec = specOf(64, 500000.);
    spec.ntkAlpha = 2.5;
    const long double base = 500000.L * std::pow(2.5L, 64.L / 62.L);
    std::vector<long double> expected;
    for (size_t i = 0; i < 32; ++i)
        expected.push_back(plainFrequency(i, 64, base));
    QVERIFY(turnsBy(spec, expected, 1.L));
    QVERIFY(std::abs(expected[0] - 1.L) < 1e-12L);
    const long double slowest = plainFrequency(31, 64, 500000.L);
    QVERIFY(std::abs(expected[31] * 2.5L / slowest - 1.L) < 1e-12L);
}

void RopeScalingTest::ntkMayFollowTheContext()
{
    for (const int context : {128, 256, 640}) {
        const RopeSpec rope = chosen("llama", "ntk", context).ropes[0];
        QCOMPARE(rope.trainedContext, 256);
        QCOMPARE(rope.ntkAlpha, std::max(1., context / 256.));
    }
    QVERIFY(chosen("llama", "ntk", 640).context >= 640);
}

// YaRN, section 3.2: r(i) = L / wavelength(i); gamma is 0 below beta_slow rotations, 1 above
// beta_fast; the ramp between is linear in the index of the pair, as the authors' program has it;
// section 3.4: cosines and sines times 0.1 ln(s) + 1.
void RopeScalingTest::yarnIsThePapersRamp()
{
    constexpr int kDims = 128;
    constexpr long double kScale = 4.L;
    RopeSpec spec = specOf(kDims);
    spec.factor = 4.;
    spec.yarn = {.originalContext = 4096, .betaFast = 32., .betaSlow = 1.};
    const auto pairOf = [](long double rotations) {
        return kDims * std::log(4096.L / (rotations * 2.L * kPi)) / (2.L * std::log(10000.L));
    };
    for (const bool wholePairs : {true, false}) {
        spec.yarn.wholePairs = wholePairs;
        const long double low = wholePairs ? std::floor(pairOf(32.L)) : pairOf(32.L);
        const long double high = wholePairs ? std::ceil(pairOf(1.L)) : pairOf(1.L);
        std::vector<long double> expected;
        for (size_t i = 0; i < kDims / 2; ++i) {
            const long double ramp =
                std::min(1.L, std::max(0.L, (static_cast<long double>(i) - low) / (high - low)));
            const long double frequency = plainFrequency(i, kDims, 10000.L);
            expected.push_back((1.L - ramp) * frequency + ramp * frequency / kScale);
        }
        QVERIFY(low > 0.L && high < kDims / 2);
        QVERIFY(turnsBy(spec, expected, 0.1L * std::log(kScale) + 1.L));
    }
}

void RopeScalingTest::longRopeTakesTheSetOfItsContext()
{
    const auto file = tinyModel("llama-longrope"); // trained on 64 tokens
    const std::vector<float> longer = numbersOf(*file, "rope_factors_long.weight");
    const std::vector<float> shorter = numbersOf(*file, "rope_factors_short.weight");
    RopeSpec rope = readModelSpec(*file).ropes[0];

    for (const bool isLong : {true, false, true}) {
        settleRope(rope, isLong ? 65 : 64);
        std::vector<long double> expected;
        for (size_t i = 0; i < 8; ++i)
            expected.push_back(plainFrequency(i, 16, 10000.L) /
                               static_cast<long double>((isLong ? longer : shorter)[i]));
        QVERIFY(turnsBy(rope, expected, 1.19L));
    }
}

// Phi-3: sqrt(1 + ln(L' / L) / ln(L)), where the file does not name the factor
void RopeScalingTest::longRopesMagnitudeFollowsFromTheContexts()
{
    class WithoutFactor final : public ModelFile {
    public:
        WithoutFactor()
        {
            for (const auto& [name, value] : m_file->metadata().all())
                if (!name.ends_with("attn_factor"))
                    m_metadata.set(name, value);
        }
        const std::string& path() const override { return m_file->path(); }
        const Metadata& metadata() const override { return m_metadata; }
        std::span<const ModelArray> arrays() const override { return m_file->arrays(); }
        uint64_t fileBytes() const override { return m_file->fileBytes(); }
        const ModelArray* find(std::string_view name) const override { return m_file->find(name); }

    private:
        std::unique_ptr<ModelFile> m_file = tinyModel("llama-longrope");
        Metadata m_metadata;
    };

    const double magnitude = readModelSpec(WithoutFactor()).ropes[0].magnitude;

    QVERIFY(std::abs(magnitude - std::sqrt(1. + std::log(256. / 64.) / std::log(64.))) < 1e-12);
}

void RopeScalingTest::choiceReplacesWhatTheFileSays()
{
    for (const char* model : {"llama", "llama-linear", "llama3", "llama-yarn", "llama-longrope"}) {
        const ModelSpec file = readModelSpec(*tinyModel(model));
        const int trained = file.ropes[0].trainedContext;
        const RopeSpec asTheFileSays = chosen(model, "auto", 256).ropes[0];
        QCOMPARE(describeRotation(asTheFileSays), describeRotation(file.ropes[0]));

        const ModelSpec none = chosen(model, "none", 256);
        RopeSpec plain = specOf(16, file.ropes[0].base);
        QCOMPARE(describeRotation(none.ropes[0]), describeRotation(plain));
        QCOMPARE(none.context, trained);

        const ModelSpec linear = chosen(model, "linear:2.5", 256);
        plain.factor = 2.5;
        QCOMPARE(describeRotation(linear.ropes[0]), describeRotation(plain));
        QCOMPARE(linear.context, trained * 5 / 2);

        const ModelSpec yarn = chosen(model, "yarn:2.5", 256);
        plain.yarn.originalContext = trained;
        QCOMPARE(describeRotation(yarn.ropes[0]), describeRotation(plain));
    }
    QCOMPARE(readModelSpec(*tinyModel("llama-linear")).ropes[0].trainedContext, 64);
    QCOMPARE(readModelSpec(*tinyModel("llama-yarn")).ropes[0].trainedContext, 64);
    QCOMPARE(readModelSpec(*tinyModel("llama3")).ropes[0].trainedContext, 256);
}

void RopeScalingTest::choiceLeavesLocalLayersAlone()
{
    const ModelSpec gemma = readModelSpec(*tinyModel("gemma3"));
    const ModelSpec stretched = chosen("gemma3", "ntk:4", 256);
    QCOMPARE(stretched.ropes[0].ntkAlpha, 4.);
    QCOMPARE(describeRotation(stretched.ropes[1]), describeRotation(gemma.ropes[1]));

    // no layer sees all: then there is but one embedding to stretch
    QCOMPARE(chosen("mistral-window", "ntk:4", 256).ropes[0].ntkAlpha, 4.);
}

void RopeScalingTest::wrongChoicesAreRefused_data()
{
    QTest::addColumn<QString>("text");
    for (const char* text : {"", "none:2", "auto:1", "linear", "yarn", "linear:", "linear:0",
                             "linear:0.5", "yarn:-2", "ntk:inf", "ntk:nan", "ntk:2x",
                             "ntk:", "yarn:2000", "Linear:2", "dynamic:2", "linear:2 "})
        QTest::newRow(text) << text;
}

void RopeScalingTest::wrongChoicesAreRefused()
{
    QFETCH(const QString, text);
    QVERIFY_EXCEPTION_THROWN((void)readRopeChoice(text.toStdString()), std::runtime_error);
}

void RopeScalingTest::everyNumberThatTurnsIsInTheDescription()
{
    RopeSpec yarn = specOf(4);
    yarn.yarn.originalContext = 64;
    std::vector<RopeSpec> specs(15, specOf(4));
    specs[1].pairs = RopePairs::Halves;
    specs[2].dims = 6;
    specs[3].base = std::nextafter(10000., 1e9);
    specs[4].factor = std::nextafter(1., 2.);
    specs[5].magnitude = std::nextafter(1., 2.);
    specs[6].ntkAlpha = std::nextafter(1., 2.);
    specs[7].frequencyFactors = {1.f, 1.f};
    specs[8].frequencyFactors = {1.f, std::nextafter(1.f, 2.f)};
    specs[9].frequencyFactors = {std::nextafter(1.f, 2.f), 1.f};
    specs[10] = yarn;
    specs[11] = yarn;
    specs[11].yarn.betaFast = 31.;
    specs[12] = yarn;
    specs[12].yarn.betaSlow = 2.;
    specs[13] = yarn;
    specs[13].yarn.originalContext = 65;
    specs[14] = yarn;
    specs[14].yarn.wholePairs = false;

    std::set<std::string> descriptions;
    for (const RopeSpec& spec : specs)
        descriptions.insert(describeRotation(spec));

    QCOMPARE(descriptions.size(), specs.size());
}

QTEST_APPLESS_MAIN(RopeScalingTest)
#include "rope_scaling_test.moc"
