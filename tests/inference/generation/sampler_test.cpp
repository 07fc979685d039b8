#include "inference/generation/sampler.h"

#include <QTest>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

using namespace inglenook;

namespace {

/// Settings that change nothing: a draw from the distribution as it is.
SamplingSettings plain(float temperature = 1.f)
{
    SamplingSettings settings;
    settings.temperature = temperature;
    settings.topK = 0;
    settings.topP = 1.f;
    settings.minP = 0.f;
    return settings;
}

/// How often each token comes in `draws` draws at different positions.
std::map<int32_t, int> counts(const std::vector<float>& logits, const SamplingSettings& settings,
                              int draws)
{
    Sampler sampler;
    std::map<int32_t, int> result;
    std::vector<int32_t> before;
    for (int i = 0; i < draws; ++i) {
        ++result[sampler.pick(logits, settings, before)];
        before.push_back(1000);
    }
    return result;
}

std::vector<float> logitsOf(std::initializer_list<double> probabilities)
{
    std::vector<float> logits;
    for (const double p : probabilities)
        logits.push_back(static_cast<float>(std::log(p)));
    return logits;
}

} // namespace

class SamplerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void temperatureZeroTakesTheMostLikelyAndTheLowerOfEquals();
    void drawsFollowTheDistribution();
    void temperatureSharpens();
    void topKKeepsTheMostLikely();
    void topPKeepsTheSmallestSetThatReachesIt();
    void minPDropsWhatIsFarBelowTheBest();
    void penaltiesDiscourageRecentTokensOnly();
    void sameSeedAndPositionGiveTheSameToken();
    void noiseDependsOnSeedAndPosition();
    void infinityAndNotANumberAreSeen();
    void impossibleSettingsAreNamed();
};

void SamplerTest::temperatureZeroTakesTheMostLikelyAndTheLowerOfEquals()
{
    Sampler sampler;
    QCOMPARE(sampler.pick(std::vector<float>{1.f, 3.f, 3.f, 2.f}, plain(0.f), {}), 1);
}

void SamplerTest::drawsFollowTheDistribution()
{
    constexpr int kDraws = 20000;
    const std::array<double, 4> expected{0.5, 0.3, 0.15, 0.05};
    const auto found = counts(logitsOf({0.5, 0.3, 0.15, 0.05}), plain(), kDraws);
    for (int32_t t = 0; t < 4; ++t) {
        const double p = expected[static_cast<size_t>(t)];
        const double deviation = std::sqrt(p * (1. - p) / kDraws);
        QVERIFY(std::abs(found.at(t) / double{kDraws} - p) < 4. * deviation);
    }
}

void SamplerTest::temperatureSharpens()
{
    const auto logits = logitsOf({0.6, 0.4});
    const int warm = counts(logits, plain(1.f), 4000)[0];
    const int cold = counts(logits, plain(0.25f), 4000)[0];
    QVERIFY(cold > warm + 500);
}

void SamplerTest::topKKeepsTheMostLikely()
{
    SamplingSettings settings = plain();
    settings.topK = 2;
    const auto found = counts(logitsOf({0.2, 0.4, 0.1, 0.3}), settings, 500);
    QCOMPARE(found.size(), size_t{2});
    QVERIFY(found.contains(1) && found.contains(3));
    settings.topK = 100;
    QCOMPARE(counts(logitsOf({0.2, 0.4, 0.1, 0.3}), settings, 500).size(), size_t{4});
}

void SamplerTest::topPKeepsTheSmallestSetThatReachesIt()
{
    SamplingSettings settings = plain();
    settings.topP = 0.65f;
    const auto found = counts(logitsOf({0.2, 0.4, 0.1, 0.3}), settings, 500);
    QCOMPARE(found.size(), size_t{2});
    settings.topP = 0.f;
    QCOMPARE(counts(logitsOf({0.2, 0.4, 0.1, 0.3}), settings, 500).size(), size_t{1});
}

void SamplerTest::minPDropsWhatIsFarBelowTheBest()
{
    SamplingSettings settings = plain();
    settings.minP = 0.45f; // of 0.4: from 0.18 on
    const auto found = counts(logitsOf({0.2, 0.4, 0.1, 0.3}), settings, 500);
    QCOMPARE(found.size(), size_t{3});
    QVERIFY(!found.contains(2));
}

void SamplerTest::penaltiesDiscourageRecentTokensOnly()
{
    Sampler sampler;
    const std::vector<float> logits{2.f, 1.9f, -1.f};
    SamplingSettings settings = plain(0.f);
    settings.penaltyWindow = 2;

    settings.repeatPenalty = 1.5f;
    QCOMPARE(sampler.pick(logits, settings, std::vector<int32_t>{0, 5, 5}), 0);
    QCOMPARE(sampler.pick(logits, settings, std::vector<int32_t>{5, 0, 5}), 1);

    settings.repeatPenalty = 1.f;
    settings.presencePenalty = 0.05f;
    QCOMPARE(sampler.pick(logits, settings, std::vector<int32_t>{0, 0}), 0);
    settings.frequencyPenalty = 0.05f;
    QCOMPARE(sampler.pick(logits, settings, std::vector<int32_t>{0, 0}), 1);

    // a negative logit becomes more negative
    settings = plain(0.f);
    settings.repeatPenalty = 2.f;
    QCOMPARE(sampler.pick(std::vector<float>{-1.f, -1.5f}, settings, std::vector<int32_t>{0}), 1);
}

void SamplerTest::sameSeedAndPositionGiveTheSameToken()
{
    const auto logits = logitsOf({0.25, 0.25, 0.25, 0.25});
    QVERIFY(counts(logits, plain(), 300) == counts(logits, plain(), 300));
}

void SamplerTest::noiseDependsOnSeedAndPosition()
{
    Sampler sampler;
    const std::vector<float> logits(1000, 0.f);
    SamplingSettings settings = plain();
    const int32_t first = sampler.pick(logits, settings, {});
    QVERIFY(sampler.pick(logits, settings, std::vector<int32_t>{1}) != first);
    settings.seed = 1;
    QVERIFY(sampler.pick(logits, settings, {}) != first);
    // what the tokens before are does not matter, only how many
    QCOMPARE(sampler.pick(logits, settings, std::vector<int32_t>{1}),
             sampler.pick(logits, settings, std::vector<int32_t>{2}));
}

void SamplerTest::infinityAndNotANumberAreSeen()
{
    QVERIFY(allFinite(std::vector<float>{0.f, -3e38f, 3e38f}));
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
        QVERIFY(!allFinite(std::vector<float>{0.f, bad}) &&
                !allFinite(std::vector<float>{-bad, 0.f}));
}

void SamplerTest::impossibleSettingsAreNamed()
{
    checkSampling(SamplingSettings{});
    SamplingSettings settings;
    settings.temperature = -1.f;
    QVERIFY_EXCEPTION_THROWN(checkSampling(settings), std::runtime_error);
    settings = {};
    settings.topP = std::numeric_limits<float>::quiet_NaN();
    QVERIFY_EXCEPTION_THROWN(checkSampling(settings), std::runtime_error);
    settings = {};
    settings.topK = -3;
    try {
        checkSampling(settings);
        QFAIL("a negative top-k was accepted");
    } catch (const std::runtime_error& error) {
        QVERIFY(std::string(error.what()).find("top-k") != std::string::npos);
    }
}

QTEST_APPLESS_MAIN(SamplerTest)
#include "sampler_test.moc"
