#include "inference/session.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

using namespace inglenook;

namespace {

constexpr int kQuestions = 24; // every fifth of the held-out ones
constexpr int kReplyTokens = 48;

struct Text {
    std::vector<Token> tokens;
    int prompt = 0; // of them
};

/// Log-probabilities of all tokens behind each token of the replies, one row after another.
using Rows = std::vector<std::vector<double>>;

/// How far the predictions with a cache are from those with another, over the tokens of replies.
struct Distance {
    double divergence = 0.; // mean of the Kullback-Leibler divergence, nats
    double perplexity = 0.; // of the replies, as a factor of the other one's
    double sameBest = 0.; // share of tokens with the same most likely next one
};

std::unique_ptr<Session> sessionWith(const std::string& kvType, const std::string& device)
{
    LoadRequest request;
    request.path = INGLENOOK_STARTER_MODEL;
    request.device = device;
    request.sequences = 1;
    request.kvType = kvType;
    return std::make_unique<Session>(request);
}

/// Held-out questions and what the model answers with an f16 cache, greedily.
std::vector<Text> texts(Session& session)
{
    std::ifstream file(INGLENOOK_HELD_OUT);
    std::vector<Text> all;
    std::string line;
    for (int i = 0; std::getline(file, line); ++i) {
        if (i % 5 != 0 || std::ssize(all) == kQuestions)
            continue;
        const std::string question = nlohmann::json::parse(line).at("question");
        Text text{.tokens = session.promptOf({{.role = "user", .text = question}})};
        text.prompt = static_cast<int>(text.tokens.size());
        const auto reply = session.generate(text.tokens, {.temperature = 0.f}, kReplyTokens).tokens;
        text.tokens.insert(text.tokens.end(), reply.begin(), reply.end());
        all.push_back(std::move(text));
    }
    return all;
}

Rows predictions(Session& session, const std::vector<Text>& all)
{
    Rows rows;
    for (const Text& text : all)
        session.logits(text.tokens, [&](int position, std::span<const float> logits) {
            if (position + 1 < text.prompt || position + 1 == std::ssize(text.tokens))
                return;
            const double greatest = *std::ranges::max_element(logits);
            double sum = 0.;
            for (const double x : logits)
                sum += std::exp(x - greatest);
            std::vector<double>& row = rows.emplace_back();
            for (const double x : logits)
                row.push_back(x - greatest - std::log(sum));
        });
    return rows;
}

Distance distance(const Rows& found, const Rows& expected, const std::vector<Text>& all)
{
    Distance result;
    size_t row = 0;
    for (const Text& text : all)
        for (size_t i = static_cast<size_t>(text.prompt); i < text.tokens.size(); ++i, ++row) {
            const std::vector<double>& p = expected[row];
            const std::vector<double>& q = found[row];
            for (size_t token = 0; token < p.size(); ++token)
                result.divergence += std::exp(p[token]) * (p[token] - q[token]);
            const auto next = static_cast<size_t>(text.tokens[i]);
            result.perplexity += p[next] - q[next];
            result.sameBest +=
                std::ranges::max_element(p) - p.begin() == std::ranges::max_element(q) - q.begin();
        }
    const auto count = static_cast<double>(row);
    return {.divergence = result.divergence / count,
            .perplexity = std::exp(result.perplexity / count),
            .sameBest = result.sameBest / count};
}

} // namespace

/// What a quantised cache costs a real model.
class KvQualityTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void eightBitsLoseHardlyAnything();
    void fourBitsLoseLittle();

private:
    Distance measured(const char* kvType);

    std::vector<Text> m_texts;
    Rows m_expected; // with an f16 cache
};

void KvQualityTest::initTestCase()
{
    const auto session = sessionWith("f16", "cpu");
    m_texts = texts(*session);
    m_expected = predictions(*session, m_texts);
    QCOMPARE(std::ssize(m_texts), kQuestions);
    QVERIFY(m_expected.size() > 200);
}

Distance KvQualityTest::measured(const char* kvType)
{
    const auto session = sessionWith(kvType, "cpu");
    const Distance found = distance(predictions(*session, m_texts), m_expected, m_texts);
    qInfo("%s: divergence %.6f nats, perplexity x %.5f, same best token %.2f %% of %zu", kvType,
          found.divergence, found.perplexity, found.sameBest * 100., m_expected.size());
    return found;
}

void KvQualityTest::eightBitsLoseHardlyAnything()
{
    const Distance found = measured("q8_0");
    QVERIFY(found.divergence < 1e-4);
    QVERIFY(std::fabs(found.perplexity - 1.) < 0.002);
    QVERIFY(found.sameBest > 0.99);
}

void KvQualityTest::fourBitsLoseLittle()
{
    const Distance found = measured("q4");
    QVERIFY(found.divergence < 2e-3);
    QVERIFY(std::fabs(found.perplexity - 1.) < 0.01);
    QVERIFY(found.sameBest > 0.95);
}

QTEST_APPLESS_MAIN(KvQualityTest)
#include "kv_quality_test.moc"
