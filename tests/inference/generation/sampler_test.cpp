#include "inference/generation/sampler.h"

#include "tests/support/likeliest.h"

#include <QTest>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <random>
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

SamplingSettings randomSettings(std::mt19937& random)
{
    const auto oneOf = [&](auto... values) {
        return std::array{values...}[random() % sizeof...(values)];
    };
    SamplingSettings settings;
    settings.temperature = oneOf(0.f, 0.3f, 0.7f, 1.f, 30.f);
    settings.topK = oneOf(0, 1, 2, 20, 40, 63, 64, 65, 1000);
    settings.topP = oneOf(0.f, 0.5f, 0.95f, 1.f);
    settings.minP = oneOf(0.f, 0.05f, 0.9f);
    settings.repeatPenalty = oneOf(1.f, 1.f, 1.f, 1.1f, 2.f, 0.9f);
    settings.presencePenalty = oneOf(0.f, 0.f, 0.f, 0.5f, -0.5f);
    settings.frequencyPenalty = oneOf(0.f, 0.f, 0.f, 0.2f, -0.2f);
    settings.seed = random();
    return settings;
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
    void theLikeliestTellTheTokenThatAllTell();
    void theLikeliestAreMostlyEnough_data();
    void theLikeliestAreMostlyEnough();
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

/// Few different logits, many of them equal, in vocabularies of every size around kCandidates;
/// settings at random, also those that give every token a chance or make some more likely.
void SamplerTest::theLikeliestTellTheTokenThatAllTell()
{
    constexpr int kCases = 100'000;
    std::mt19937 random(7);
    const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    Sampler sampler;
    int told = 0;
    for (int i = 0; i < kCases; ++i) {
        const float step = std::array{1e-6f, 0.01f, 0.5f}[static_cast<size_t>(below(3))];
        const int values = 1 + below(400);
        std::vector<float> logits(static_cast<size_t>(1 + below(300)));
        for (float& logit : logits)
            logit = 1.f + step * static_cast<float>(below(values) - values / 2);
        std::vector<int32_t> before(static_cast<size_t>(below(100)));
        for (int32_t& token : before)
            token = below(static_cast<int>(logits.size()) + 5);
        const SamplingSettings settings = randomSettings(random);

        const auto token =
            sampler.pick(likeliestOf(logits), static_cast<int>(logits.size()), settings, before);

        told += token ? 1 : 0;
        if (token)
            QCOMPARE(*token, sampler.pick(logits, settings, before));
    }
    QVERIFY(told > kCases / 4);
}

void SamplerTest::theLikeliestAreMostlyEnough_data()
{
    QTest::addColumn<float>("temperature");
    QTest::addColumn<float>("repeatPenalty");
    const SamplingSettings usual;
    QTest::newRow("usual") << usual.temperature << usual.repeatPenalty;
    QTest::newRow("greedy") << 0.f << 1.f;
    QTest::newRow("with a penalty") << usual.temperature << 1.1f;
    QTest::newRow("greedy with a penalty") << 0.f << 1.1f;
}

void SamplerTest::theLikeliestAreMostlyEnough()
{
    QFETCH(float, temperature);
    QFETCH(float, repeatPenalty);
    constexpr int kCases = 500;
    std::mt19937 random(8);
    std::normal_distribution<float> normal(0.f, 3.f);
    SamplingSettings settings;
    settings.temperature = temperature;
    settings.repeatPenalty = repeatPenalty;
    Sampler sampler;
    int unknown = 0;
    for (int i = 0; i < kCases; ++i) {
        std::vector<float> logits(5000);
        for (float& logit : logits)
            logit = normal(random);
        const Candidates likeliest = likeliestOf(logits);
        std::vector<int32_t> before; // as likely as what models say: half of them candidates
        for (size_t t = 0; t < kCandidates; t += 4) {
            before.push_back(likeliest.list[t].token);
            before.push_back(static_cast<int32_t>(random() % 5000));
        }
        unknown += sampler.pick(likeliest, 5000, settings, before) ? 0 : 1;
    }
    QVERIFY2(unknown < kCases / 20, qPrintable(QString::number(unknown)));
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
